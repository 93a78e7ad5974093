import type { ApplianceRecord } from '@harbor/protocol'
import { expect, test } from 'vitest'
import { applianceRoutes } from './appliances.routes.ts'

const fridge: ApplianceRecord = { id: 'a-fridge', station: 'a', kind: 'fridge', assetTag: 'CQ 42/ß' }
const oven: ApplianceRecord = { id: 'a-oven', station: 'a', kind: 'microwave', assetTag: 'a-fridge' }

const setUp = () => {
  const appliances = new Map([fridge, oven].map(one => [one.id, one]))
  const [route] = applianceRoutes({ appliances, applianceRevision: () => appliances.size })
  if (route === undefined) throw new TypeError('expected one route')
  const find = async (tag: string) => {
    const input = {
      params: { tag },
      query: undefined,
      body: undefined,
      bytes: new Uint8Array(),
      stream: (async function* () {})(),
    }
    const caller = {
      person: undefined,
      service: undefined,
      sessionId: undefined,
      address: '127.0.0.1',
      userAgent: undefined,
      stepToken: undefined,
      isSecure: false,
      origin: '',
    }
    return (await route.handle({ ...input, caller })).body
  }
  return { appliances, find }
}

test('an appliance is found by its tag, whatever stands in it, and by its id before anybody’s tag', async () => {
  const { find } = setUp()
  expect(await find('CQ 42/ß')).toEqual({ id: 'a-fridge', station: 'a', kind: 'fridge' })
  expect(await find('a-fridge')).toEqual({ id: 'a-fridge', station: 'a', kind: 'fridge' })
})

test('an unknown code is not found', async () => {
  const { find } = setUp()
  for (const tag of ['CQ 43', '', '__proto__', 'constructor'])
    await expect(find(tag)).rejects.toMatchObject({ code: 'not_found' })
})

test('an appliance registered later is found too', async () => {
  const { appliances, find } = setUp()
  await expect(find('NEW-1')).rejects.toMatchObject({ code: 'not_found' })
  appliances.set('b', { id: 'b', station: 'b', kind: 'water_dispenser', assetTag: 'NEW-1' })
  expect(await find('NEW-1')).toMatchObject({ station: 'b' })
})
