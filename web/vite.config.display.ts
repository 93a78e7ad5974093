import { defineConfig } from 'vite'
import { serviceWorker } from './service-worker-plugin.ts'
import { buildOptions } from './vite.config.base.ts'

/** The screen in a station, below /display/. */
export default defineConfig({
  root: 'display',
  base: '/display/',
  plugins: [serviceWorker('service-worker.ts')],
  build: buildOptions('../dist/display'),
})
