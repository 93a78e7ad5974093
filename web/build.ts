import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/** `node build.ts [finder|console|display]…` builds what is named, or all, to dist/finder, dist/console and dist/display. */
const PAGES = ['finder', 'console', 'display']

const here = dirname(fileURLToPath(import.meta.url))
// The roots in the configs are relative to this folder, wherever the command was given.
process.chdir(here)

const asked = process.argv.slice(2)
const unknown = asked.filter(name => !PAGES.includes(name))
if (unknown.length > 0) {
  process.stderr.write(`build: there is no ${unknown.join(', ')}; expected ${PAGES.join(' or ')}\n`)
  process.exit(2)
}

for (const name of asked.length > 0 ? asked : PAGES) {
  await build({ configFile: `vite.config.${name}.ts`, configLoader: 'native', logLevel: 'warn' })
}
