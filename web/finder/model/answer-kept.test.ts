import { describe, expect, it } from 'vitest'
import { MINUTE_MS, NOON_MS, sampleCityList, sampleStation } from '../test/sample-stations.ts'
import { type KeptMoment, answerKept } from './answer-kept.ts'
import { viewKept } from './view-kept.ts'

const near = sampleStation({ id: 'near', nameZh: '解放碑港湾', nameEn: 'Jiefangbei' })
const far = sampleStation({ id: 'far', latDeg: 29.7, nameZh: '江北港湾', nameEn: 'Jiangbei', facilities: ['toilet'] })
const list = sampleCityList([far, near])
const moment: KeptMoment = { nowMs: NOON_MS, timeZone: 'Asia/Shanghai', lastKnown: () => undefined }
const HERE = { latDeg: 29.5586, lngDeg: 106.574 }
const ask = (changes: object, at = moment) =>
  answerKept(list, { place: HERE, text: '', filters: [], ...changes }, at).found

describe('answerKept', () => {
  it('gives the nearest first', () => {
    expect(ask({}).ids).toEqual(['near', 'far'])
  })

  it.each(['解放', '港湾', 'jiefang', 'JFB', '渝中', '　ＪＦＢ '])('finds what is typed as %j', text => {
    expect(ask({ text }).ids).toContain('near')
  })

  it('finds nothing for a word that is nowhere, and every word has to be somewhere', () => {
    expect(ask({ text: '观音桥' })).toMatchObject({ ids: [], matching: 0, of: 0 })
    expect(ask({ text: '渝中 江北' }).ids).toEqual(['far'])
  })

  it('says how many would be left without each filter', () => {
    expect(ask({ filters: ['toilet', 'wheelchair'] })).toEqual({
      ids: [],
      matching: 0,
      of: 2,
      without: { toilet: 0, wheelchair: 1 },
    })
  })

  it('counts posted hours as open, for nothing else is known, but says so', () => {
    const { stations } = answerKept(list, { place: HERE, text: '', filters: ['open'] }, moment)
    expect(stations.map(({ view }) => view.id)).toEqual(['near', 'far'])
    expect(stations[0]?.view.opening).toEqual({ state: 'unknown' })
  })

  it('leaves out what was closed by its hours or broken when last heard', () => {
    const closed = sampleCityList([near], {
      plans: [{ validFrom: '2020-01-01', validUntil: '2099-12-31', week: [[], [], [], [], [], [], []], special: [] }],
    })
    expect(answerKept(closed, { place: HERE, text: '', filters: ['open'] }, moment).found.ids).toEqual([])
    const heard = { ...moment, lastKnown: () => ({ view: near, atMs: NOON_MS - MINUTE_MS }) }
    expect(ask({ filters: ['microwave'] }, heard).ids).toEqual([])
  })

  it('passes over what is known to be full only while that is fresh', () => {
    const view = { ...near, space: { state: 'full' as const, people: 12, capacity: 12, countedAt: near.heardAt } }
    const full = (minutesAgo: number) => ({
      ...moment,
      lastKnown: (id: string) => (id === 'near' ? { view, atMs: NOON_MS - minutesAgo * MINUTE_MS } : undefined),
    })
    expect(ask({ filters: ['space'] }, full(1)).ids).toEqual(['far'])
    const later = { ...full(1), nowMs: NOON_MS + 60 * MINUTE_MS }
    expect(ask({ filters: ['space'] }, later).ids).toEqual(['near', 'far'])
  })
})

describe('viewKept', () => {
  const crowd = sampleCityList(
    Array.from({ length: 40 }, (_, index) => sampleStation({ id: `c-${index}`, latDeg: 29.5 + index / 10_000 })),
  )

  it('groups what stands close together and tells single stations apart from near', () => {
    const box = [106, 29, 107, 30] as const
    const wide = viewKept([crowd], { box, zoom: 8, filters: [] }, moment)
    expect(wide.clusters.reduce((sum, { count }) => sum + count, 0) + wide.pins.length).toBe(40)
    expect(wide.clusters.length).toBeGreaterThan(0)
    expect(viewKept([crowd], { box, zoom: 18, filters: [] }, moment).pins).toHaveLength(40)
  })

  it('shows only what is in the box', () => {
    expect(viewKept([crowd], { box: [0, 0, 1, 1], zoom: 18, filters: [] }, moment).pins).toEqual([])
  })
})
