import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Plugin, type ResolvedConfig, build } from 'vite'
import { OLDEST_BROWSER } from './vite.config.base.ts'

interface PrecacheEntry {
  url: string
  /** Null where the name of the file already changes with its content. */
  revision: string | null
}

/**
 * Builds `entry` to `sw.js` beside the page once the page is built, with the list of all its files put in for `PRECACHE`: what
 * the phone is to keep. Its own small script, because a service worker cannot import chunks in browsers this old.
 */
export function serviceWorker(entry: string): Plugin {
  let config: ResolvedConfig
  return {
    name: 'harbor-service-worker',
    apply: 'build',
    configResolved(resolved) {
      config = resolved
    },
    async closeBundle() {
      const outDir = resolve(config.root, config.build.outDir)
      if (!existsSync(join(outDir, 'index.html'))) return // the build failed
      await build({
        configFile: false,
        logLevel: 'warn',
        root: config.root,
        publicDir: false,
        define: {
          PRECACHE: JSON.stringify(filesToKeep(outDir, config.base)),
          'process.env.NODE_ENV': JSON.stringify('production'),
        },
        build: {
          outDir,
          emptyOutDir: false,
          target: OLDEST_BROWSER,
          rolldownOptions: {
            input: resolve(config.root, entry),
            output: { format: 'iife', entryFileNames: 'sw.js' },
          },
        },
      })
    },
  }
}

/** @param base below which address the page is served, with a slash at its end. */
function filesToKeep(outDir: string, base: string): PrecacheEntry[] {
  return (
    readdirSync(outDir, { recursive: true, withFileTypes: true })
      .filter(file => file.isFile())
      .map(file => join(file.parentPath, file.name))
      .map(path => ({ path, url: path.slice(outDir.length).replaceAll('\\', '/') }))
      // The rest is for others: icons for the launcher, a preview for chats, the list for those without script.
      .filter(({ url }) => url === '/index.html' || url === '/icon.svg' || url.startsWith('/assets/'))
      .map(({ path, url }) => {
        const isHashed = url.startsWith('/assets/')
        return {
          url: base.slice(0, -1) + url,
          revision: isHashed ? null : createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16),
        }
      })
      .sort((a, b) => (a.url < b.url ? -1 : 1))
  )
}
