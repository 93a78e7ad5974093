import { deepStrictEqual } from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type FinderServer, buildFinder, startFinderServer } from './test/finder-server.ts'
import { type Phone, axeViolations, launchChromium, openPhone } from './test/phone.ts'
import { instant, sampleStation } from './test/sample-stations.ts'

/** The machine may be busy with other tests. */
const PATIENCE = { timeout: 10_000 }

let built: Awaited<ReturnType<typeof buildFinder>>
let browser: Browser
let server: FinderServer
let phones: Phone[] = []

beforeAll(async () => {
  ;[built, browser] = await Promise.all([buildFinder(), launchChromium()])
})
afterAll(async () => {
  await browser.close()
  await built.remove()
})
beforeEach(async () => {
  server = await startFinderServer(built.folder)
  server.answer.stations = sampleStations()
})
afterEach(async () => {
  const problems = phones.flatMap(phone => phone.problems)
  await Promise.all(phones.map(phone => phone.close()))
  phones = []
  await server.stop()
  deepStrictEqual(problems, [])
})

const open = async (path = '/', options: BrowserContextOptions = {}) => {
  const phone = await openPhone(browser, options)
  phones.push(phone)
  await phone.page.goto(server.url + path)
  return phone.page
}

/** Three stations, now: with room, full, and closed. */
function sampleStations(people = 4) {
  const nowMs = Date.now()
  const space = { capacity: 12, countedAt: instant(-2, nowMs) }
  return [
    sampleStation({ id: 'shut', nameEn: 'Shut Harbor', opening: { state: 'closed' } }, nowMs),
    sampleStation({ id: 'full', nameEn: 'Full Harbor', space: { ...space, state: 'full', people: 12 } }, nowMs),
    sampleStation({ id: 'room', nameEn: 'Roomy Harbor', space: { ...space, state: 'free', people } }, nowMs),
  ]
}

/** Waits until so many pages or more have said over their live link what they look at. */
const looked = async (count = 1) => {
  await expect.poll(() => server.looks.length, PATIENCE).toBeGreaterThanOrEqual(count)
}

const card = (id: string) => `[data-station="${id}"]`

describe('the first screen of a phone', () => {
  it('answers without a question: the best station whole, in the first screenful', async () => {
    const page = await open()
    await page.waitForSelector(card('room'))
    const ids = await page
      .locator('[data-station]')
      .evaluateAll(all => all.map(one => one.getAttribute('data-station')))
    expect(ids).toEqual(['room', 'full', 'shut'])
    const box = await page.locator(card('room')).boundingBox()
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan(740)
    const text = await page.locator(card('room')).innerText()
    for (const part of [
      '开放，有空位',
      '解放碑',
      '渝中区',
      '按公布时间，未经确认',
      '剩 8 个座位',
      '12 座已坐 4 座',
      '2 分钟前数的',
    ]) {
      expect(text).toContain(part)
    }
  })

  it('tells each appliance by name and state', async () => {
    const page = await open('/?lang=en')
    const signs = page.locator(`${card('room')} [data-appliance]`)
    await signs.first().waitFor()
    expect(await signs.evaluateAll(all => all.map(one => one.getAttribute('data-state')))).toEqual([
      'faulty', // microwave
      'unknown', // water: heard 30 minutes ago
      'working', // fridge
    ])
    expect(await signs.first().innerText()).toMatch(/Hot meal\s+Broken/)
  })

  it('sorts by distance after one tap, which nobody is asked for before', async () => {
    const stations = sampleStations()
    server.answer.stations = [...stations, sampleStation({ id: 'next-door', latDeg: 29.61 }, Date.now())]
    const page = await open('/', { permissions: [], geolocation: { latitude: 29.609, longitude: 106.574 } })
    await page.waitForSelector(card('room'))
    expect(await page.locator('.distance').count()).toBe(0)
    await page.context().grantPermissions(['geolocation'])
    await page.getByRole('button', { name: '离我最近' }).click()
    await page.waitForSelector(`${card('next-door')} .distance`)
    expect(await page.locator('[data-station]').first().getAttribute('data-station')).toBe('next-door')
    expect(await page.locator(`${card('next-door')} .distance`).innerText()).toContain('步行约 2 分钟')
  })

  it('has nothing float over a card on a small phone', async () => {
    const page = await open('/', { viewport: { width: 360, height: 740 } })
    await page.waitForSelector(card('room'))
    const button = page.getByRole('button', { name: '离我最近' })
    for (const y of [0, 150, 300, 600]) {
      await page.evaluate(top => scrollTo(0, top), y)
      const box = await button.boundingBox()
      const cards = await page.locator('[data-station]').evaluateAll(all => all.map(one => one.getBoundingClientRect()))
      const covered = cards.filter(
        one => box !== null && box.y < one.bottom && box.y + box.height > one.top && box.x < one.right,
      )
      expect(covered, `scrolled by ${y}`).toEqual([])
    }
  })

  it('weighs at most 120 KB compressed with the map, the live link and all texts', async () => {
    const page = await open()
    await page.waitForSelector('.leaflet-marker-icon')
    await expect
      .poll(() => [...server.sentBytes.keys()].some(path => path.includes('live-stations')), PATIENCE)
      .toBe(true)
    const code = [...server.sentBytes].filter(([path]) => path === '/' || /\.(js|css)$/.test(path))
    const total = code.reduce((sum, [, bytes]) => sum + bytes, 0)
    expect(total).toBeLessThan(120_000)
    expect(code.length).toBeGreaterThan(4)
  })
})

describe('live', () => {
  it('shows a change without a reload', async () => {
    const page = await open()
    await page.waitForSelector(`${card('room')}[data-space=free]`)
    await looked()
    // A page that looks again meanwhile is answered the same.
    server.answer.stations = sampleStations(11).map(one =>
      one.id === 'room' ? { ...one, space: { ...one.space, state: 'limited' } } : one,
    )
    server.tellStations(server.answer.stations)
    await page.waitForSelector(`${card('room')}[data-space=limited]`)
    expect(await page.locator(card('room')).innerText()).toContain('剩 1 个座位')
  })

  it('says when the connection is lost and since when, and takes it back after a new list', async () => {
    const page = await open('/?lang=en')
    await looked()
    await server.cut()
    const bar = page.getByTestId('connection-bar')
    await expect.poll(() => bar.innerText(), PATIENCE).toMatch(/Connection lost\s+This is from \d\d:\d\d/)
    const before = server.asked.length
    server.answer.stations = sampleStations(10)
    await server.revive()
    await expect.poll(() => bar.innerText(), PATIENCE).toBe('')
    await expect.poll(() => server.asked.length, PATIENCE).toBeGreaterThan(before)
    await expect.poll(() => page.locator(card('room')).innerText(), PATIENCE).toContain('2 seats left')
  })

  it('lets ages grow without a network, and past 10 minutes knows nothing any more', async () => {
    const phone = await openPhone(browser)
    phones.push(phone)
    await phone.page.clock.install()
    await phone.page.goto(server.url)
    await phone.page.waitForSelector(`${card('room')}[data-space=free]`)
    await phone.page.clock.runFor(200)
    await looked()
    await server.cut()
    await phone.page.clock.fastForward('05:00')
    await expect.poll(() => phone.page.locator(card('room')).innerText(), PATIENCE).toContain('7 分钟前数的')
    await phone.page.clock.fastForward('06:00')
    await phone.page.waitForSelector(`${card('room')}[data-space=unknown][data-opening=unknown]`)
    expect(await phone.page.getByTestId('connection-bar').innerText()).toContain('11 分钟前')
    expect(await phone.page.locator(card('room')).innerText()).not.toContain('座位')
  })
})

describe('loading, nothing and failure', () => {
  it('says that there is nothing where there is nothing', async () => {
    server.answer.stations = []
    const page = await open()
    await page.getByText('这里还没有港湾').waitFor()
    expect(await page.locator('[data-station]').count()).toBe(0)
  })

  it('says that it failed, and tries again when asked', async () => {
    server.answer.stations = 503
    const page = await open('/?lang=en')
    await page.getByRole('alert').getByText('Stations cannot be loaded').waitFor()
    // Pressed while it still fails: once it does not, the page may have tried by itself before a finger comes.
    await page.getByRole('button', { name: 'Try again' }).click()
    server.answer.stations = sampleStations()
    await page.waitForSelector(card('room'))
    expect(await page.getByRole('alert').count()).toBe(0)
  })
})

describe('a station', () => {
  it('has an address of its own, with its name in the title', async () => {
    const page = await open('/s/full?lang=en')
    await page.getByRole('heading', { level: 1, name: 'Full Harbor' }).waitFor()
    expect(await page.title()).toBe("Full Harbor · Workers' Harbor")
    await expect.poll(() => page.locator('article').innerText(), PATIENCE).toContain('Every day 07:00–22:00')
  })

  it('opens from its card and its pin, and leads back to the card that was left', async () => {
    const page = await open('/?lang=en')
    await page.getByRole('link', { name: 'Full Harbor' }).click()
    await page.getByRole('heading', { level: 1, name: 'Full Harbor' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/s/full')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Full Harbor')
    await page.getByRole('link', { name: 'Back to the list' }).click()
    await page.waitForSelector(card('room'))
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Full Harbor')
    await page.locator('.leaflet-marker-icon.pin-room').click()
    await page.getByRole('heading', { level: 1, name: 'Roomy Harbor' }).waitFor()
  })

  it('that there is not is said not to be there', async () => {
    const page = await open('/s/nowhere?lang=en')
    await page.getByRole('heading', { level: 1, name: 'There is no such station' }).waitFor()
    expect(await page.locator('article').count()).toBe(0)
  })
})

describe('languages', () => {
  it('switches in the page, marks the document, and remembers', async () => {
    const page = await open()
    await page.waitForSelector(card('room'))
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN')
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('heading', { level: 1, name: 'Stations to go to now' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'Stations to go to now' }).waitFor()
  })
})

describe('the map', () => {
  it('draws the outline without any tile server, and asks nobody else for anything', async () => {
    const page = await open()
    const hosts = new Set<string>()
    page.on('request', request => hosts.add(new URL(request.url()).host))
    await page.reload()
    await page.waitForSelector('path.outline-land')
    await page.waitForSelector('.outline-label', { state: 'attached' })
    expect([...hosts]).toEqual([new URL(server.url).host])
  })

  it('keeps the outline beneath tiles that do not come', async () => {
    server.answer.config = { tileUrl: '/no-tiles/{z}/{x}/{y}.png', tileAttribution: 'nobody' }
    const page = await open()
    const failed = page.waitForResponse(response => response.url().includes('/no-tiles/') && response.status() === 404)
    await failed
    await page.waitForSelector('path.outline-land')
    expect(await page.locator('.map-tiles').count()).toBe(1)
    await page.getByText('nobody').waitFor()
  })

  it('tells states apart by shape, each a touch target of 48 px', async () => {
    const page = await open()
    await page.waitForSelector('.leaflet-marker-icon')
    for (const pin of ['pin-room', 'pin-full', 'pin-closed']) {
      const box = await page.locator(`.leaflet-marker-icon.${pin}`).boundingBox()
      expect([box?.width, box?.height]).toEqual([48, 48])
    }
  })
})

describe('everyone', () => {
  const looks = [
    { locale: 'zh-CN', colorScheme: 'light' },
    { locale: 'zh-CN', colorScheme: 'dark' },
    { locale: 'en', colorScheme: 'light' },
    { locale: 'en', colorScheme: 'dark' },
  ] as const

  it.each(looks)('finds nothing with axe in $locale, $colorScheme', async look => {
    const page = await open('/', look)
    await page.waitForSelector('.leaflet-marker-icon')
    await page.locator('summary').click()
    expect(await axeViolations(page)).toEqual([])
    await page.goto(`${server.url}/s/room`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await looked()
    await server.cut()
    await page.waitForSelector('.connection-bar')
    expect(await axeViolations(page)).toEqual([])
  })

  it.each(['/', '/s/room'])('has targets of at least 48 px and no sideways scrolling at 200 % text: %s', async path => {
    const page = await open(path, { locale: 'en' })
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForSelector(card('room'))
    const small = await page.locator('main a, main button, header a, header button, summary').evaluateAll(all =>
      all.flatMap(one => {
        // The whole card is its link's target.
        const { width, height } = (one.closest('.card') ?? one).getBoundingClientRect()
        return width >= 48 && height >= 48 ? [] : [`${one.textContent}: ${width} by ${height}`]
      }),
    )
    expect(small).toEqual([])
    await page.evaluate(() => {
      document.documentElement.style.fontSize = '212.5%'
    })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  })

  it('reaches the list with the keyboard past the map', async () => {
    const page = await open('/?lang=en')
    await page.waitForSelector(card('room'))
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    const reached = () => page.evaluate(() => document.activeElement?.textContent ?? '')
    // The button for one's position stands before the first card.
    expect(await reached()).toBe('Nearest to me')
    // The search box and twelve filters.
    for (let key = 0; key < 13; key += 1) await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-filter'))).toBe('tricycle_parking')
    await page.keyboard.press('Tab')
    expect(await reached()).toBe('Roomy Harbor')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Roomy Harbor' }).waitFor()
  })

  it('uses no function that Chromium 87 lacks', () => {
    const assets = join(built.folder, 'assets')
    const scripts = readdirSync(assets).filter(name => name.endsWith('.js'))
    // Each with the Chrome that brought it.
    const newer = [
      /\.at\(/, // 92
      /\.findLast(Index)?\(/, // 97
      /\.to(Sorted|Reversed|Spliced)\(/, // 110
      /Object\.hasOwn\(/, // 93
      /Object\.groupBy\(/, // 117
      /structuredClone\(/, // 98
      /AbortSignal\.(timeout|any)\(/, // 103
      /crypto\.randomUUID\(/, // 92
      /Promise\.withResolvers\(/, // 119
    ]
    const found = scripts.flatMap(name => {
      const text = readFileSync(join(assets, name), 'utf8')
      return newer.filter(pattern => pattern.test(text)).map(pattern => `${name}: ${pattern.source}`)
    })
    expect(scripts.length).toBeGreaterThan(2)
    expect(found).toEqual([])
  })
})
