import type { GatewayStatus } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import { createGatewayStatuses } from './gateway-statuses.ts'

const STARTED_AT_MS = 1_000_000

function status(more: Partial<GatewayStatus>): { status: GatewayStatus; receivedAtMs: number } {
  return { status: { online: true, boot: 'b1', uptimeMs: 10, ...more }, receivedAtMs: STARTED_AT_MS + 1_000 }
}

const growths = (statuses: Partial<GatewayStatus>[]) => {
  const kept = createGatewayStatuses(STARTED_AT_MS, 10)
  return statuses.map(more => Object.fromEntries(kept.take('gw', status(more))))
}

describe('gateway statuses', () => {
  it('give what was refused since the status before', () => {
    expect(growths([{ rejected: { not_json: 2 } }, { rejected: { not_json: 5, bad_time: 1 } }])).toEqual([
      { not_json: 2 },
      { not_json: 3, bad_time: 1 },
    ])
  })

  it('count from 0 again after a restart of the gateway, and never down', () => {
    expect(growths([{ rejected: { not_json: 5 } }, { boot: 'b2', rejected: { not_json: 1 } }])).toEqual([
      { not_json: 5 },
      { not_json: 1 },
    ])
    expect(growths([{ rejected: { not_json: 5 } }, { rejected: { not_json: 3 } }])[1]).toEqual({ not_json: 3 })
  })

  it('go on counting after a last will, which has no counters', () => {
    const will = { online: false, boot: undefined, uptimeMs: undefined } as unknown as Partial<GatewayStatus>
    expect(growths([{ rejected: { not_json: 5 } }, will, { rejected: { not_json: 6 } }])).toEqual([
      { not_json: 5 },
      {},
      { not_json: 1 },
    ])
  })

  it('take the first status of a run older than this server only as where counting starts', () => {
    const old = { uptimeMs: 5_000 }
    expect(
      growths([
        { ...old, rejected: { not_json: 500 } },
        { ...old, rejected: { not_json: 501 } },
      ]),
    ).toEqual([{}, { not_json: 1 }])
  })

  it('put reasons that are unknown here, such as names of object methods, under "other"', () => {
    expect(growths([{ rejected: { no_such_reason: 1, constructor: 2, not_json: 3 } }])).toEqual([
      { other: 3, not_json: 3 },
    ])
  })

  it('keep the newest status of each gateway, and no more gateways than they may', () => {
    const statuses = createGatewayStatuses(STARTED_AT_MS, 2)
    for (const gateway of ['a', 'b', 'a', 'c']) statuses.take(gateway, status({ version: gateway }))
    expect(statuses.newest('a')?.status.version).toBe('a')
    expect(statuses.newest('b')).toBeUndefined()
    expect(statuses.newest('c')?.status.version).toBe('c')
  })
})
