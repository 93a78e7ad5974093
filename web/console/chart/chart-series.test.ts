import { describe, expect, it } from 'vitest'
import { STATION, alert, station, telemetry } from '../test/fixture-data.ts'
import { createWords } from '../words/words.tsx'
import { chartSeries, extremes, thresholdsOf } from './chart-series.ts'
import { tableRows } from './table-rows.ts'

const NOW = Date.parse('2026-07-30T04:00:00.000Z')
const SPAN = { from: new Date(NOW - 3_600_000).toISOString(), to: new Date(NOW).toISOString() }
const words = createWords('en')
const say = (key: string, values?: object) => words.t(key, { ...values })
const { appliances } = station(STATION, NOW)

describe('chartSeries', () => {
  it('shows the power of every appliance by its name', () => {
    const all = chartSeries({
      telemetry: telemetry({ station: STATION, metric: 'power', ...SPAN }),
      choice: { id: 'power.all', metric: 'power', owner: 'all' },
      appliances,
      say,
    })
    expect(all.map(({ name }) => name)).toEqual(['Fridge', 'Air conditioner', 'Microwave', 'Water dispenser'])
  })

  it('keeps the room apart from the fridge, though both are temperatures', () => {
    const temperatures = telemetry({ station: STATION, metric: 'temperature', ...SPAN })
    const of = (owner: 'fridge' | 'room') =>
      chartSeries({ telemetry: temperatures, choice: { id: '', metric: 'temperature', owner }, appliances, say })
    expect(of('fridge').map(({ name }) => name)).toEqual(['Fridge'])
    expect(of('room').map(({ name }) => name)).toEqual(['500103-01-room'])
  })
})

describe('thresholdsOf', () => {
  it("draws an alert's limit where its metric and appliance are shown, and once", () => {
    const alerts = [alert('a', NOW), alert('b', NOW)]
    expect(thresholdsOf(alerts, { id: '', metric: 'temperature', owner: 'fridge' })).toEqual([12])
    expect(thresholdsOf(alerts, { id: '', metric: 'temperature', owner: 'room' })).toEqual([])
    expect(thresholdsOf(alerts, { id: '', metric: 'power', owner: 'all' })).toEqual([])
  })
})

describe('extremes', () => {
  it('finds the lowest, the highest and the newest, past gaps', () => {
    const points = [
      [1, 5],
      [2, null],
      [3, -2],
      [4, 1],
    ] as const
    expect(extremes([{ name: 'a', points: [...points] }])).toMatchObject({ min: -2, max: 5, last: 1 })
    expect(extremes([])).toBeUndefined()
  })
})

describe('tableRows', () => {
  it('has the newest first and no more rows than asked for', () => {
    const points = Array.from({ length: 500 }, (_, index) => [index * 1_000, index] as const)
    const rows = tableRows([points], 30)
    expect(rows).toHaveLength(30)
    expect(rows[0]).toEqual({ atMs: 499_000, values: [499] })
  })

  it('says nothing for a series that was silent', () => {
    expect(
      tableRows(
        [
          [
            [0, 1],
            [60_000, 2],
          ],
          [[0, 7]],
        ],
        2,
      ),
    ).toEqual([
      { atMs: 60_000, values: [2, null] },
      { atMs: 0, values: [1, 7] },
    ])
    expect(tableRows([[]])).toEqual([])
  })
})
