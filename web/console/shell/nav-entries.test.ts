import { ROLES } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import { NAV_ICONS } from './icons.tsx'
import { NAV_ENTRIES, barOf, entriesOf, isWithin, startOf } from './nav-entries.ts'

describe('the navigation', () => {
  it('leads everybody to the page they begin with', () => {
    for (const role of ROLES) expect(entriesOf(role).map(({ to }) => to)).toContain(startOf(role))
  })

  it('leads to each page once', () => {
    const pages = NAV_ENTRIES.map(({ to }) => to)
    expect(new Set(pages).size).toBe(pages.length)
  })

  it('has an icon for each page', () => {
    for (const { to } of NAV_ENTRIES) expect([to, NAV_ICONS[to]]).toEqual([to, expect.any(Function)])
  })

  it("holds at most four pages in the bar of a phone, all of them the role's own", () => {
    for (const role of ROLES) {
      const bar = barOf(role)
      expect(bar.length).toBeLessThanOrEqual(4)
      expect(entriesOf(role)).toEqual(expect.arrayContaining([...bar]))
    }
  })

  it('takes a page below another for its own, and no page that merely begins alike', () => {
    expect(isWithin('/stations/cq-1', '/stations')).toBe(true)
    expect(isWithin('/alerts/a', '/inbox')).toBe(true)
    expect(isWithin('/stationsx', '/stations')).toBe(false)
  })
})
