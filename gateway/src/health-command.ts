import { stat } from 'node:fs/promises'
import { readSettings } from './config.ts'
import { CHECK_MS } from './watchdog/watchdog.ts'

/** Three looks missed are no accident. */
const STALE_MS = 3 * CHECK_MS

/** Exit code 0 while the gateway in this container says that it is well: what HEALTHCHECK asks. */
export async function healthCommand(): Promise<void> {
  const { GATEWAY_HEALTH_FILE: file } = readSettings(process.env)
  const ageMs =
    file === undefined
      ? Infinity
      : Date.now() -
        (await stat(file).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ))
  if (Math.abs(ageMs) <= STALE_MS) return
  process.stderr.write(
    file === undefined ? 'health: GATEWAY_HEALTH_FILE is not set\n' : `health: no sign of life in ${file}\n`,
  )
  process.exitCode = 1
}
