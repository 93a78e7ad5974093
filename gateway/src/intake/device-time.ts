import type { DeviceTime } from '../decoders/decoder.ts'

/** A device's own time counts when it is this close to the arrival; chosen: beyond any drift between two NTP queries. */
export const MAX_DEVICE_SKEW_MS = 5 * 60_000

/** An offset is looked up once per quarter of an hour: no zone changes its offset at another moment. */
const OFFSET_VALID_MS = 15 * 60_000

/** Tells when a reading was measured. */
export interface DeviceClock {
  /** The device's time when it is plausible, otherwise the arrival. Milliseconds since 1970. */
  instantOf: (time: DeviceTime | undefined, receivedAtMs: number) => number
}

/** `timeZone`: the IANA zone of the station's wall clocks. */
export function createDeviceClock(timeZone: string): DeviceClock {
  let known = { from: Number.NaN, offsetMs: 0 }

  const offsetAt = (atMs: number): number => {
    const from = Math.floor(atMs / OFFSET_VALID_MS) * OFFSET_VALID_MS
    if (known.from !== from) {
      // Not Intl: formatting dates takes 8 MB of a small box.
      const { offsetNanoseconds } = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone)
      known = { from, offsetMs: offsetNanoseconds / 1e6 }
    }
    return known.offsetMs
  }

  return {
    instantOf: (time, receivedAtMs) => {
      if (time === undefined) return receivedAtMs
      const atMs = time.kind === 'utc' ? time.atMs : time.wallMs - offsetAt(receivedAtMs)
      return Math.abs(atMs - receivedAtMs) <= MAX_DEVICE_SKEW_MS ? atMs : receivedAtMs
    },
  }
}
