import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { buildOptions } from './vite.config.base.ts'

/** The staff's pages, below /console/. */
export default defineConfig({
  root: 'console',
  base: '/console/',
  plugins: [react()],
  build: buildOptions('../dist/console'),
})
