import { FEEDBACK_TOPICS, type FeedbackTopic, idSchema } from '@harbor/protocol'
import { readRegion } from '../region/region-tree.ts'

export const FEEDBACK_STATE_FILTERS = ['open', 'all'] as const

/** What the list shows. Kept in the page's address, so that a link or "back" shows the same. */
export interface FeedbackFilters {
  state: (typeof FEEDBACK_STATE_FILTERS)[number]
  /** Undefined means all. */
  topic: FeedbackTopic | undefined
  station: string | undefined
  /** A district or a street. */
  region: string | undefined
}

/** The filters that an address asks for; what it says wrongly is passed over. */
export function readFeedbackFilters(query: URLSearchParams): FeedbackFilters {
  const station = idSchema.safeParse(query.get('station'))
  return {
    state: FEEDBACK_STATE_FILTERS.find(state => state === query.get('state')) ?? 'open',
    topic: FEEDBACK_TOPICS.find(topic => topic === query.get('topic')),
    station: station.success ? station.data : undefined,
    region: readRegion(query),
  }
}

/** The shortest address query for these filters: what is as usual is left out. */
export function writeFeedbackFilters({ state, topic, station, region }: FeedbackFilters): URLSearchParams {
  const query = new URLSearchParams()
  if (state !== 'open') query.set('state', state)
  if (topic !== undefined) query.set('topic', topic)
  if (station !== undefined) query.set('station', station)
  if (region !== undefined) query.set('region', region)
  return query
}
