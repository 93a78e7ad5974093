import type { FeedbackTopic } from '@harbor/protocol'
import type { RegistryDb } from '../registry/open-registry.ts'

/** What is shown of the public: so far back (chosen: a season), and at most so many. */
const SHOWN_MS = 90 * 24 * 3_600_000
const SHOWN = 50

/** A report as everybody may read it: no words of the visitor's, no stars, no hour. */
export interface SaidAndDone {
  station: string
  nameZh: string
  nameEn: string
  topic: FeedbackTopic
  receivedMs: number
  /** The public reply, masked when it was given. */
  reply: string | undefined
  /** The work was done, and the visitor did not say otherwise. */
  isRepaired: boolean
}

/** What visitors of a district or a station said and what was answered or done, newest first. */
export async function saidAndDone(
  db: RegistryDb,
  place: { district: string } | { station: string },
  nowMs: number,
): Promise<SaidAndDone[]> {
  const rows = await db
    .selectFrom('feedback')
    .innerJoin('station', 'station.id', 'feedback.station')
    .select(['feedback.station', 'feedback.topic', 'feedback.received_at_ms', 'feedback.reply_text'])
    .select(['feedback.state', 'feedback.work_order', 'feedback.fixed', 'station.name_zh', 'station.name_en'])
    .where('feedback.received_at_ms', '>=', nowMs - SHOWN_MS)
    .where(
      'district' in place ? 'feedback.district' : 'feedback.station',
      '=',
      'district' in place ? place.district : place.station,
    )
    .where(eb =>
      eb.or([
        eb('feedback.reply_text', 'is not', null),
        eb.and([eb('feedback.state', 'in', ['fixed', 'closed']), eb('feedback.work_order', 'is not', null)]),
      ]),
    )
    .orderBy('feedback.received_at_ms', 'desc')
    .limit(SHOWN)
    .execute()
  return rows.map(row => ({
    station: row.station,
    nameZh: row.name_zh,
    nameEn: row.name_en,
    topic: row.topic,
    receivedMs: Number(row.received_at_ms),
    reply: row.reply_text ?? undefined,
    isRepaired: row.work_order !== null && row.fixed !== 0 && ['fixed', 'closed'].includes(row.state),
  }))
}
