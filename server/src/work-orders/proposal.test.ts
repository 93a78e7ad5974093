import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_LOAD } from './policy.ts'
import { type CrewNow, type Worker, candidates, metresBetween, proposed } from './proposal.ts'

const JOB = { district: '500103', kind: 'fridge' as const, latDeg: 29.55, lngDeg: 106.57 }
const crew = (change: Partial<CrewNow> = {}): CrewNow => ({
  id: 'cold',
  name: '制冷组',
  districts: ['500103'],
  skills: ['fridge'],
  isOnShift: true,
  members: ['li', 'wang'],
  base: { latDeg: 29.56, lngDeg: 106.57 },
  ...change,
})
const worker = (login: string, change: Partial<Worker> = {}): Worker => ({
  login,
  name: login,
  districts: [],
  isMaintainer: true,
  load: 0,
  at: undefined,
  ...change,
})

test('the nearest is proposed, with crew, skill, load and distance as the reason', () => {
  const people = [worker('li', { at: { latDeg: 29.551, lngDeg: 106.57 } }), worker('wang')]
  // 0.001° of latitude are 111 m.
  expect(proposed(candidates(JOB, [crew()], people))).toEqual({
    login: 'li',
    name: 'li',
    because: { crew: 'cold', crewName: '制冷组', skill: 'fridge', load: 0, distanceM: 111 },
  })
})

test('who has orders in hand is passed over for somebody a little further away', () => {
  const people = [worker('li', { load: 2, at: { latDeg: 29.551, lngDeg: 106.57 } }), worker('wang')]
  expect(proposed(candidates(JOB, [crew()], people))?.login).toBe('wang')
})

test.each([
  ['off shift', crew({ isOnShift: false }), {}, 'off_shift'],
  ['without the skill', crew({ skills: ['microwave'] }), {}, 'no_skill'],
  ['with too much in hand', crew(), { load: MAX_LOAD }, 'too_much_work'],
] as const)('nobody %s is proposed, but can be chosen', (...[, one, change, excluded]) => {
  const people = candidates(JOB, [one], [worker('li', change)])
  expect(proposed(people)).toBeUndefined()
  expect(people).toMatchObject([{ login: 'li', excluded }])
})

test('where no crew works, maintainers of the district are proposed; where one does, they are not', () => {
  const people = [worker('chen', { districts: ['500103'] }), worker('far', { districts: ['500112'] })]
  expect(candidates(JOB, [], people).map(({ login }) => login)).toEqual(['chen'])
  expect(candidates(JOB, [crew({ members: [] })], people)).toEqual([])
  expect(candidates(JOB, [], [worker('boss', { isMaintainer: false })])).toEqual([])
})

test('in any city nobody is named twice, and whoever is proposed is on shift, skilled, not overloaded and of the district', () => {
  const logins = ['a', 'b', 'c', 'd', 'e']
  const crews = fc.array(
    fc.record({
      id: fc.uuid(),
      name: fc.constant('x'),
      districts: fc.subarray(['500103', '500112'], { minLength: 1 }),
      skills: fc.subarray(['fridge' as const, 'microwave' as const]),
      isOnShift: fc.boolean(),
      members: fc.subarray(logins),
      base: fc.constantFrom(undefined, { latDeg: 29.5, lngDeg: 106.5 }),
    }),
    { maxLength: 5 },
  )
  const workers = fc.tuple(
    ...logins.map(login =>
      fc.record({
        login: fc.constant(login),
        name: fc.constant(login),
        districts: fc.subarray(['500103', '500112']),
        isMaintainer: fc.boolean(),
        load: fc.integer({ min: 0, max: 12 }),
        at: fc.constant(undefined),
      }),
    ),
  )
  fc.assert(
    fc.property(crews, workers, (all, people) => {
      const found = candidates(JOB, all, people)
      expect(new Set(found.map(({ login }) => login)).size).toBe(found.length)
      const best = proposed(found)
      const one = people.find(({ login }) => login === best?.login)
      const own = all.find(({ id }) => id === best?.because.crew)
      expect(one?.load ?? 0).toBeLessThan(MAX_LOAD)
      expect(one === undefined || one.districts.length === 0 || one.districts.includes('500103')).toBe(true)
      expect(one === undefined || (own?.isOnShift ?? one.isMaintainer)).toBe(true)
    }),
  )
})

test('a degree of latitude is 111 km', () => {
  expect(Math.round(metresBetween({ latDeg: 29, lngDeg: 106 }, { latDeg: 30, lngDeg: 106 }) / 1_000)).toBe(111)
})
