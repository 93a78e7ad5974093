const HOUR_MS = 3_600_000
const HOURS_PER_DAY = 24

/** Whole hours since 1970 on a clock `offsetMs` ahead of UTC. */
export function localHour(timeMs: number, offsetMs: number): number {
  return Math.floor((timeMs + offsetMs) / HOUR_MS)
}

/** The day's number since 1970 on the same clock. */
export function localDay(timeMs: number, offsetMs: number): number {
  return Math.floor(localHour(timeMs, offsetMs) / HOURS_PER_DAY)
}

/** A zone's offset changes at whole quarters of an hour alone. */
const SLOT_MS = 15 * 60_000

/**
 * How far the clocks of an IANA zone are ahead of UTC at an instant, ms, summer time included.
 *
 * @throws RangeError for a zone that is none.
 */
export function zoneOffset(timeZone: string): (timeMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  let [knownSlot, knownMs] = [-1, 0]
  return timeMs => {
    const slot = Math.floor(timeMs / SLOT_MS)
    if (slot === knownSlot) return knownMs
    const text = format.formatToParts(slot * SLOT_MS).find(({ type }) => type === 'timeZoneName')?.value ?? ''
    const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(text) ?? []
    const ahead = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000
    knownSlot = slot
    knownMs = sign === '-' ? -ahead : ahead
    return knownMs
  }
}
