import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Opening } from './opening.ts'
import { type OpeningEvidence, type SensorSource, openingNow } from './opening-now.ts'
import type { Said } from './sources.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const OPENS = Date.parse('2026-07-30T00:00:00Z') // 08:00 in Chongqing
const CLOSES = OPENS + 12 * HOUR_MS
const at = (hours: number, minutes = 0) => OPENS + (hours - 8) * HOUR_MS + minutes * MINUTE_MS

const POSTED: Opening = { state: 'open', openSinceMs: OPENS, changesAtMs: CLOSES }
const ALWAYS: Opening = { state: 'open', openSinceMs: OPENS - 40 * HOUR_MS }
const WATCHED: OpeningEvidence = { isWatched: true, watchedSinceMs: OPENS - 48 * HOUR_MS, sensors: [], said: [] }
const UNWATCHED: OpeningEvidence = { ...WATCHED, isWatched: false }

const seen = (source: SensorSource, atMs: number) => ({ source, atMs })
const said = (by: Said['by'], says: Said['says'], spoken: { atMs: number; count?: number }): Said => ({
  by,
  says,
  at: new Date(spoken.atMs).toISOString(),
  count: spoken.count ?? 1,
})
const told = (evidence: OpeningEvidence, atMs: number, posted = POSTED) => {
  const { state, reason, sign } = openingNow(posted, evidence, atMs).opening
  return [state, reason, sign && `${sign.source} ${sign.says}`].filter(Boolean).join(', ')
}

describe('a station with sensors', () => {
  test('is open by its hours for a quarter of an hour, and then not confirmed until somebody is seen', () => {
    expect(told(WATCHED, at(8, 14))).toBe('open')
    expect(told(WATCHED, at(8, 15))).toBe('unknown, not_confirmed')
    expect(told(WATCHED, at(19, 59))).toBe('unknown, not_confirmed')
    expect(told({ ...WATCHED, sensors: [seen('door', at(9))] }, at(9))).toBe('open, door open')
  })

  test('is open once the keeper opened up, an hour early at most', () => {
    expect(told({ ...WATCHED, sensors: [seen('door', at(7))] }, at(8, 30))).toBe('open, door open')
    expect(told({ ...WATCHED, sensors: [seen('door', at(6, 59))] }, at(8, 30))).toBe('unknown, not_confirmed')
  })

  test('that saw nobody for four hours is not confirmed any more, and round the clock not for a day', () => {
    const evidence = { ...WATCHED, sensors: [seen('people', at(9))] }
    expect(told(evidence, at(13))).toBe('open, people open')
    expect(told(evidence, at(13) + 1)).toBe('unknown, not_confirmed')
    expect(told(evidence, at(33), ALWAYS)).toBe('open, people open')
    expect(told(evidence, at(33) + 1, ALWAYS)).toBe('unknown, not_confirmed')
  })

  test('where nobody is there by night keeps to the day’s limit too', () => {
    const night: Opening = { ...POSTED, unstaffed: true }
    expect(told({ ...WATCHED, sensors: [seen('door', at(9))] }, at(15), night)).toBe('open, door open')
  })

  test('that was listened to only just now is given its quarter of an hour', () => {
    const fresh = { ...WATCHED, watchedSinceMs: at(12) }
    expect(told(fresh, at(12, 14))).toBe('open')
    expect(told(fresh, at(12, 15))).toBe('unknown, not_confirmed')
  })

  test('names the newest that spoke', () => {
    const sensors = [seen('door', at(9)), seen('appliance', at(9, 30)), seen('people', at(9, 10))]
    expect(told({ ...WATCHED, sensors }, at(10))).toBe('open, appliance open')
  })

  test('does not tell of an unstaffed time while it doubts', () => {
    expect(openingNow({ ...POSTED, unstaffed: true }, WATCHED, at(12)).opening.unstaffed).toBeUndefined()
  })
})

describe('a station without sensors', () => {
  test('is open by its hours alone, and no sign is claimed', () => {
    expect(told(UNWATCHED, at(12))).toBe('open')
  })

  test('is open as a keeper said, for four hours, and as a visitor said, for one', () => {
    expect(told({ ...UNWATCHED, said: [said('keeper', 'open', { atMs: at(9) })] }, at(13))).toBe('open, keeper open')
    expect(told({ ...UNWATCHED, said: [said('keeper', 'open', { atMs: at(9) })] }, at(13) + 1)).toBe('open')
    expect(told({ ...UNWATCHED, said: [said('visitor', 'open', { atMs: at(9) })] }, at(10))).toBe('open, visitor open')
    expect(told({ ...UNWATCHED, said: [said('visitor', 'full', { atMs: at(9) })] }, at(10))).toBe('open, visitor open')
    expect(told({ ...UNWATCHED, said: [said('visitor', 'broken', { atMs: at(9) })] }, at(9))).toBe('open')
  })

  test('is doubted for an hour when a visitor found it locked, unless a later one found it open', () => {
    const locked = said('visitor', 'locked', { atMs: at(9) })
    expect(told({ ...UNWATCHED, said: [locked] }, at(9))).toBe('unknown, said_shut, visitor shut')
    expect(told({ ...UNWATCHED, said: [locked] }, at(10) + 1)).toBe('open')
    const open = said('visitor', 'open', { atMs: at(9, 1) })
    expect(told({ ...UNWATCHED, said: [locked, open] }, at(9, 2))).toBe('open, visitor open')
  })
})

describe('one who stood before a locked door', () => {
  const one = said('visitor', 'locked', { atMs: at(12) })
  const two = said('visitor', 'locked', { atMs: at(12), count: 2 })

  test('is believed against a door that opened in the morning', () => {
    expect(told({ ...WATCHED, sensors: [seen('door', at(11, 50))], said: [one] }, at(12, 5))).toBe(
      'unknown, said_shut, visitor shut',
    )
  })

  test('alone is not believed against somebody seen within ten minutes before, or after', () => {
    for (const minutes of [-9, 0, 3])
      expect(told({ ...WATCHED, sensors: [seen('people', at(12, minutes))], said: [one] }, at(12, 5))).toBe(
        'open, people open',
      )
  })

  test('with another is believed until somebody is seen after', () => {
    expect(told({ ...WATCHED, sensors: [seen('people', at(12))], said: [two] }, at(12, 5))).toBe(
      'unknown, said_shut, visitor shut',
    )
    expect(told({ ...WATCHED, sensors: [seen('people', at(12, 1))], said: [two] }, at(12, 5))).toBe('open, people open')
  })

  test('is answered by a keeper', () => {
    const keeper = said('keeper', 'open', { atMs: at(12, 1) })
    expect(told({ ...UNWATCHED, said: [two, keeper] }, at(12, 5))).toBe('open, keeper open')
  })
})

test('a keeper who says that it is locked is believed over the door behind them, and not over people ten minutes later', () => {
  const locked = said('keeper', 'locked', { atMs: at(12) })
  const with1 = (minutes: number) => ({ ...WATCHED, sensors: [seen('door', at(12, minutes))], said: [locked] })
  expect(told(with1(10), at(13))).toBe('unknown, said_shut, keeper shut')
  expect(told(with1(11), at(13))).toBe('open, door open')
})

test('outside of its posted hours nothing makes a station open, and without hours nothing makes it more than unknown', () => {
  const evidence = { ...WATCHED, sensors: [seen('people', at(12))], said: [said('keeper', 'open', { atMs: at(12) })] }
  expect(told(evidence, at(12), { state: 'closed' })).toBe('closed')
  expect(told(evidence, at(12), { state: 'unknown' })).toBe('unknown, no_hours, people open')
})

const momentArb = fc.integer({ min: -120, max: 14 * 60 }).map(minutes => OPENS + minutes * MINUTE_MS)
const evidenceArb: fc.Arbitrary<OpeningEvidence> = fc.record({
  isWatched: fc.boolean(),
  watchedSinceMs: momentArb,
  sensors: fc.array(
    fc.record({ source: fc.constantFrom('door', 'people', 'presence', 'appliance'), atMs: momentArb }),
    { maxLength: 4 },
  ),
  said: fc.array(
    fc
      .record({
        by: fc.constantFrom('keeper', 'visitor'),
        says: fc.constantFrom('open', 'locked', 'full', 'broken', 'clean'),
        atMs: momentArb,
        count: fc.integer({ min: 1, max: 3 }),
      })
      .map(({ by, says, ...spoken }) => said(by, says, spoken)),
    { maxLength: 4 },
  ),
})

test('a watched station without any sign is never open past its quarter of an hour, whatever else', () => {
  fc.assert(
    fc.property(evidenceArb, momentArb, (evidence, nowMs) => {
      const { opening } = openingNow(POSTED, { ...evidence, isWatched: true }, nowMs)
      const graceMs = Math.max(OPENS, evidence.watchedSinceMs) + 15 * MINUTE_MS
      fc.pre(opening.state === 'open' && opening.sign === undefined)
      expect(nowMs).toBeLessThan(graceMs)
    }),
  )
})

test('what is told names a sign that is not in the future, and says open only with a sign for it', () => {
  fc.assert(
    fc.property(evidenceArb, momentArb, (evidence, nowMs) => {
      const { state, reason, sign } = openingNow(POSTED, evidence, nowMs).opening
      expect(sign === undefined ? nowMs : Date.parse(sign.at)).toBeLessThanOrEqual(nowMs)
      const expected =
        sign?.says === 'shut' ? ['unknown', 'said_shut'] : [state, sign === undefined ? reason : undefined]
      expect([state, reason]).toEqual(expected)
    }),
  )
})

test('nothing changes before the time at which it is to be looked again, when all of it has been', () => {
  const stretchArb = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(evidenceArb, momentArb, stretchArb, (evidence, nowMs, share) => {
      const past: OpeningEvidence = {
        ...evidence,
        sensors: evidence.sensors.filter(({ atMs }) => atMs <= nowMs),
        said: evidence.said.filter(word => Date.parse(word.at) <= nowMs),
      }
      const { opening, dueAtMs } = openingNow(POSTED, past, nowMs)
      const laterMs = nowMs + Math.floor((Math.min(dueAtMs, CLOSES) - 1 - nowMs) * share)
      fc.pre(laterMs >= nowMs)
      expect(openingNow(POSTED, past, laterMs).opening).toEqual(opening)
    }),
  )
})
