import { METRICS } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import { STATION, station } from '../test/fixture-data.ts'
import { type Say, createWords } from '../words/words.tsx'
import { zhCn } from '../words/zh-cn.ts'
import { choiceText, metricChoices } from './metric-choice.ts'
import { rangeOf } from './ranges.ts'
import { searchStations } from './station-search.ts'
import { valueText } from './value-text.ts'

const NOW = Date.parse('2026-07-30T04:00:00.000Z')
const words = createWords('en')
const say: Say = (key, values) => words.t(key, { ...values })

describe('metricChoices', () => {
  const choices = metricChoices(station(STATION, NOW))

  it('begins with what is looked at most, and has no states', () => {
    expect(choices.map(({ id }) => id)).toEqual([
      'temperature.fridge',
      'power.all',
      'people.room',
      'temperature.room',
      'humidity.room',
      'energy.all',
    ])
  })

  it('names them so that the two temperatures are told apart', () => {
    expect(choices.map(choice => choiceText(choice, say)).slice(0, 4)).toEqual([
      'Fridge temperature',
      'Power',
      'People',
      'Inside temperature',
    ])
  })
})

describe('searchStations', () => {
  const stations = [
    station('s1', NOW),
    {
      ...station('s2', NOW, { nameZh: '解放碑港湾', nameEn: 'Jiefangbei Café Harbor' }),
      addressZh: '八一路 3 号',
      addressEn: '3 Bayi Road',
    },
  ]
  const found = (text: string) => searchStations(stations, text).map(({ id }) => id)

  it.each([
    ['', ['s1', 's2']],
    ['煤建', ['s1']],
    ['MEIJIAN', ['s1']],
    ['cafe jie', ['s2']],
    ['渝中', ['s1', 's2']],
    ['ｓ２', ['s2']],
    ['nowhere', []],
  ])('finds for %j: %j', (text, ids) => {
    expect(found(text)).toEqual(ids)
  })
})

describe('valueText', () => {
  it.each([
    [{ metric: 'temperature', value: 13.24, unit: 'Cel' }, '13.2 °C'],
    [{ metric: 'power', value: 1.24, unit: 'W' }, '1.2 W'],
    [{ metric: 'power', value: 912.4, unit: 'W' }, '912 W'],
    [{ metric: 'energy', value: 128_400, unit: 'Wh' }, '128.4 kWh'],
    [{ metric: 'humidity', value: 61, unit: '%RH' }, '61%'],
    [{ metric: 'people', value: 3, unit: 'count' }, '3'],
    [{ metric: 'door', value: 1 }, 'open'],
    [{ metric: 'door', value: 0 }, 'closed'],
  ])('writes %j as %s', (reading, text) => {
    expect(valueText(reading, say, 'en')).toBe(text)
  })

  it('has a word for both sides of every state', () => {
    const states = Object.entries(METRICS).filter(([, { kind }]) => kind === 'state')
    expect(Object.keys(zhCn.stateValue).sort()).toEqual(states.map(([name]) => name).sort())
  })
})

describe('rangeOf', () => {
  it('falls back to the hour', () => {
    expect(rangeOf('24h').spanMs).toBe(86_400_000)
    expect(rangeOf('90y').id).toBe('1h')
    expect(rangeOf(null).id).toBe('1h')
  })
})
