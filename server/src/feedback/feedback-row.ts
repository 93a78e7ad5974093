import type { FeedbackStatus, FeedbackView } from '@harbor/protocol'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { RegistryTables } from '../registry/schema.ts'

/** Reports with the names that people read. */
export function selectFeedback(db: RegistryDb) {
  return db
    .selectFrom('feedback')
    .innerJoin('station', 'station.id', 'feedback.station')
    .leftJoin('appliance', 'appliance.id', 'feedback.appliance')
    .leftJoin('person as replier', 'replier.login', 'feedback.reply_by')
    .leftJoin('person as closer', 'closer.login', 'feedback.closed_by')
    .selectAll('feedback')
    .select(['station.name_zh', 'station.name_en', 'appliance.kind'])
    .select(['replier.name as replier_name', 'closer.name as closer_name'])
}

export type FeedbackRow = Awaited<ReturnType<ReturnType<typeof selectFeedback>['execute']>>[number]
export type PhotoRow = RegistryTables['visitor_photo'] & { releaser_name: string | null }

/** The photos of reports, by report, in order. */
export async function photosOf(db: RegistryDb, reports: readonly string[]): Promise<Map<string, PhotoRow[]>> {
  const photos = new Map<string, PhotoRow[]>()
  if (reports.length === 0) return photos
  const rows = await db
    .selectFrom('visitor_photo')
    .leftJoin('person', 'person.login', 'visitor_photo.released_by')
    .selectAll('visitor_photo')
    .select('person.name as releaser_name')
    .where('visitor_photo.feedback', 'in', reports)
    .orderBy('visitor_photo.n')
    .execute()
  for (const row of rows) {
    const report = row.feedback ?? ''
    photos.set(report, [...(photos.get(report) ?? []), row])
  }
  return photos
}

/** A report as staff see it. */
export function toFeedbackView(row: FeedbackRow, photos: readonly PhotoRow[]): FeedbackView {
  return {
    id: row.id,
    station: row.station,
    stationNameZh: row.name_zh,
    stationNameEn: row.name_en,
    district: row.district,
    topic: row.topic,
    ...(row.appliance !== null && { appliance: row.appliance }),
    ...(row.kind !== null && { applianceKind: row.kind }),
    ...(row.text !== null && { text: row.text }),
    ...(row.stars !== null && { stars: row.stars }),
    state: row.state,
    revision: row.revision,
    writtenAt: instant(row.written_at_ms),
    receivedAt: instant(row.received_at_ms),
    changedAt: instant(row.changed_at_ms),
    ...(row.reply_text !== null && {
      reply: {
        text: row.reply_text,
        at: instant(row.reply_at_ms ?? row.changed_at_ms),
        by: row.replier_name ?? row.reply_by ?? '',
      },
    }),
    ...(row.closed_at_ms !== null && {
      closed: {
        at: instant(row.closed_at_ms),
        ...(row.closed_by !== null && { by: row.closer_name ?? row.closed_by }),
      },
    }),
    ...(row.work_order !== null && { workOrder: row.work_order }),
    ...(row.promised_at_ms !== null && { promisedAt: instant(row.promised_at_ms) }),
    ...(row.fixed !== null && { fixed: row.fixed === 1 }),
    photos: photos.map(({ id, released_at_ms: releasedAtMs, released_by: by, releaser_name: name }) => ({
      id,
      ...(releasedAtMs !== null && { released: { at: instant(releasedAtMs), by: name ?? by ?? '' } }),
    })),
  }
}

/** A report as its visitor sees it. */
export function toFeedbackStatus(row: RegistryTables['feedback'], photos: number): FeedbackStatus {
  return {
    station: row.station,
    topic: row.topic,
    ...(row.appliance !== null && { appliance: row.appliance }),
    state: row.state,
    receivedAt: instant(row.received_at_ms),
    changedAt: instant(row.changed_at_ms),
    ...(row.reply_text !== null && { reply: row.reply_text }),
    photos,
    ...(row.promised_at_ms !== null && { promisedAt: instant(row.promised_at_ms) }),
    ...(row.fixed !== null && { fixed: row.fixed === 1 }),
  }
}

export function instant(ms: number): string {
  return new Date(ms).toISOString()
}
