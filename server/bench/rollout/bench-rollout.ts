import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The whole city, and more. */
const GATEWAYS = 5_000

/**
 * The system test of a staged rollout, with this many gateways in place of its two hundred: real broker, real server, one connection for each
 * gateway. True when it stopped, rolled back, and left nobody between two versions.
 */
export function benchRollout(gateways: number = GATEWAYS): Promise<boolean> {
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const runner = join(root, 'node_modules/vitest/vitest.mjs')
  const running = spawn(process.execPath, [runner, 'run', 'test/staged-rollout-stops-and-rolls-back.test.ts'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, HARBOR_ROLLOUT_GATEWAYS: String(gateways) },
  })
  return new Promise((resolve, reject) => {
    running.on('error', reject)
    running.on('exit', code => resolve(code === 0))
  })
}
