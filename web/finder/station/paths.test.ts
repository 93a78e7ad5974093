import { describe, expect, it } from 'vitest'
import { parseVisitorPage, reportPath } from './paths.ts'

describe('a visitor’s pages', () => {
  it.each([
    ['/s/cq-1/report', { page: 'report', station: 'cq-1' }],
    ['/s/cq-1/report/', { page: 'report', station: 'cq-1' }],
    ['/d/cq-1', { page: 'door', station: 'cq-1' }],
    ['/a/CQ-0042', { page: 'appliance', tag: 'CQ-0042' }],
    ['/a/%E6%B8%9D%2042', { page: 'appliance', tag: '渝 42' }],
    ['/mine', { page: 'mine' }],
    ['/a/%E6%B8', undefined],
    ['/s/cq-1', undefined],
    ['/s/CQ 1/report', undefined],
    ['/a/', undefined],
    ['/d/', undefined],
    ['/', undefined],
  ])('%s', (path, page) => expect(parseVisitorPage(path)).toEqual(page))

  it('have addresses that lead back to them', () => {
    expect(reportPath('a')).toBe('/s/a/report')
    expect(reportPath('a', { topic: 'broken', appliance: 'a-fridge' })).toBe(
      '/s/a/report?topic=broken&appliance=a-fridge',
    )
  })
})
