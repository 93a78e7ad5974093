import { expect, it } from 'vitest'
import { createRefusals } from './refusals.ts'

function setUp() {
  const counted: string[] = []
  const logged: unknown[] = []
  const told: unknown[] = []
  const clock = { nowMs: 1_000 }
  const refuse = createRefusals({
    count: reason => counted.push(reason),
    log: { warn: (fields: unknown) => void logged.push(fields) },
    tell: refusal => void told.push(refusal),
    nowMs: () => clock.nowMs,
  })
  return { counted, logged, told, clock, refuse }
}

it('counts every refusal, and logs one a minute for each source and reason', () => {
  const { counted, logged, told, clock, refuse } = setUp()
  for (let index = 0; index < 100; index += 1) refuse({ reason: 'wrong_topic', source: 'gw-1', detail: `t${index}` })
  refuse({ reason: 'too_large', source: 'gw-1' })
  refuse({ reason: 'wrong_topic', source: 'gw-2' })
  expect(counted).toHaveLength(102)
  expect(logged).toEqual([
    { reason: 'wrong_topic', source: 'gw-1', detail: 't0' },
    { reason: 'too_large', source: 'gw-1' },
    { reason: 'wrong_topic', source: 'gw-2' },
  ])
  expect(told).toEqual(logged)
  clock.nowMs += 59_999
  refuse({ reason: 'wrong_topic', source: 'gw-1' })
  expect(logged).toHaveLength(3)
  clock.nowMs += 1
  refuse({ reason: 'wrong_topic', source: 'gw-1' })
  expect(logged).toHaveLength(4)
})

it('cuts what a peer chose before it is logged', () => {
  const { logged, refuse } = setUp()
  refuse({ reason: 'wrong_topic', source: 's'.repeat(1_000), detail: 'd'.repeat(100_000) })
  expect(logged).toEqual([{ reason: 'wrong_topic', source: 's'.repeat(60), detail: 'd'.repeat(120) }])
})

it('remembers a bounded number of sources: the oldest may log again', () => {
  const { logged, refuse } = setUp()
  for (let index = 0; index <= 5_000; index += 1) refuse({ reason: 'wrong_secret', source: `a${index}` })
  refuse({ reason: 'wrong_secret', source: 'a5000' })
  expect(logged).toHaveLength(5_001)
  refuse({ reason: 'wrong_secret', source: 'a0' })
  expect(logged).toHaveLength(5_002)
})
