import { describe, expect, it } from 'vitest'
import { LOG_INTERVAL_MS, createRejections } from './rejections.ts'

function setUp() {
  let nowMs = 0
  const logged: object[] = []
  const rejections = createRejections({
    clock: () => nowMs,
    log: { info: () => undefined, warn: facts => logged.push(facts), error: () => undefined },
    onChange: () => undefined,
  })
  return {
    logged,
    rejections,
    at: (ms: number) => {
      nowMs = ms
    },
  }
}

const BROKEN = { reason: 'not_json', detail: 'payload' } as const

describe('refused messages', () => {
  it('are all counted, and logged once a minute and source', () => {
    const { logged, rejections, at } = setUp()
    for (let n = 0; n < 50; n += 1) rejections.note('tasmota:a', 't', BROKEN)
    rejections.note('tasmota:b', 't', { reason: 'wrong_type', detail: 'power' })
    at(LOG_INTERVAL_MS - 1)
    rejections.note('tasmota:a', 't', BROKEN)
    expect(logged.length).toBe(2)
    at(LOG_INTERVAL_MS)
    rejections.note('tasmota:a', 't', BROKEN)
    expect(logged.at(-1)).toMatchObject({ source: 'tasmota:a', alsoRefused: 50 })
    expect(rejections.counts()).toEqual({ not_json: 52, wrong_type: 1 })
  })

  it('of endlessly many sources share a bounded number of lines', () => {
    const { logged, rejections } = setUp()
    for (let n = 0; n < 10_000; n += 1) rejections.note(`client ${n}`, 't', BROKEN)
    expect(logged.length).toBe(201)
    expect(rejections.counts()).toEqual({ not_json: 10_000 })
  })
})
