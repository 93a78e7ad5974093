import { spawnSync } from 'node:child_process'
import { type Finding, ok, warn } from './finding.ts'

const REMEDY = 'switch on time synchronisation: timedatectl set-ntp true'

/** Whether the machine's clock is kept right: readings that gateways date by the server's time are as wrong as it is. */
export function lookAtClock(): Finding {
  const { status, stdout } = spawnSync('timedatectl', ['show', '--property=NTPSynchronized', '--value'], {
    encoding: 'utf8',
  })
  if (status !== 0)
    return warn('clock', 'whether it is kept right cannot be told here', 'compare it by hand: date --utc')
  return stdout.trim() === 'yes' ? ok('clock', 'synchronised') : warn('clock', 'not synchronised', REMEDY)
}
