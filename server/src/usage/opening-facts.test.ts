import { describe, expect, it } from 'vitest'
import type { Stretch } from './facts.ts'
import { MINUTE_MS } from './local-day.ts'
import { type Signs, openingFacts, signsOf } from './opening-facts.ts'

const POSTED: readonly Stretch[] = [[480, 1_200]]
const DAY_OVER = 1_440
/** Heard every half hour, all day. */
const HEARD = Array.from({ length: 48 }, (_, n) => n * 30)

const signs = (minutes: readonly number[], more: Partial<Signs> = {}): Signs => ({
  minutes,
  heard: HEARD,
  hasDoor: true,
  doorOpenMin: 0,
  ...more,
})
const truth = (seen: Signs, endMin = DAY_OVER) => openingFacts(POSTED, seen, endMin).truth

describe('the truth of a posted day', () => {
  it('is late only by more than 15 minutes', () => {
    expect(truth(signs([495, 1_190]))).toBe('as_posted')
    expect(truth(signs([496, 1_190]))).toBe('opened_late')
  })

  it('is never late where no door tells of it: nobody who comes is no closed door', () => {
    expect(truth(signs([700, 1_190], { hasDoor: false }))).toBe('as_posted')
  })

  it('is closed early by 15 minutes where the door is held open, and else only after four quiet hours', () => {
    expect(truth(signs([480, 1_184], { doorOpenMin: 700 }))).toBe('closed_early')
    expect(truth(signs([480, 1_184]))).toBe('as_posted')
    expect(truth(signs([480, 959]))).toBe('closed_early')
  })

  it('did not open when it was listened to all day and nobody was seen', () => {
    expect(truth(signs([]))).toBe('did_not_open')
    expect(openingFacts(POSTED, signs([]), DAY_OVER).openMinutes).toBe(0)
  })

  it('was not observed without sensors, or when they were silent for most of it', () => {
    expect(truth(signs([], { heard: [], hasDoor: false }))).toBe('not_observed')
    // Heard in five of the twelve posted hours.
    expect(truth(signs([], { heard: [480, 540, 600, 660, 720] }))).toBe('not_observed')
  })

  it('has not failed to open while it may still open', () => {
    expect(truth(signs([]), 700)).toBe('not_observed')
  })

  it('takes the keeper who comes within the hour before for today, and who left in the night for yesterday', () => {
    expect(truth(signs([430, 1_190]))).toBe('as_posted')
    expect(truth(signs([30]))).toBe('did_not_open')
  })

  it('is not posted where no hours are known, or none that day', () => {
    expect(openingFacts(undefined, signs([600]), DAY_OVER).truth).toBe('not_posted')
    expect(openingFacts([], signs([600]), DAY_OVER).truth).toBe('not_posted')
  })
})

it('a microwave that heats is a sign of life, and its plug alone watches nobody', () => {
  const windows = [
    [0, 0, 0, 0, 1],
    [600 * MINUTE_MS, 900, 900, 900, 1],
  ]
  const none = { doors: [], people: [], presence: [], passages: [], coolers: [], checkInsMs: [] }
  const seen = signsOf({ fromMs: 0, toMs: 1_440 * MINUTE_MS, ...none, microwaves: [windows] })
  expect(seen.minutes).toEqual([600])
  expect(seen.heard).toEqual([])
})

describe('signs of a day', () => {
  const none = { doors: [], people: [], presence: [], passages: [], microwaves: [], coolers: [], checkInsMs: [] }
  const of = (more: Partial<Parameters<typeof signsOf>[0]>) =>
    signsOf({ fromMs: 0, toMs: DAY_OVER * MINUTE_MS, ...none, ...more })
  const window = (minute: number, highest: number) => [minute * MINUTE_MS, highest, highest, highest, 15]
  /** Off all night, on from 8:30, off from 18:00. */
  const coolers = [Array.from({ length: 96 }, (_, n) => window(n * 15, n * 15 >= 510 && n * 15 < 1_080 ? 900 : 2))]

  it('are a check-in and a switched-on air conditioner where no door tells more, and show that it was open, never that it was late or shut early', () => {
    expect(of({ checkInsMs: [540 * MINUTE_MS] }).minutes).toEqual([540])
    expect(of({ coolers }).minutes).toEqual([510])
    expect(truth(of({ checkInsMs: [900 * MINUTE_MS] }))).toBe('as_posted')
    expect(truth(of({}))).toBe('not_observed')
  })

  it('are the door’s alone where there is one: a check-in is known to the hour, and would hide a late opening', () => {
    const doors = [[[500 * MINUTE_MS, 1], [1_190 * MINUTE_MS, 0]]] // prettier-ignore
    const seen = of({ doors, coolers, checkInsMs: [480 * MINUTE_MS] })
    expect(seen.minutes).toEqual([500, 1_190])
    expect(truth(seen)).toBe('opened_late')
  })
})
