import type { Person, VoicesReport } from '@harbor/protocol'
import type { Calendar } from '../calendar/calendar.ts'
import { withinScope } from '../people/scope.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { firstDayOf, voicesReport } from './voice-figures.ts'

/** Reports that are counted at once; half a year of 5,000 stations has far fewer. */
const MAX_REPORTS = 200_000
const DAY_MS = 24 * 3_600_000

export interface VoicesDeps {
  db: RegistryDb
  calendar: Pick<Calendar, 'dayOf'>
  timeZone: string
  nowMs: () => number
}

/** What visitors of a person's stations said in half a year, added up. */
export async function readVoices(
  { db, calendar, timeZone, nowMs }: VoicesDeps,
  person: Person,
  { region, station }: { region?: string | undefined; station?: string | undefined },
): Promise<VoicesReport> {
  const atMs = nowMs()
  const fromMs = Date.parse(`${firstDayOf(timeZone, atMs)}T00:00:00Z`) - DAY_MS
  const rows = await db
    .selectFrom('feedback')
    .innerJoin('station', 'station.id', 'feedback.station')
    .select(['feedback.station', 'feedback.district', 'feedback.topic', 'feedback.state', 'feedback.received_at_ms'])
    .select(['feedback.reply_at_ms', 'feedback.closed_at_ms', 'feedback.closed_by'])
    .select(['feedback.stars', 'feedback.stars_count', 'station.name_zh', 'station.name_en'])
    .where(withinScope(person, { district: 'feedback.district', station: 'feedback.station' }))
    .where('feedback.received_at_ms', '>=', fromMs)
    .$if(region !== undefined, q =>
      q.where(region?.length === 9 ? 'station.street' : 'station.district', '=', region as string),
    )
    .$if(station !== undefined, q => q.where('feedback.station', '=', station as string))
    .limit(MAX_REPORTS)
    .execute()
  const reports = rows.map(row => {
    const closedMs = row.closed_by === null ? null : row.closed_at_ms
    const acts = [row.reply_at_ms, closedMs].flatMap(ms => (ms === null ? [] : [Number(ms)]))
    return {
      station: row.station,
      nameZh: row.name_zh,
      nameEn: row.name_en,
      district: row.district,
      topic: row.topic,
      state: row.state,
      receivedMs: Number(row.received_at_ms),
      repliedMs: acts.length === 0 ? undefined : Math.min(...acts),
      stars: row.stars !== null && row.stars_count === 1 ? row.stars : undefined,
    }
  })
  return voicesReport(reports, { atMs, timeZone, calendar })
}
