import type { EventKind, FeedbackView } from '@harbor/protocol'
import { putEvent } from '../alerts/event-outbox.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { RegistryTables } from '../registry/schema.ts'
import { photosOf, selectFeedback, toFeedbackView } from './feedback-row.ts'
import { maskText } from './mask-text.ts'

/** One report as staff see it; undefined when there is none. */
export async function viewOf(db: RegistryDb, id: string): Promise<FeedbackView | undefined> {
  const row = await selectFeedback(db).where('feedback.id', '=', id).executeTakeFirst()
  return row && toFeedbackView(row, (await photosOf(db, [id])).get(id) ?? [])
}

/**
 * Puts the event of a change beside the change, in its transaction. What leaves the server is masked, and has neither photos
 * nor the names of staff.
 */
export async function putFeedbackEvent(tx: RegistryDb, view: FeedbackView, kind: EventKind): Promise<void> {
  const { reply, closed, photos, text, ...rest } = view
  await putEvent(tx, {
    kind,
    id: `${view.id}-${view.revision}`,
    subject: view.id,
    district: view.district,
    atMs: Date.parse(view.changedAt),
    data: {
      ...rest,
      ...(text !== undefined && { text: maskText(text) }),
      ...(reply !== undefined && { reply: reply.text }),
      ...(closed !== undefined && { closedAt: closed.at }),
      photos: photos.length,
    },
  })
}

/** Changes a report, counts its revision and tells of it; undefined when there is no such report. */
export async function changeFeedback(
  tx: RegistryDb,
  id: string,
  change: { atMs: number; set: Partial<RegistryTables['feedback']> },
): Promise<FeedbackView | undefined> {
  await tx
    .updateTable('feedback')
    .set(eb => ({ ...change.set, changed_at_ms: change.atMs, revision: eb('revision', '+', 1) }))
    .where('id', '=', id)
    .execute()
  const view = await viewOf(tx, id)
  if (view !== undefined) await putFeedbackEvent(tx, view, 'feedback-changed')
  return view
}
