import { beforeEach, expect, it } from 'vitest'
import { auditPage } from '../bench/audit.ts'
import { sampleStation } from './test/sample-stations.ts'
import { axeViolations } from './test/phone.ts'
import { useFinder } from './test/use-finder.ts'

/** What does not depend on how busy the machine is; times are the bench's. */
const CERTAIN = ['accessibility', 'best-practices', 'seo'] as const
const finder = useFinder()

beforeEach(() => {
  finder.server().answer.stations = [sampleStation({ id: 'one' }, Date.now())]
})

/** Lighthouse loads a page four times. */
const AUDIT_TIMEOUT_MS = 60_000

it.each(['/', '/s/one'])(
  'has 100 of 100 from Lighthouse for all but speed: %s',
  { timeout: AUDIT_TIMEOUT_MS },
  async path => {
    const { scores, faults } = await auditPage(finder.server().url + path, CERTAIN)
    expect(faults).toEqual([])
    expect(scores).toEqual({ accessibility: 100, 'best-practices': 100, seo: 100 })
  },
)

it.each(['zh-CN', 'en'])('has no violation for axe in the look for the sun, either: %s', async locale => {
  const page = await finder.open('/', { locale })
  await page.waitForSelector('.leaflet-marker-icon')
  await page.locator('.look').click()
  expect(await page.locator('html').getAttribute('data-theme')).toBe('sun')
  expect(await axeViolations(page)).toEqual([])
  await page.reload()
  await page.waitForSelector('[data-station]')
  expect(await page.locator('html').getAttribute('data-theme')).toBe('sun')
})
