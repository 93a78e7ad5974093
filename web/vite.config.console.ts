import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { serviceWorker } from './service-worker-plugin.ts'
import { buildOptions } from './vite.config.base.ts'

/** The staff's pages, below /console/. */
export default defineConfig({
  root: 'console',
  base: '/console/',
  plugins: [react(), serviceWorker('worker/service-worker.ts')],
  build: buildOptions('../dist/console'),
})
