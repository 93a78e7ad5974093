import { type DistrictWeather, type HeatProposal, type NoticeView, notifyRequestSchema } from '@harbor/protocol'
import { expect, test } from 'vitest'
import { heatRequest, heatWarnings, isDealtWith } from './heat.ts'

const NOW_MS = Date.parse('2026-07-01T08:00:00Z')
const WARNING = {
  kind: 'heat',
  signal: 'orange',
  from: '2026-07-01T00:00:00Z',
  to: '2026-07-02T00:00:00Z',
  source: '重庆市气象台',
} as const

function weather(warning: Partial<NonNullable<DistrictWeather['warning']>> | undefined): DistrictWeather[] {
  const base = { district: '500103', at: '2026-07-01T08:00:00Z', outdoorC: 38, isStale: false }
  return [warning === undefined ? base : { ...base, warning: { ...WARNING, ...warning } }]
}

test.each([
  ['a heat warning that stands', {}, 1],
  ['a blue one', { signal: 'blue' }, 0],
  ['a rainstorm', { kind: 'rainstorm' }, 0],
  ['one that is over', { to: '2026-07-01T08:00:00Z' }, 0],
  ['one that is yet to come', { from: '2026-07-01T08:00:01Z' }, 0],
] as const)('%s asks for longer hours in %s: %i', (_what, change, count) => {
  expect(heatWarnings(weather(change), NOW_MS)).toHaveLength(count)
})

test('weather without a warning asks for nothing', () => {
  expect(heatWarnings(weather(undefined), NOW_MS)).toEqual([])
})

test('it is dealt with by a standing order with longer hours that ends with the heat of the district', () => {
  const hours = { openUntil: '22:00', from: '2026-07-01', to: '2026-07-03' }
  const notice = { state: 'standing', untilHeatEndsIn: '500103', hours } as NoticeView
  expect(isDealtWith([notice], '500103')).toBe(true)
  expect(isDealtWith([notice], '500105')).toBe(false)
  expect(isDealtWith([{ ...notice, state: 'withdrawn' }], '500103')).toBe(false)
  expect(isDealtWith([], '500103')).toBe(false)
})

test('managers are sent to the proposal; nothing is proposed, nobody is told', () => {
  const proposal = { openUntil: '22:00', candidates: [{ isProposed: true }, { isProposed: false }] } as HeatProposal
  const one = { district: '500103', warning: WARNING }
  const request = notifyRequestSchema.parse(heatRequest(one, proposal, false))
  expect(request).toMatchObject({ url: '/console/heat?district=500103', to: { roles: ['manager'], region: '500103' } })
  expect(request.body.zh).toContain('1 个站点')
  expect(heatRequest(one, proposal, true)?.dedupeKey).not.toBe(request.dedupeKey)
  expect(heatRequest(one, { ...proposal, candidates: [] }, false)).toBeUndefined()
})
