import { expect, test } from 'vitest'
import { FAULT_CATALOGUE } from '../catalogue.ts'
import type { DetectorOf } from '../rule-schema.ts'
import { judgeDeadCounter } from './dead-counter.ts'
import { freshRuleState } from './rule-state.ts'

const MINUTE_MS = 60_000
const START = Date.UTC(2026, 6, 30, 1)
const detector = FAULT_CATALOGUE.find(({ id }) => id === 'people_counter_dead')?.detector as DetectorOf<'dead_counter'>

interface Minute {
  people: number
  isOpen: boolean | undefined
  /** Minutes in which the door was opened. */
  openings: readonly number[]
}

const EMPTY: Minute = { people: 0, isOpen: true, openings: [] }

/** What is said in so many minutes of a counter, with a word a minute; each with its minute. */
function toldOf(minutes: number, at: (minute: number) => Partial<Minute>): string[] {
  const state = freshRuleState(1)
  return Array.from({ length: minutes }, (_, minute) => {
    const { people, isOpen, openings } = { ...EMPTY, ...at(minute) }
    const last = openings.filter(opened => opened <= minute).at(-1)
    const lastOpenMs = last === undefined ? -Infinity : START + last * MINUTE_MS
    const timeMs = START + minute * MINUTE_MS
    const door = { isOpen: last === minute, lastOpenMs }
    return judgeDeadCounter(detector, state, { timeMs, people, isOpen, door }).map(({ type }) => `${type} ${minute}`)
  }).flat()
}

const every = (minutes: number) => Array.from({ length: 60 }, (_, n) => (n + 1) * minutes)

test('a counter at zero for three open hours, while the door goes every quarter of an hour, is dead', () => {
  expect(toldOf(400, () => ({ openings: every(15) }))).toEqual(['raised 180'])
})

test.each<[string, (minute: number) => Partial<Minute>]>([
  ['a keeper looks in every ninety minutes', () => ({ openings: every(90) })],
  ['the station is closed', () => ({ openings: every(15), isOpen: false })],
  ['its hours are not known', () => ({ openings: every(15), isOpen: undefined })],
  ['somebody is counted now and then', minute => ({ openings: every(15), people: minute % 120 === 60 ? 1 : 0 })],
  ['the door stands open all day', minute => ({ openings: Array.from({ length: minute + 1 }, (_, at) => at) })],
  ['nobody knows of any door', () => ({ openings: [] })],
])('nothing is said while %s', (_why, at) => {
  expect(toldOf(900, at)).toEqual([])
})

test('it is over with the first one counted', () => {
  expect(toldOf(400, minute => ({ openings: every(15), people: minute === 300 ? 1 : 0 }))).toEqual([
    'raised 180',
    'cleared 300',
  ])
})
