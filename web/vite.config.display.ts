import { defineConfig } from 'vite'
import { buildOptions } from './vite.config.base.ts'

/** The screen in a station, below /display/. */
export default defineConfig({
  root: 'display',
  base: '/display/',
  build: buildOptions('../dist/display'),
})
