import { expect, test } from 'vitest'
import { RequestError } from '../api/request-error.ts'
import type { CheckStore, WaitingCheck } from './check-store.ts'
import { sendChecks } from './use-stock.ts'

function storeOf(
  ...given: WaitingCheck[]
): Pick<CheckStore, 'all' | 'put' | 'remove'> & { left: () => WaitingCheck[] } {
  const kept = new Map(given.map(check => [check.key, check]))
  return {
    all: async () => [...kept.values()],
    put: async check => void kept.set(check.key, check),
    remove: async key => void kept.delete(key),
    left: () => [...kept.values()],
  }
}
const check = (key: string, login = 'keeper'): WaitingCheck => ({
  key,
  login,
  station: 'cq-1',
  request: { key, filledAt: '2026-11-23T00:00:00.000Z', counts: [] },
  photos: [],
})
const failing = (code: RequestError['code']) => ({
  stockCheck: async () => {
    throw new RequestError(code, 'no')
  },
  stockPhoto: async () => undefined,
})

test('a check that is sent leaves the phone, and another person’s stays', async () => {
  const store = storeOf(check('a'), check('b', 'other'))
  await sendChecks(store, { stockCheck: async () => undefined, stockPhoto: async () => undefined }, 'keeper')
  expect(store.left().map(({ key }) => key)).toEqual(['b'])
})

test('without a network all of it stays, and what the server refuses stays with its words', async () => {
  const store = storeOf(check('a'), check('b'))
  await sendChecks(store, failing('API_UNREACHABLE'), 'keeper')
  expect(store.left().map(({ reason }) => reason)).toEqual([undefined, undefined])
  await sendChecks(store, failing('API_CONFLICT'), 'keeper')
  expect(store.left().map(({ reason }) => reason)).toEqual(['no', 'no'])
})

test('pictures are sent after their check, each in its place, and a check whose picture did not arrive stays', async () => {
  const taken = ['b1', 'b2', 'b1'].map(batch => ({ batch, blob: new Blob([batch]) }))
  const store = storeOf({ ...check('a'), photos: taken })
  const sent: string[] = []
  const stockCheck = async () => void sent.push('check')
  const api = (fails: boolean) => ({
    stockCheck: stockCheck as () => Promise<undefined>,
    stockPhoto: async ({ batch, n }: { batch: string; n: number }) => {
      if (fails && n === 2) throw new RequestError('API_UNREACHABLE', 'no')
      sent.push(`${batch}/${n}`)
      return undefined
    },
  })
  await sendChecks(store, api(true), 'keeper')
  expect(store.left().length).toBe(1)
  await sendChecks(store, api(false), 'keeper')
  expect(store.left()).toEqual([])
  expect(sent).toEqual(['check', 'b1/1', 'b2/1', 'check', 'b1/1', 'b2/1', 'b1/2'])
})
