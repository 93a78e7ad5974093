import { MAX_BATCH } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import { readStations } from './stations-text.ts'

describe('stations that were pasted', () => {
  it.each([
    ['cq-500103-01\ncq-500103-02', ['cq-500103-01', 'cq-500103-02']],
    [' cq-500103-01，cq-500103-02、 CQ-500103-01\r\n', ['cq-500103-01', 'cq-500103-02']],
    ['', []],
  ])('%j', (text, stations) => expect(readStations(text)).toEqual({ stations, wrong: [] }))

  it('name what cannot be a station', () => {
    expect(readStations('cq-1 大坪 cq_2')).toEqual({ stations: ['cq-1'], wrong: ['大坪', 'cq_2'] })
  })

  it('are as many as one batch takes, and no more', () => {
    const all = Array.from({ length: MAX_BATCH + 1 }, (_, n) => `s-${n}`)
    expect(readStations(all.join(' ')).stations).toEqual(all.slice(0, MAX_BATCH))
  })
})
