import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Linux' names of what feeds a machine from outside (Documentation/ABI/testing/sysfs-class-power). */
const OUTER: ReadonlySet<string> = new Set(['Mains', 'USB', 'Wireless'])

/**
 * What the box runs on, by the power supplies that Linux shows in `dir` (usually /sys/class/power_supply, where the drivers of UPS boards
 * register): `battery` where all that feeds it from outside is off, or where there is nothing but a battery, and it is being emptied.
 * Undefined where that cannot be told.
 */
export function readPowerSource(dir: string): 'mains' | 'battery' | undefined {
  const supplies = namesIn(dir).map(name => ({
    type: wordIn(join(dir, name, 'type')),
    online: wordIn(join(dir, name, 'online')),
    status: wordIn(join(dir, name, 'status')),
  }))
  const outer = supplies.filter(({ type, online }) => OUTER.has(type ?? '') && online !== undefined)
  if (outer.length > 0) return outer.some(({ online }) => online !== '0') ? 'mains' : 'battery'
  const inner = supplies.filter(({ type, status }) => (type === 'Battery' || type === 'UPS') && status !== undefined)
  if (inner.some(({ status }) => status === 'Discharging')) return 'battery'
  return inner.some(({ status }) => status === 'Charging' || status === 'Full' || status === 'Not charging')
    ? 'mains'
    : undefined
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir)
  } catch {
    return [] // no such folder: a machine that knows nothing of its supply
  }
}

function wordIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined // a supply need not have every file
  }
}
