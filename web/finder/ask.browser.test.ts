import type { StationView } from '@harbor/protocol'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { axeViolations } from './test/phone.ts'
import { sampleStation } from './test/sample-stations.ts'
import { useFinder } from './test/use-finder.ts'

type Opening = StationView['opening']
type Sign = NonNullable<Opening['sign']>

const PATIENCE = { timeout: 10_000 }
const finder = useFinder()

beforeEach(() => {
  const nowMs = Date.now()
  finder.server().answer.stations = [
    sampleStation({ id: 'plain', nameZh: '解放碑港湾', nameEn: 'Plain Harbor' }, nowMs),
    sampleStation({ id: 'toilet', nameZh: '江北港湾', nameEn: 'Toilet Harbor', facilities: ['toilet'] }, nowMs),
    sampleStation({ id: 'shut', nameZh: '南坪港湾', nameEn: 'Shut Harbor', opening: { state: 'closed' } }, nowMs),
  ]
})

describe('filters', () => {
  it('are kept in the address, say how many match, and a shared link asks the same', async () => {
    const page = await finder.open('/?lang=en')
    await page.getByRole('button', { name: 'Open now' }).click()
    await page.getByRole('button', { name: 'Toilet' }).click()
    await expect.poll(() => page.locator('[data-station]').count(), PATIENCE).toBe(1)
    expect(page.url()).toContain('f=open,toilet')
    await page.getByText('1 of 3 match').waitFor()
    const other = await finder.open(page.url().slice(finder.server().url.length))
    await other.waitForSelector('[data-station=toilet]')
    expect(await other.locator('[aria-pressed=true][data-filter]').count()).toBe(2)
    expect(await other.locator('[data-station]').count()).toBe(1)
  })

  it('that leave nothing offer to drop the one that excludes most', async () => {
    const page = await finder.open('/?lang=en&f=toilet,wheelchair')
    await page.getByTestId('none-match').waitFor()
    expect(await axeViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Without “Step-free” (1)' }).click()
    await page.waitForSelector('[data-station=toilet]')
    expect(page.url()).toContain('f=toilet')
  })

  it('come back with the browser’s own way back from a station', async () => {
    const page = await finder.open('/?f=toilet')
    await page.locator('[data-station=toilet] a').click()
    await page.waitForSelector('article h1')
    await page.goBack()
    await page.waitForSelector('[data-station=toilet]')
    expect(await page.locator('[data-station]').count()).toBe(1)
  })
})

describe('the search box', () => {
  it('finds while one types, and clears', async () => {
    const page = await finder.open('/?lang=en')
    await page.waitForSelector('[data-station]')
    await page.getByRole('searchbox').pressSequentially('江北')
    await expect.poll(() => page.locator('[data-station]').count(), PATIENCE).toBe(1)
    await page.getByRole('heading', { level: 1, name: 'Stations found' }).waitFor()
    await page.getByRole('button', { name: 'Clear search' }).click()
    await expect.poll(() => page.locator('[data-station]').count(), PATIENCE).toBe(3)
    expect(new URL(page.url()).search).toBe('?lang=en')
  })

  it('does not look for half a syllable while an input method composes', async () => {
    const page = await finder.open()
    await page.waitForSelector('[data-station]')
    await page.getByRole('searchbox').focus()
    const devtools = await page.context().newCDPSession(page)
    for (const text of ['j', 'ji', 'jia', 'jiang', 'jiangb', 'jiangbei']) {
      await devtools.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
    }
    // Longer than the pause after which what is typed is looked for.
    await page.waitForFunction(
      startedMs => performance.now() - startedMs > 600,
      await page.evaluate(() => performance.now()),
    )
    expect(finder.server().asked.filter(path => path.includes('/search'))).toEqual([])
    await devtools.send('Input.insertText', { text: '江北' })
    await expect.poll(() => page.locator('[data-station]').count(), PATIENCE).toBe(1)
    const searched = finder.server().asked.filter(path => path.includes('/search'))
    expect(searched.map(path => new URLSearchParams(path.split('?')[1]).get('q'))).toEqual(['江北'])
  })

  it('says that nothing was found, and how else to search', async () => {
    const page = await finder.open('/?q=nowhere&lang=en')
    await page.getByRole('heading', { name: 'Nothing found for “nowhere”' }).waitFor()
    expect(await axeViolations(page)).toEqual([])
  })
})

describe('where it asks', () => {
  it('sends no more of a position than 100 m, and starts there the next time without asking', async () => {
    const page = await finder.open('/', {
      permissions: ['geolocation'],
      geolocation: { latitude: 29.559123, longitude: 106.574321 },
    })
    await page.waitForSelector('[data-station] .distance')
    const asked = finder.server().asked.at(-1) ?? ''
    expect(new URLSearchParams(asked.split('?')[1]).get('lat')).toBe('29.559')
    expect(asked).not.toContain('29.5591')
    await page.context().clearPermissions()
    finder.server().asked.length = 0
    await page.reload()
    await page.waitForSelector('[data-station]')
    expect(finder.server().asked[0]).toContain('lat=29.559')
    await page.getByRole('heading', { level: 1, name: '上次那里附近的港湾' }).waitFor()
    expect(await page.locator('.distance').count()).toBe(0)
  })
})

describe('a walk', () => {
  it('that nobody walks is not told in minutes', async () => {
    finder.server().answer.stations = [
      sampleStation({ id: 'near', nameEn: 'Near' }),
      sampleStation({ id: 'far', nameEn: 'Far', latDeg: 30.2 }),
    ]
    const geolocation = { latitude: 29.5586, longitude: 106.574 }
    const page = await finder.open('/?lang=en', { permissions: ['geolocation'], geolocation })
    await page.locator('[data-station=near]').getByText('min on foot').waitFor()
    expect(await page.locator('[data-station=far]').innerText()).toContain('71 km')
    expect(await page.locator('[data-station=far]').innerText()).not.toContain('on foot')
  })
})

describe('a visitor who told nothing of where they are', () => {
  const city = (code: string, nameZh: string, nameEn: string) => ({
    code,
    nameZh,
    nameEn,
    stations: 9,
    open: 4,
    box: [104, 30, 105, 31] as [number, number, number, number],
    middle: { latDeg: 30.6571, lngDeg: 104.0659 },
  })

  it('chooses among several cities with one tap, and begins there the next time', async () => {
    finder.server().answer.cities = [city('5001', '重庆市', 'Chongqing'), city('5101', '成都市', 'Chengdu')]
    const page = await finder.open('/?lang=en')
    await page.getByRole('button', { name: 'Chengdu · 4 open' }).click()
    await page.getByRole('heading', { level: 1, name: 'Stations in Chengdu' }).waitFor()
    await expect.poll(() => finder.server().asked.at(-1), PATIENCE).toContain('lat=30.657&lng=104.066')
    expect(await page.locator('[data-city][aria-pressed=true]').getAttribute('data-city')).toBe('5101')
    expect(await axeViolations(page)).toEqual([])
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'Stations near your last place' }).waitFor()
    expect(finder.server().asked.at(-1)).toContain('lat=30.657')
  })

  it('finds the smaller cities of a country in a list', async () => {
    const codes = Array.from({ length: 30 }, (_, n) => `${5001 + n}`)
    finder.server().answer.cities = codes.map(code => city(code, `${code}市`, `City ${code}`))
    const page = await finder.open('/?lang=en')
    await page.getByLabel('Other cities…').selectOption('5030')
    await page.getByRole('heading', { level: 1, name: 'Stations in City 5030' }).waitFor()
    expect(await page.locator('[data-city]').count()).toBe(8)
    // While it asks the list is pale, and holds nothing to be read yet.
    await page.waitForSelector('.asking', { state: 'detached' })
    expect(await axeViolations(page)).toEqual([])
  })

  it('is asked nothing where there is one city', async () => {
    finder.server().answer.cities = [city('5001', '重庆市', 'Chongqing')]
    const page = await finder.open('/?lang=en')
    await page.waitForSelector('.leaflet-marker-icon')
    await expect.poll(() => finder.server().sentBytes.has('/api/v1/cities'), PATIENCE).toBe(true)
    expect(await page.getByRole('group', { name: 'Cities' }).count()).toBe(0)
  })
})

describe('what a status stands on', () => {
  const cases: { basis: string; opening: Omit<Opening, 'sign'>; sign?: Omit<Sign, 'at'>; says: string }[] = [
    {
      basis: 'sign',
      opening: { state: 'open' },
      sign: { source: 'door', says: 'open' },
      says: 'Door open, 3 min ago',
    },
    { basis: 'hours', opening: { state: 'open' }, says: 'By posted hours, not confirmed' },
    {
      basis: 'not_confirmed',
      opening: { state: 'unknown', reason: 'not_confirmed' },
      says: 'Should be open, but shows no sign of life',
    },
    {
      basis: 'said_shut',
      opening: { state: 'unknown', reason: 'said_shut' },
      sign: { source: 'visitor', says: 'shut' },
      says: 'Said to be shut, 3 min ago',
    },
  ]

  it.each(cases)('is told on its card: $basis', async ({ basis, opening, sign, says }) => {
    const nowMs = Date.now()
    const at = new Date(nowMs - 3 * 60_000 - 1_000).toISOString()
    const seen = sign === undefined ? {} : { sign: { ...sign, at } }
    finder.server().answer.stations = [sampleStation({ opening: { ...opening, ...seen } }, nowMs)]
    const page = await finder.open('/?lang=en')
    const told = page.locator(`[data-basis=${basis}]`)
    await vi.waitFor(async () => expect(await told.innerText()).toContain(says), { timeout: 15_000 })
  })

  it('tells when a broken appliance is promised back', async () => {
    const nowMs = Date.now()
    const backAt = new Date(nowMs + 2 * 3_600_000).toISOString()
    const heardAt = new Date(nowMs).toISOString()
    finder.server().answer.stations = [
      sampleStation({ appliances: [{ id: 'm', kind: 'microwave', state: 'faulty', backAt, heardAt }] }, nowMs),
    ]
    const page = await finder.open('/?lang=en')
    await page.waitForSelector('[data-appliance=microwave]')
    expect(await page.locator('[data-appliance=microwave]').innerText()).toMatch(/Back (tomorrow )?\d\d:\d\d/)
  })
})
