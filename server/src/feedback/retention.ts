import type { PhotoStore } from '../photos/photo-store.ts'
import type { RegistryDb } from '../registry/open-registry.ts'

const DAY_MS = 24 * 3_600_000
/** Marks of networks are of one day; they serve to count ratings until the day is over everywhere. */
export const NETWORK_KEPT_MS = 2 * DAY_MS
/** Photos that the public does not see, after their report was closed (chosen: long enough for a complaint about the answer). */
export const PHOTO_KEPT_MS = 90 * DAY_MS
/** Reports, from when they came (chosen: so that a year can be held against the one before). */
export const REPORT_KEPT_MS = 400 * DAY_MS

/** Rows that are looked at in one go. */
const AT_ONCE = 500

/** Deletes what visitors said and nobody needs any more. What staff released stays on its station's page. */
export async function deleteOldFeedback(db: RegistryDb, photos: PhotoStore, nowMs: number): Promise<void> {
  await db
    .updateTable('feedback')
    .set({ network: null })
    .where('network', 'is not', null)
    .where('received_at_ms', '<', nowMs - NETWORK_KEPT_MS)
    .execute()
  for (;;) {
    const rows = await db
      .selectFrom('visitor_photo')
      .innerJoin('feedback', 'feedback.id', 'visitor_photo.feedback')
      .select(['visitor_photo.id', 'visitor_photo.sha256'])
      .where('visitor_photo.released_at_ms', 'is', null)
      .where(eb =>
        eb.or([
          eb('feedback.closed_at_ms', '<', nowMs - PHOTO_KEPT_MS),
          eb('feedback.received_at_ms', '<', nowMs - REPORT_KEPT_MS),
        ]),
      )
      .limit(AT_ONCE)
      .execute()
    for (const { id, sha256 } of rows) {
      await db.deleteFrom('visitor_photo').where('id', '=', id).execute()
      const other = await db
        .selectFrom('visitor_photo')
        .select('id')
        .where('sha256', '=', sha256)
        .limit(1)
        .executeTakeFirst()
      if (other === undefined) await photos.remove(sha256)
    }
    if (rows.length < AT_ONCE) break
  }
  await db
    .deleteFrom('feedback')
    .where('received_at_ms', '<', nowMs - REPORT_KEPT_MS)
    .execute()
}

/**
 * Removes photos that no report has: a server that was killed between keeping one and noting it leaves such. Only while no photo is
 * being taken.
 */
export async function removeOrphans(db: RegistryDb, photos: PhotoStore): Promise<number> {
  const names = await photos.names()
  let removed = 0
  for (let from = 0; from < names.length; from += AT_ONCE) {
    const some = names.slice(from, from + AT_ONCE)
    const rows = await db.selectFrom('visitor_photo').select('sha256').where('sha256', 'in', some).execute()
    const known = new Set(rows.map(row => row.sha256))
    for (const name of some) {
      if (known.has(name)) continue
      await photos.remove(name)
      removed += 1
    }
  }
  return removed
}
