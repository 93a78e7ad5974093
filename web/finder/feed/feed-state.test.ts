import type { FoundStations } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MINUTE_MS, NOON_MS, sampleFound, sampleList, sampleStation } from '../test/sample-stations.ts'
import {
  type FeedEvent,
  type FeedState,
  INITIAL_STATE,
  MAX_STATIONS,
  type Memory,
  lostSinceMs,
  momentOf,
  reduceFeed,
} from './feed-state.ts'

const SECOND_MS = 1_000
const KEY = 'near'
const asked: FeedEvent = { kind: 'asked', key: KEY }
const after = (...events: FeedEvent[]): FeedState => [asked, ...events].reduce(reduceFeed, INITIAL_STATE)
const views = (names: string[], atMs: number) =>
  names.map(name => sampleStation({ id: name, nameEn: `${name} at ${atMs}` }))
const answer = (names: string[], atMs: number): FoundStations => sampleFound(views(names, atMs), atMs)
const found = (names: string[], atMs = NOON_MS, nowMs = atMs): FeedEvent => ({
  kind: 'found',
  key: KEY,
  answer: answer(names, atMs),
  nowMs,
})
const told = (kind: 'stationsChanged' | 'looked', names: string[], atMs: number): FeedEvent => ({
  kind,
  list: sampleList(views(names, atMs), atMs),
  nowMs: atMs,
})
const nameOf = (state: FeedState, id: string) => state.stations.get(id)?.view.nameEn
const heard = (nowMs: number): FeedEvent => ({ kind: 'heard', nowMs })

describe('reduceFeed', () => {
  it('takes a changed station over and leaves the others', () => {
    const state = after(found(['a', 'b']), told('stationsChanged', ['b'], NOON_MS + 1))
    expect(nameOf(state, 'a')).toBe(`a at ${NOON_MS}`)
    expect(nameOf(state, 'b')).toBe(`b at ${NOON_MS + 1}`)
  })

  it('ends with the newest view of every station, whatever order answers and changes come in', () => {
    const events = fc.array(
      fc.record({
        kind: fc.constantFrom('found', 'stationsChanged', 'looked'),
        step: fc.nat(50),
        id: fc.constantFrom('a', 'b'),
      }),
      { minLength: 1 },
    )
    fc.assert(
      fc.property(events, list => {
        const state = list.reduce((before, { kind, step, id }) => {
          const atMs = NOON_MS + step
          return reduceFeed(before, kind === 'found' ? found([id], atMs) : told(kind as 'looked', [id], atMs))
        }, after())
        for (const id of new Set(list.map(one => one.id))) {
          const newest = Math.max(...list.filter(one => one.id === id).map(one => one.step))
          expect(nameOf(state, id)).toBe(`${id} at ${NOON_MS + newest}`)
        }
      }),
    )
  })

  it('lists only what was found for the question that is asked now', () => {
    const late = { ...found(['old']), key: 'before' } as FeedEvent
    const state = after(found(['a']), late)
    expect(state.found?.ids).toEqual(['a'])
    expect(nameOf(state, 'old')).toBeDefined()
  })

  it('fails only while there is nothing to show', () => {
    const failed: FeedEvent = { kind: 'askFailed', key: KEY }
    expect(after(failed).phase).toBe('failed')
    expect(after(found(['a']), failed).phase).toBe('ready')
    expect(after({ ...failed, key: 'before' }).phase).toBe('loading')
  })

  it('forgets what it was told longest ago when it knows too many', () => {
    const many = Array.from({ length: MAX_STATIONS }, (_, index) => `many-${index}`)
    const state = after(found(['first']), told('stationsChanged', many, NOON_MS + 1))
    expect(state.stations.size).toBe(MAX_STATIONS)
    expect(state.stations.has('first')).toBe(false)
  })

  it('knows a station that is not there from one that could not be asked for', () => {
    const failed = (missing: boolean): FeedEvent => ({ kind: 'openFailed', id: 'a', missing })
    expect(after(failed(true)).opened.get('a')?.kind).toBe('missing')
    expect(after(failed(false)).opened.get('a')?.kind).toBe('failed')
  })
})

describe('what was kept of an earlier visit', () => {
  const memory = (key: string): Memory => {
    const before = after(found(['kept']))
    return {
      stations: [...before.stations.values()],
      found: before.found === undefined ? undefined : { ...before.found, key },
      clockOffsetMs: 5,
      heardAtMs: NOON_MS,
    }
  }

  it('is shown for the same question, with its own age', () => {
    const state = after({ kind: 'recalled', memory: memory(KEY) })
    expect(state).toMatchObject({ phase: 'ready', found: { ids: ['kept'], kept: true } })
    expect(momentOf(state, 'kept', NOON_MS + MINUTE_MS)).toEqual({
      nowMs: NOON_MS + MINUTE_MS + 5,
      heardServerAtMs: NOON_MS,
    })
  })

  it('is no answer to another question', () => {
    expect(after({ kind: 'recalled', memory: memory('elsewhere') })).toMatchObject({
      phase: 'loading',
      found: undefined,
    })
  })

  it('never replaces what the server has said on this visit', () => {
    const state = after(found(['new']), { kind: 'recalled', memory: memory(KEY) })
    expect(state.found?.ids).toEqual(['new'])
  })
})

describe('momentOf', () => {
  it("judges by the server's clock on a phone that is 7 minutes slow", () => {
    const phoneMs = NOON_MS - 7 * MINUTE_MS
    const state = after(found(['a'], NOON_MS, phoneMs))
    expect(momentOf(state, 'a', phoneMs + 30 * SECOND_MS)).toEqual({
      nowMs: NOON_MS + 30 * SECOND_MS,
      heardServerAtMs: NOON_MS,
    })
  })

  it('vouches only for what is looked at: what is not ages from when it was told', () => {
    const state = after(found(['a', 'b']), told('looked', ['a'], NOON_MS), heard(NOON_MS + 5 * MINUTE_MS))
    const nowMs = NOON_MS + 5 * MINUTE_MS
    expect(momentOf(state, 'a', nowMs).heardServerAtMs).toBe(nowMs)
    expect(momentOf(state, 'b', nowMs).heardServerAtMs).toBe(NOON_MS)
  })

  it('lets what was looked at age from when the link went, also after it is back, until it is looked at again', () => {
    const looked = [told('looked', ['a'], NOON_MS), heard(NOON_MS + MINUTE_MS)]
    const back = [{ kind: 'linkDown' } as const, { kind: 'linkUp', nowMs: NOON_MS + 9 * MINUTE_MS } as const]
    const state = after(...looked, ...back)
    expect(momentOf(state, 'a', NOON_MS + 9 * MINUTE_MS).heardServerAtMs).toBe(NOON_MS + MINUTE_MS)
    const again = reduceFeed(state, told('looked', ['a'], NOON_MS + 10 * MINUTE_MS))
    expect(momentOf(again, 'a', NOON_MS + 10 * MINUTE_MS).heardServerAtMs).toBe(NOON_MS + 10 * MINUTE_MS)
  })
})

describe('lostSinceMs', () => {
  const up: FeedEvent = { kind: 'linkUp', nowMs: NOON_MS }

  it('is nothing while the link is up and was heard within a minute', () => {
    const state = after(found(['a']), up)
    expect(lostSinceMs(state, NOON_MS + 60 * SECOND_MS)).toBeUndefined()
    expect(lostSinceMs(state, NOON_MS + 60 * SECOND_MS + 1)).toBe(NOON_MS)
  })

  it('is when the server was last heard once the link is down', () => {
    const state = after(found(['a']), up, heard(NOON_MS + 9), { kind: 'linkDown' })
    expect(lostSinceMs(state, NOON_MS + 10)).toBe(NOON_MS + 9)
  })

  it('ends when anything comes over the link again', () => {
    for (const event of [up, heard(NOON_MS), told('looked', ['a'], NOON_MS)]) {
      expect(lostSinceMs(after(found(['a']), { kind: 'linkDown' }, event), NOON_MS)).toBeUndefined()
    }
  })

  it('is not ended by an answer alone, for changes do not come', () => {
    expect(lostSinceMs(after(found(['a']), { kind: 'linkDown' }, found(['a'])), NOON_MS)).toBe(NOON_MS)
  })
})
