import { bucketsOf } from './influx-buckets.ts'
import { keptQuery } from './influx-flux.ts'
import type { InfluxLink } from './influx-link.ts'
import { laterOf } from './influx-parts.ts'
import type { ReadRows } from './influx-read.ts'
import { KEEPS_ALL } from './levels.ts'
import type { KeptFrom } from './telemetry-store.ts'

/** Points of our own beside the roll-ups: from when on each level is kept. */
export const KEPT_MEASUREMENT = 'kept'

/**
 * Remembers in InfluxDB what is no longer kept. Without it, who lengthens the time that readings are kept would be answered with the
 * readings of days that have none any more, in place of their roll-ups.
 */
export interface KeptBook {
  /** Asked of InfluxDB until it has answered once. @throws HarborError TELEMETRY_STORE_UNAVAILABLE */
  read: () => Promise<KeptFrom>
  /** What is known without asking. */
  known: () => KeptFrom
  /** Rejects as `InfluxLink.write` does. */
  note: (kept: KeptFrom, nowMs: number) => Promise<void>
}

export function createKeptBook(
  bucket: string,
  { link, rows }: { link: Pick<InfluxLink, 'write'>; rows: ReadRows },
): KeptBook {
  let known = KEEPS_ALL
  let reading: Promise<void> | undefined

  async function ask(): Promise<void> {
    const found: Record<string, number> = {}
    for await (const { field, value } of rows(keptQuery(bucket, KEPT_MEASUREMENT))) found[field] = value
    const { raw = 0, quarter = 0, hour = 0 } = found
    known = laterOf(known, { raw, quarter, hour })
  }

  return {
    async read() {
      reading ??= ask().catch((error: unknown) => {
        reading = undefined
        throw error
      })
      await reading
      return known
    },
    known: () => known,
    async note(kept, nowMs) {
      const next = laterOf(known, kept)
      if (next.raw === known.raw && next.quarter === known.quarter && next.hour === known.hour) return
      const line = `${KEPT_MEASUREMENT} raw=${next.raw},quarter=${next.quarter},hour=${next.hour} ${nowMs}`
      await link.write(bucketsOf(bucket).hour, [line])
      known = next
    },
  }
}
