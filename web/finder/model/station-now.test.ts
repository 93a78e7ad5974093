import { describe, expect, it } from 'vitest'
import { MINUTE_MS, NOON_MS, instant, sampleStation } from '../test/sample-stations.ts'
import { appliancesByKind, pinState, stationNow } from './station-now.ts'

/** The view as it may be shown `minutes` after noon, with the server last heard then, or at `heardMinutes`. */
const at = (minutes: number, changes: Parameters<typeof sampleStation>[0] = {}, heardMinutes = minutes) =>
  stationNow(sampleStation(changes), {
    nowMs: NOON_MS + minutes * MINUTE_MS,
    heardServerAtMs: NOON_MS + heardMinutes * MINUTE_MS,
  })

describe('stationNow, space', () => {
  it('tells the seats left while the count is fresh', () => {
    expect(at(0)).toMatchObject({ space: 'free', people: 4, seatsLeft: 8 })
  })

  it.each([
    // Counted 2 minutes before noon: 10 minutes old at 8, older after.
    { minutes: 8, space: 'free' },
    { minutes: 8.001, space: 'unknown' },
  ])('believes a count for 10 minutes: $space at $minutes', ({ minutes, space }) => {
    expect(at(minutes).space).toBe(space)
  })

  it('shows no number of an old count, but when it was made', () => {
    expect(at(60)).toMatchObject({
      people: undefined,
      seatsLeft: undefined,
      countedAtMs: NOON_MS - 2 * MINUTE_MS,
    })
  })

  it('never tells fewer than no seats left', () => {
    const space = { state: 'full', people: 15, capacity: 12, countedAt: instant(0) } as const
    expect(at(0, { space }).seatsLeft).toBe(0)
  })

  it('is unknown when nobody ever counted', () => {
    expect(at(0, { space: { state: 'free' } }).space).toBe('unknown')
  })
})

describe('stationNow, opening', () => {
  it.each([
    // Closes 600 minutes after noon.
    { minutes: 569, opening: 'open' },
    { minutes: 570, opening: 'closing_soon' },
    { minutes: 599.9, opening: 'closing_soon' },
    { minutes: 600, opening: 'closed' },
  ])('follows the posted hours by itself: $opening at $minutes', ({ minutes, opening }) => {
    expect(at(minutes).opening).toBe(opening)
  })

  it('does not know when a station opens again that has just closed', () => {
    expect(at(600).changesAtMs).toBeUndefined()
  })

  it.each([
    { minutes: 10, opening: 'open' },
    { minutes: 10.001, opening: 'unknown' },
  ])('is unknown once the server is silent for more than 10 minutes: $opening at $minutes', ({ minutes, opening }) => {
    expect(at(minutes, {}, 0).opening).toBe(opening)
  })

  it.each([
    { minutes: 60, opening: 'closed' },
    { minutes: 61, opening: 'unknown' },
  ])('does not call a station open that should have opened by now: $opening at $minutes', ({ minutes, opening }) => {
    expect(at(minutes, { opening: { state: 'closed', changesAt: instant(60) } }).opening).toBe(opening)
  })

  it('stays open for ever where it never closes', () => {
    expect(at(100_000, { opening: { state: 'open' } })).toMatchObject({ opening: 'open', changesAtMs: undefined })
  })
})

describe('stationNow, appliances and air', () => {
  it.each([
    // The fridge was heard 1 minute before noon.
    { minutes: 9, state: 'working' },
    { minutes: 9.001, state: 'unknown' },
  ])('calls an appliance working for 10 minutes after it was heard: $state at $minutes', ({ minutes, state }) => {
    expect(at(minutes).appliances.find(({ kind }) => kind === 'fridge')?.state).toBe(state)
  })

  it('keeps a fault for as long as the server is heard', () => {
    expect(at(60).appliances.find(({ kind }) => kind === 'microwave')?.state).toBe('faulty')
    expect(at(60, {}, 0).appliances.find(({ kind }) => kind === 'microwave')?.state).toBe('unknown')
  })

  it('drops a temperature older than 10 minutes', () => {
    expect(at(9).insideTemperatureC).toBe(26.4)
    expect(at(9.001).insideTemperatureC).toBeUndefined()
  })
})

describe('appliancesByKind', () => {
  it('calls a kind working when one of it works, and faulty only when all of it are', () => {
    const fridge = (state: 'working' | 'faulty' | 'unknown', id: string) =>
      ({ id, kind: 'fridge', state, heardAt: instant(0) }) as const
    const merged = (...states: ('working' | 'faulty' | 'unknown')[]) =>
      appliancesByKind(at(0, { appliances: states.map((state, index) => fridge(state, `f-${index}`)) }).appliances)
    expect(merged('faulty', 'working')).toEqual([{ kind: 'fridge', state: 'working' }])
    expect(merged('faulty', 'unknown')).toEqual([{ kind: 'fridge', state: 'unknown' }])
    expect(merged('faulty', 'faulty')).toEqual([{ kind: 'fridge', state: 'faulty' }])
    expect(merged()).toEqual([])
  })
})

describe('pinState', () => {
  const fresh = { people: 4, capacity: 12, countedAt: instant(0) }
  it.each([
    { opening: 'open', space: 'free', pin: 'room' },
    { opening: 'closing_soon', space: 'free', pin: 'room' },
    { opening: 'open', space: 'limited', pin: 'limited' },
    { opening: 'open', space: 'full', pin: 'full' },
    { opening: 'open', space: 'unknown', pin: 'open' },
    { opening: 'closed', space: 'free', pin: 'closed' },
    { opening: 'unknown', space: 'free', pin: 'unknown' },
  ] as const)('is $pin when $opening and $space', ({ opening, space, pin }) => {
    expect(pinState(at(0, { opening: { state: opening }, space: { state: space, ...fresh } }))).toBe(pin)
  })
})
