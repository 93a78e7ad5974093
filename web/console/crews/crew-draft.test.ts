import type { Crew, CrewRequest } from '@harbor/protocol'
import { expect, test } from 'vitest'
import { crewOf, draftOf, missingOf, toggled } from './crew-draft.ts'

const CREW: Crew = {
  id: 'cold',
  name: '制冷班',
  districts: ['500103', '500112'],
  skills: ['fridge'],
  shift: 'Mo-Fr 08:00-18:00',
  lead: 'li',
  members: [{ login: 'li', name: '李' }],
  base: { latDeg: 29.5, lngDeg: 106.5 },
}

test('a crew that nobody changed is sent as it was', () => {
  const { id: _, ...rest } = CREW
  const same: CrewRequest = { ...rest, members: ['li'] }
  expect(crewOf(draftOf(CREW, undefined))).toEqual(same)
})

test('what was taken away is left out, not sent as nothing', () => {
  const crew = crewOf({ ...draftOf(CREW, undefined), lead: '', shift: ' ', base: undefined })
  expect(Object.keys(crew)).toEqual(['name', 'districts', 'skills', 'members'])
})

test('a new crew begins with the own district and wants a name', () => {
  expect(missingOf(draftOf(undefined, '500103'))).toEqual(['name'])
  expect(missingOf({ ...draftOf(undefined, undefined), name: ' ' })).toEqual(['name', 'districts'])
})

test('choosing twice changes nothing', () => {
  expect(toggled(toggled(['a', 'b'], 'c'), 'c')).toEqual(['a', 'b'])
  expect(toggled(['a', 'b'], 'a')).toEqual(['b'])
})
