import type { FeedbackList, FeedbackView } from '@harbor/protocol'
import { expect, test } from 'vitest'
import type { FeedbackFilters } from './feedback-filters.ts'
import { mergeFeedback } from './merge-feedback.ts'

const ALL_OPEN: FeedbackFilters = { state: 'open', topic: undefined, station: undefined, region: undefined }

function report(id: string, minute: number, rest: Partial<FeedbackView> = {}): FeedbackView {
  const at = `2026-11-23T02:${String(minute).padStart(2, '0')}:00.000Z`
  return {
    id,
    station: 'cq-1',
    stationNameZh: '一',
    stationNameEn: 'One',
    district: '500103',
    topic: 'dirty',
    state: 'received',
    revision: 1,
    writtenAt: at,
    receivedAt: at,
    changedAt: at,
    photos: [],
    ...rest,
  }
}

const list = (...feedback: FeedbackView[]): FeedbackList => ({ at: '2026-11-23T02:00:00.000Z', feedback })
const ids = ({ feedback }: FeedbackList) => feedback.map(({ id, revision }) => `${id}.${revision}`)

test('a new report stands where its time puts it', () => {
  const merged = mergeFeedback(list(report('c', 30), report('a', 10)), report('b', 20), ALL_OPEN)
  expect(ids(merged)).toEqual(['c.1', 'b.1', 'a.1'])
})

test('a newer view takes the place of the one known, an older one does not', () => {
  const known = list(report('a', 10, { revision: 3 }))
  expect(ids(mergeFeedback(known, report('a', 10, { revision: 4, state: 'closed' }), ALL_OPEN))).toEqual(['a.4'])
  expect(mergeFeedback(known, report('a', 10, { revision: 3 }), ALL_OPEN)).toBe(known)
})

test('a report of another topic, station or state than the list is of does not come into it', () => {
  const empty = list()
  expect(mergeFeedback(empty, report('a', 1), { ...ALL_OPEN, topic: 'full' })).toBe(empty)
  expect(mergeFeedback(empty, report('a', 1), { ...ALL_OPEN, station: 'cq-2' })).toBe(empty)
  expect(mergeFeedback(empty, report('a', 1, { state: 'closed' }), ALL_OPEN)).toBe(empty)
  expect(mergeFeedback(empty, report('a', 1), { ...ALL_OPEN, region: '500112' })).toBe(empty)
  expect(ids(mergeFeedback(empty, report('a', 1), { ...ALL_OPEN, region: '500103' }))).toEqual(['a.1'])
  expect(ids(mergeFeedback(empty, report('a', 1, { state: 'closed' }), { ...ALL_OPEN, state: 'all' }))).toEqual(['a.1'])
})
