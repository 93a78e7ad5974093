import type { BuildOptions } from 'vite'

/** Web views of Android phones that are five years old: WeChat's own among them. */
export const OLDEST_BROWSER = 'chrome87'

/** What both builds share. `outDir` is relative to the build's root. */
export function buildOptions(outDir: string): BuildOptions {
  return {
    outDir,
    emptyOutDir: true,
    target: OLDEST_BROWSER,
    cssTarget: OLDEST_BROWSER,
    assetsDir: 'assets',
    // A strict content security policy forbids data: URLs, so nothing is inlined.
    assetsInlineLimit: 0,
    // Every browser from OLDEST_BROWSER on has it.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_500,
    rolldownOptions: {
      output: {
        // What flashes boards is for a computer with a cable: it is not among what a phone keeps (service-worker-plugin.ts).
        chunkFileNames: ({ moduleIds }) =>
          `${moduleIds.some(id => id.includes('/esp-web-tools/')) ? 'flash' : 'assets'}/[name]-[hash].js`,
      },
    },
  }
}
