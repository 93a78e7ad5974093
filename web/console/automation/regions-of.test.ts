import { describe, expect, it } from 'vitest'
import { regionsOf } from './regions-of.ts'

describe('the region of an account, as somebody writes it', () => {
  it.each([
    ['', { districts: [] }],
    ['500103', { districts: ['500103'] }],
    [' 500103，500112 ', { districts: ['500103', '500112'] }],
    ['500103003, 500103012', { districts: [], streets: ['500103003', '500103012'] }],
  ])('%j', (text, regions) => {
    expect(regionsOf(text)).toEqual(regions)
  })
})
