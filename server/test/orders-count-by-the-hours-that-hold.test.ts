import type { WorkOrderCandidates, WorkOrderDetail } from '@harbor/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { twoDistrictFleet } from './fleet-fixture.ts'
import { PASSWORD, type RunningServer, startServer } from './running-server.ts'

/** The stations' clocks show eight hours more than UTC. */
const local = (text: string) => new Date(`${text}:00+08:00`)
const told = (text: string) => local(text).toISOString()
const MANAGER = { login: 'chief', name: '渝中主管', role: 'manager', districts: ['500103'], password: PASSWORD }
const REASON = { reasonZh: '停电检修', reasonEn: 'mains works' }

let server: RunningServer
let nowMs: number

beforeEach(async () => {
  // Wednesday; National Day is from Thursday, 1 October, to Wednesday, 7 October 2026.
  nowMs = local('2026-09-30T15:00').getTime()
  const fleet = twoDistrictFleet()
  const stations = fleet.stations.map(station => ({ ...station, hours: 'Mo-Su 09:00-17:00; PH off' }))
  server = await startServer({ nowMs: () => nowMs, logins: [MANAGER], fleet: { ...fleet, stations } })
})
afterEach(() => server[Symbol.asyncDispose]())

const ask = async (method: string, path: string, body?: unknown) =>
  server.request(method, path, { cookie: await server.signIn('chief'), ...(body !== undefined && { body }) })
const makeOrder = async () => {
  const request = { station: 'yuzhong-1', appliance: 'yuzhong-1-fridge', severity: 'P2', title: '门封破损' }
  return (await ask('POST', '/api/v1/work-orders', request)).body as WorkOrderDetail
}
const change = (what: object) =>
  ask('POST', '/api/v1/hours-changes', { station: 'yuzhong-1', ...what, ...REASON }).then(({ status }) =>
    expect(status).toBe(200),
  )

test('the announced holidays do not count where the posted hours close on them', async () => {
  expect(await makeOrder()).toMatchObject({
    acceptBy: told('2026-09-30T15:30'),
    // 8 h: two on Wednesday, then none until Thursday of the next week, where the other six end at 15:00.
    respondBy: told('2026-10-08T15:00'),
    // 24 h: 2 h and 8 h on Thursday and Friday, the other 6 h on Saturday, a make-up workday, until 15:00.
    doneBy: told('2026-10-10T15:00'),
  })
})

test('days on which a notice closes the station do not count, and heat hours count as they are', async () => {
  await change({ kind: 'closure', from: '2026-10-08', to: '2026-10-08' })
  await change({ kind: 'heat', from: '2026-10-09', to: '2026-10-09', hours: '06:00-08:00' })
  // 2 h on Wednesday, none on Thursday, 2 h on Friday morning; the other four on Saturday until 13:00.
  expect((await makeOrder()).respondBy).toBe(told('2026-10-10T13:00'))
})

test('a station that opens on a holiday after all counts then', async () => {
  await change({ kind: 'notice', from: '2026-10-01', to: '2026-10-01', hours: '10:00-20:00' })
  expect((await makeOrder()).respondBy).toBe(told('2026-10-01T16:00'))
})

test('hours that change later do not move what was promised for an order that stands', async () => {
  const { id, respondBy } = await makeOrder()
  await change({ kind: 'closure', from: '2026-10-08', to: '2026-10-08' })
  expect(((await ask('GET', `/api/v1/work-orders/${id}`)).body as WorkOrderDetail).respondBy).toBe(respondBy)
})

test('a crew that is off on holidays is not sent on one', async () => {
  const crew = {
    name: '日班',
    districts: ['500103'],
    skills: [],
    shift: 'Mo-Su 08:00-20:00; PH off',
    members: ['yuzhong'],
  }
  expect((await ask('POST', '/api/v1/crews/day', crew)).status).toBe(200)
  const { id } = await makeOrder()
  const excluded = async () => {
    const { people } = (await ask('GET', `/api/v1/work-orders/${id}/candidates`)).body as WorkOrderCandidates
    return people.find(({ login }) => login === 'yuzhong')?.excluded
  }
  expect(await excluded()).toBeUndefined()
  nowMs = local('2026-10-01T15:00').getTime()
  expect(await excluded()).toBe('off_shift')
})
