import { type FeedbackList, type FeedbackView, feedbackListSchema, feedbackViewSchema } from '@harbor/protocol'
import type { Ask } from './work-orders-api.ts'

/** What a list of visitors' reports is asked for. */
export interface FeedbackListQuery {
  state: 'open' | 'all'
  topic?: string | undefined
  station?: string | undefined
  region?: string | undefined
}

/** Visitors' reports in the HTTP API. Every method rejects with a RequestError. */
export interface FeedbackApi {
  /** Newest first, at most `FEEDBACK_SHOWN`; `next` says that there are more. */
  list: (query: FeedbackListQuery, signal?: AbortSignal) => Promise<FeedbackList>
  reply: (id: string, text: string) => Promise<FeedbackView>
  /** With a last public reply, or without. */
  close: (id: string, text?: string) => Promise<FeedbackView>
  release: (photo: string) => Promise<FeedbackView>
  withdraw: (photo: string) => Promise<FeedbackView>
}

/** Reports on the page: whoever has more open has other troubles than paging. */
export const FEEDBACK_SHOWN = 200

export function createFeedbackApi(ask: Ask): FeedbackApi {
  const report = (id: string, act: string) => `feedback/${encodeURIComponent(id)}/${act}`
  const released = (photo: string) => `feedback-photos/${encodeURIComponent(photo)}/release`
  return {
    list: (query, signal) => ask(`feedback?${toSearch(query)}`, feedbackListSchema, { signal }),
    reply: (id, text) => ask(report(id, 'reply'), feedbackViewSchema, { method: 'POST', body: { text } }),
    close: (id, text) =>
      ask(report(id, 'close'), feedbackViewSchema, { method: 'POST', body: { ...(text !== undefined && { text }) } }),
    release: photo => ask(released(photo), feedbackViewSchema, { method: 'POST' }),
    withdraw: photo => ask(released(photo), feedbackViewSchema, { method: 'DELETE' }),
  }
}

function toSearch({ state, topic, station, region }: FeedbackListQuery): URLSearchParams {
  const search = new URLSearchParams({ state, limit: String(FEEDBACK_SHOWN) })
  if (topic !== undefined) search.set('topic', topic)
  if (station !== undefined) search.set('station', station)
  if (region !== undefined) search.set('region', region)
  return search
}

/** Where a photo is, for staff; a picture's address, not a request of this client. */
export function feedbackPhotoUrl(photo: string): string {
  return `/api/v1/feedback-photos/${encodeURIComponent(photo)}`
}
