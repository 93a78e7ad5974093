import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { buildOnce } from '../../build-once.ts'

/** The console built as for production into a folder of its own. `remove` deletes it. */
export async function buildConsole(): Promise<{ dir: string; remove: () => Promise<void> }> {
  const { folder: dir, remove } = await buildOnce('console', async folder => {
    const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js')
    const config = ['--config', 'vite.config.console.ts', '--configLoader', 'native']
    await promisify(execFile)(process.execPath, [vite, 'build', ...config, '--outDir', folder, '--emptyOutDir'], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      // vitest sets NODE_ENV to "test", which would build React's development version.
      env: { ...process.env, NODE_ENV: 'production' },
    })
  })
  return { dir, remove }
}
