import type { FeedbackList, FeedbackView } from '@harbor/protocol'
import type { FeedbackFilters } from './feedback-filters.ts'

/** States in which nobody has anything to do any more. The list of what is open leaves them out. */
const DONE: readonly FeedbackView['state'][] = ['answered', 'closed']

/**
 * A list with a report as it now is. One that was changed stays in sight although it is no longer open, so that whoever has just
 * answered sees their answer; it is gone at the next look. An older view than the one known changes nothing.
 */
export function mergeFeedback(list: FeedbackList, fresh: FeedbackView, filters: FeedbackFilters): FeedbackList {
  const known = list.feedback.find(({ id }) => id === fresh.id)
  if (known !== undefined) {
    if (known.revision >= fresh.revision) return list
    return { ...list, feedback: list.feedback.map(one => (one.id === fresh.id ? fresh : one)) }
  }
  const { state, topic, station, region } = filters
  const belongs =
    (topic === undefined || fresh.topic === topic) &&
    (station === undefined || fresh.station === station) &&
    // A report does not say its street: those of a street come with the next look.
    (region === undefined || fresh.district === region) &&
    (state === 'all' || !DONE.includes(fresh.state))
  if (!belongs) return list
  const feedback = [fresh, ...list.feedback].sort((a, b) => Date.parse(b.receivedAt) - Date.parse(a.receivedAt))
  return { ...list, feedback }
}
