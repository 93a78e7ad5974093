import type { ChecklistsApi } from '../api/care-api.ts'
import { RequestError } from '../api/request-error.ts'
import { type Draft, requestOf } from './draft.ts'
import type { DraftStore } from './draft-store.ts'

/**
 * Sends what was finished of this login, oldest first; the server takes the same one twice without doubling anything. What it refuses
 * stays, with its words; without a network all of it stays.
 *
 * @returns how many were sent.
 */
export async function sendDrafts(store: DraftStore, api: ChecklistsApi, login: string): Promise<number> {
  const waiting = (await store.all())
    .filter(draft => draft.state === 'waiting' && draft.login === login)
    .sort((a, b) => (a.filledAt ?? '').localeCompare(b.filledAt ?? ''))
  let sent = 0
  for (const draft of waiting) {
    try {
      await send(draft, api)
      await store.remove(draft.key)
      sent += 1
    } catch (error) {
      if (!(error instanceof RequestError) || !isFinal(error)) return sent
      await store.put({ ...draft, state: 'refused', reason: error.message })
    }
  }
  return sent
}

async function send(draft: Draft, api: ChecklistsApi): Promise<void> {
  await api.submit(requestOf(draft))
  for (const { id: line } of draft.template.lines) {
    const photos = draft.photos.filter(photo => photo.line === line)
    for (const [index, { blob }] of photos.entries()) await api.addPhoto({ key: draft.key, line, n: index + 1 }, blob)
  }
}

/** Whether asking again could not help. */
function isFinal({ code }: RequestError): boolean {
  return code === 'API_CONFLICT' || code === 'API_FORBIDDEN' || code === 'API_NOT_FOUND' || code === 'API_REFUSED'
}
