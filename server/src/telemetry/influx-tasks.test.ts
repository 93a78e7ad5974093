import { describe, expect, it } from 'vitest'
import { loadFluxCheck } from '../../test/flux-check.ts'
import { ROLL_UP_FUNCTIONS } from './influx-buckets.ts'
import { fluxDateTime } from '@influxdata/influxdb-client'
import { rollUpPipelines, rollUpTasks } from './influx-tasks.ts'

const check = await loadFluxCheck()

describe('the tasks of the roll-ups', () => {
  it.each([2, 30, 3_653])('are right by syntax, names and types, with readings kept for %i days', rawDays => {
    const tasks = rollUpTasks('harbor', rawDays)
    expect(tasks.map(({ name }) => name)).toEqual(['harbor_15m', 'harbor_15m_late', 'harbor_1h', 'harbor_1h_late'])
    expect(tasks.filter(({ flux }) => !check.isValid(flux))).toEqual([])
  })

  it.each(['a" |> to(bucket: "b', 'a\\', '${now()}', '劳动者'])('keep the bucket %j one string literal', bucket => {
    for (const { flux } of rollUpTasks(bucket, 30)) {
      expect(check.isValid(flux)).toBe(true)
      const harmless = rollUpTasks('x', 30).map(task => check.stringLiterals(task.flux).length)
      expect(harmless).toContain(check.stringLiterals(flux).length)
    }
  })

  it('make each function in a pipeline that storage computes, windows named by their start', () => {
    const [quarter] = rollUpTasks('harbor', 30)
    expect(
      quarter?.flux.match(/\|> aggregateWindow\(every: 15m, fn: \w+, createEmpty: false, timeSrc: "_start"\)/g),
    ).toHaveLength(ROLL_UP_FUNCTIONS.length)
    // Directly after the filter, or the windows are computed outside of storage.
    expect(quarter?.flux.match(/r\._measurement == "tele"\)\n {4}\|> aggregateWindow/g)).toHaveLength(
      ROLL_UP_FUNCTIONS.length,
    )
  })

  it('can be asked for as a query, whose answers are named apart and empty', () => {
    const span = { start: fluxDateTime('2026-07-01T00:00:00Z'), stop: fluxDateTime('2026-07-02T00:00:00Z') }
    const query = rollUpPipelines('harbor', 'hour', { ...span, isSilent: true })
    expect(check.isValid(query)).toBe(true)
    for (const fn of ROLL_UP_FUNCTIONS)
      expect(query).toContain(`|> filter(fn: (r) => false)\n    |> yield(name: "${fn}")`)
  })

  it('read whole windows whenever they run: spans end at multiples of the width', () => {
    const [quarter, , hour] = rollUpTasks('harbor', 30)
    // 15 min = 9e11 ns, two hours = 7.2e12 ns before it; 1 h = 3.6e12 ns.
    expect(quarter?.flux).toContain('step = 900000000000\n')
    expect(quarter?.flux).toContain('start = time(v: edge - 7200000000000)\nstop = time(v: edge - 0)\n')
    expect(hour?.flux).toContain('step = 3600000000000\n')
  })

  it('do each day again once its readings are no longer asked for, while they are still there', () => {
    const late = rollUpTasks('harbor', 30)[1]
    const day = 86_400_000_000_000n
    // The last midnight less 31 and 29 days: two whole days, of which the younger is asked for until the next midnight.
    expect(late?.flux).toContain(`step = ${day}\n`)
    expect(late?.flux).toContain(`start = time(v: edge - ${31n * day})\nstop = time(v: edge - ${29n * day})`)
  })
})
