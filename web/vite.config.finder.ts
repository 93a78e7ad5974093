import { defineConfig } from 'vite'
import { serviceWorker } from './service-worker-plugin.ts'
import { buildOptions } from './vite.config.base.ts'

/** The worker's pages: React's interface on Preact, because they travel over 3G to old phones. */
export default defineConfig({
  root: 'finder',
  base: '/',
  resolve: {
    // The longer names first: the first alias that fits is taken.
    alias: [
      { find: /^react\/jsx-(dev-)?runtime$/, replacement: 'preact/jsx-runtime' },
      { find: /^react-dom\/client$/, replacement: 'preact/compat/client' },
      { find: /^react(-dom)?$/, replacement: 'preact/compat' },
    ],
  },
  plugins: [serviceWorker('offline/service-worker.ts')],
  build: buildOptions('../dist/finder'),
})
