import { describe, expect, it } from 'vitest'
import { MINUTE_MS, NOON_MS, sampleList, sampleStation } from '../test/sample-stations.ts'
import { type FeedEvent, type FeedState, INITIAL_STATE, lostSinceMs, momentOf, reduceFeed } from './feed-state.ts'

const SECOND_MS = 1_000
const after = (...events: FeedEvent[]): FeedState => events.reduce(reduceFeed, INITIAL_STATE)
const loaded = (names: string[], atMs = NOON_MS, nowMs = atMs): FeedEvent => ({
  kind: 'listLoaded',
  list: sampleList(
    names.map(name => sampleStation({ id: name, nameEn: `${name} at ${atMs}` })),
    atMs,
  ),
  nowMs,
})
const changed = (names: string[], atMs: number): FeedEvent =>
  ({ ...loaded(names, atMs), kind: 'stationsChanged' }) as FeedEvent
const nameOf = (state: FeedState, id: string) => state.stations.get(id)?.view.nameEn

describe('reduceFeed', () => {
  it('takes a changed station over and leaves the others', () => {
    const state = after(loaded(['a', 'b']), changed(['b'], NOON_MS + 1))
    expect(nameOf(state, 'a')).toBe(`a at ${NOON_MS}`)
    expect(nameOf(state, 'b')).toBe(`b at ${NOON_MS + 1}`)
  })

  it('never puts an older view over a newer one, whichever comes last', () => {
    const state = after(loaded(['a']), changed(['a'], NOON_MS + 5), loaded(['a'], NOON_MS + 1))
    expect(nameOf(state, 'a')).toBe(`a at ${NOON_MS + 5}`)
  })

  it('drops a station that a whole list no longer has, unless it came after that list was made', () => {
    const state = after(loaded(['a', 'b']), changed(['c'], NOON_MS + 5), loaded(['a'], NOON_MS + 1))
    expect([...state.stations.keys()].toSorted()).toEqual(['a', 'c'])
  })

  it('fails only while there is nothing to show', () => {
    expect(after({ kind: 'loadFailed' }).phase).toBe('failed')
    expect(after(loaded(['a']), { kind: 'loadFailed' }).phase).toBe('ready')
  })
})

describe('momentOf', () => {
  it("judges by the server's clock on a phone that is 7 minutes slow", () => {
    const phoneMs = NOON_MS - 7 * MINUTE_MS
    const state = after(loaded(['a'], NOON_MS, phoneMs))
    expect(momentOf(state, phoneMs + 30 * SECOND_MS)).toEqual({
      nowMs: NOON_MS + 30 * SECOND_MS,
      heardServerAtMs: NOON_MS,
    })
  })
})

describe('lostSinceMs', () => {
  const up: FeedEvent = { kind: 'linkUp', nowMs: NOON_MS }

  it('is nothing while the link is up and was heard within a minute', () => {
    const state = after(loaded(['a']), up)
    expect(lostSinceMs(state, NOON_MS + 60 * SECOND_MS)).toBeUndefined()
    expect(lostSinceMs(state, NOON_MS + 60 * SECOND_MS + 1)).toBe(NOON_MS)
  })

  it('is when the server was last heard once the link is down', () => {
    const state = after(loaded(['a']), up, { kind: 'heard', nowMs: NOON_MS + 9 }, { kind: 'linkDown' })
    expect(lostSinceMs(state, NOON_MS + 10)).toBe(NOON_MS + 9)
  })

  it('ends when anything comes over the link again', () => {
    for (const event of [up, { kind: 'heard', nowMs: NOON_MS } as const, changed(['a'], NOON_MS)]) {
      expect(lostSinceMs(after(loaded(['a']), { kind: 'linkDown' }, event), NOON_MS)).toBeUndefined()
    }
  })

  it('is not ended by a list alone, for changes do not come', () => {
    expect(lostSinceMs(after(loaded(['a']), { kind: 'linkDown' }, loaded(['a'])), NOON_MS)).toBe(NOON_MS)
  })
})
