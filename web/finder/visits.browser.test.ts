import { deepStrictEqual } from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { StationView } from '@harbor/protocol'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type FinderServer, buildFinder, startFinderServer } from './test/finder-server.ts'
import { type Phone, axeViolations, launchChromium, openPhone } from './test/phone.ts'
import { instant, sampleStation } from './test/sample-stations.ts'
import { fullDetail, usualWeek } from './test/sample-detail.ts'

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
  const nowMs = Date.now()
  server.answer.stations = [
    sampleStation(
      {
        id: 'rich',
        nameEn: 'Rich Harbor',
        heat: 'extreme_caution',
        opening: {
          state: 'open',
          changesAt: instant(600, nowMs),
          sign: { source: 'visitor', says: 'open', at: instant(-20, nowMs) },
        },
        said: [
          { says: 'clean', by: 'visitor', at: instant(-40, nowMs), count: 3 },
          { says: 'open', by: 'keeper', at: instant(-5, nowMs), count: 1 },
        ],
        appliances: [
          { id: 'rich-microwave', kind: 'microwave', state: 'working', heardAt: instant(-1, nowMs) },
          {
            id: 'rich-ac',
            kind: 'air_conditioner',
            state: 'faulty',
            backAt: instant(90, nowMs),
            heardAt: instant(-1, nowMs),
          },
        ],
      },
      nowMs,
    ),
    sampleStation({ id: 'plain', nameEn: 'Plain Harbor', hasSensors: false, appliances: [] }, nowMs),
    sampleStation(
      { id: 'doubtful', opening: { state: 'unknown', reason: 'not_confirmed', changesAt: instant(60, nowMs) } },
      nowMs,
    ),
    sampleStation(
      {
        id: 'shut',
        opening: {
          state: 'unknown',
          reason: 'said_shut',
          sign: { source: 'visitor', says: 'shut', at: instant(-12, nowMs) },
        },
      },
      nowMs,
    ),
  ]
  server.visitors.details['rich'] = fullDetail(nowMs)
  server.visitors.busy = { station: 'rich', days: 41, week: usualWeek(), capacity: 12 }
})
afterEach(async () => {
  const problems = phones.flatMap(phone => phone.problems)
  await Promise.all(phones.map(phone => phone.close()))
  phones = []
  await server.stop()
  deepStrictEqual(problems, [])
})

const open = async (path: string, options: BrowserContextOptions = {}) => {
  const phone = await openPhone(browser, { locale: 'en', ...options })
  phones.push(phone)
  await phone.page.goto(server.url + path)
  return phone.page
}

describe("a station's page", () => {
  it('says what its status rests on, and how old that is', async () => {
    const page = await open('/s/rich')
    await page.getByText('A visitor said 20 min ago that it is open').waitFor()
    expect(await page.locator('article').getAttribute('data-opening')).toBe('open')
  })

  it.each([
    ['doubtful', 'By its hours it should be open, but its sensors see no sign that it is.'],
    ['shut', 'By its hours it should be open, but somebody who was there says that it is not.'],
    ['plain', 'By its posted hours alone; no person or sensor confirms it'],
  ])('tells in plain words why it is not sure: %s', async (id, text) => {
    const page = await open(`/s/${id}`)
    expect(await page.getByText(text).innerText()).toContain(text)
  })

  it('names every service with its state, and when it is back', async () => {
    const page = await open('/s/rich')
    await page.locator('[data-appliance=air_conditioner]').waitFor()
    expect(await page.locator('[data-appliance=microwave]').innerText()).toMatch(/Hot meal[^]*Works/)
    expect(await page.locator('[data-appliance=air_conditioner]').innerText()).toMatch(
      /Cooling[^]*In repair, back (tomorrow )?\d\d:\d\d/,
    )
  })

  it('shows the days ahead, today first, with special days, unstaffed hours, hint, phone, photo and rating', async () => {
    const page = await open('/s/rich')
    await page.locator('table.week tr.week-today').waitFor()
    expect(await page.locator('table.week tbody tr').count()).toBe(7)
    expect(await page.locator('.week-today').innerText()).toMatch(/^Today[^]*08:00–12:00[^]*nobody there/)
    expect(await page.locator('table.week').innerText()).toContain('public holiday')
    expect(await page.locator('.week-later').innerText()).toMatch(/–[^]*closed[^]*closed for now/)
    expect(await page.getByRole('link', { name: /^Call/ }).getAttribute('href')).toBe('tel:02363810000')
    for (const text of ['Behind the toilet, one floor down', '4.3 of 5 stars (12 ratings in 90 days)', 'In: bank']) {
      expect(await page.locator('article').innerText()).toContain(text)
    }
    await page.getByRole('img', { name: 'Photo 1 of 1' }).waitFor()
    const text = await page.locator('article').innerText()
    expect(text).toContain('Hot and humid: drink and rest often')
    expect(text).toContain('estimated from temperature and humidity')
  })

  it('has a chart of usual hours by weekday that is a table for screen readers', async () => {
    const page = await open('/s/rich')
    const busy = page.getByTestId('busy')
    await busy.locator('svg').waitFor()
    await busy.getByRole('radio', { name: 'Tue' }).check()
    await busy.getByText('Tue: busiest at 12:00, about 9 people on average').waitFor()
    expect(await busy.locator('svg').getAttribute('aria-hidden')).toBe('true')
    const rows = busy.getByRole('row')
    expect(await rows.count()).toBe(1 + 16)
    expect(await rows.nth(5).innerText()).toMatch(/11:00–12:00\s+\d/)
  })

  it.each([
    [{ station: 'rich', days: 5 }, 'Not enough data yet: counted on 5 days, 7 are needed.'],
    [{ station: 'rich', days: 0 }, 'Not enough data yet: counted on 0 days, 7 are needed.'],
    [{ station: 'shut', days: 0 }, 'Nobody counts people here.'],
  ])('says when too little is known: %j', async (busy, text) => {
    const shut = (server.answer.stations as StationView[]).find(({ id }) => id === 'shut')
    if (shut !== undefined) shut.space = { state: 'unknown' }
    server.visitors.busy = busy
    const page = await open(`/s/${busy.station}`)
    expect(await page.getByText(text).innerText()).toBe(text)
  })

  it('shows what people said with who and when, and takes it in one tap', async () => {
    const page = await open('/s/rich')
    await page.locator('[data-said=clean]').waitFor()
    expect(await page.locator('[data-said=clean]').innerText()).toBe('Clean 3 visitors, 40 min ago')
    expect(await page.locator('[data-said=open]').innerText()).toBe('Open the keeper, 5 min ago')
    await page.locator('[data-says=full]').click()
    await page.getByText(/Others now see: Full, a visitor, just now/).waitFor()
    expect([...server.visitors.confirmations.values()]).toEqual(['full'])
    await page.reload()
    await page.locator('[data-says=clean]').click()
    await page.getByText(/Others now see: Clean/).waitFor()
    // One phone, one voice: what it says of a station on a day goes under one key.
    expect(new Set([...server.visitors.confirmations.keys()].map(key => key.split(' ')[0])).size).toBe(1)
  })

  it('says in words why a tap did not count, and counts it once when it is tried again', async () => {
    const page = await open('/s/rich')
    server.visitors.refuse = { status: 429, retryAfterS: 300 }
    await page.locator('[data-says=locked]').click()
    await page.getByText('You have said so several times. Please wait 5 min.').waitFor()
    server.visitors.refuse = undefined
    await page.locator('[data-says=locked]').click()
    await page.locator('[data-answer=done]').waitFor()
    expect(server.visitors.confirmations.size).toBe(1)
  })

  it('leads with maps in their own coordinates, the one used last first, and never with where the visitor is', async () => {
    const page = await open('/s/rich', {
      geolocation: { latitude: 29.61, longitude: 106.5 },
      permissions: ['geolocation'],
    })
    const apps = page.locator('[data-app]')
    await apps.first().waitFor()
    const shown = () => apps.evaluateAll(all => all.map(one => one.getAttribute('data-app')))
    expect(await shown()).toEqual(['amap', 'baidu', 'tencent'])
    expect(await apps.first().getAttribute('href')).toMatch(
      /^https:\/\/uri\.amap\.com\/navigation\?to=106\.577.*mode=walk/,
    )
    await page.getByRole('radio', { name: 'By bike' }).check()
    expect(await apps.first().getAttribute('href')).toContain('mode=ride')
    await page.getByRole('radio', { name: 'On foot' }).check()
    await page.evaluate(() => {
      for (const link of document.querySelectorAll('[data-app]')) {
        link.addEventListener('click', event => event.preventDefault())
      }
    })
    await page.locator('[data-app=tencent]').click()
    await page.reload()
    await apps.first().waitFor()
    expect(await shown()).toEqual(['tencent', 'amap', 'baidu'])
    expect(await page.content()).not.toContain('29.61')
  })

  it('says inside WeChat what works there', async () => {
    const page = await open('/s/rich', {
      userAgent: 'Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/87.0.4280.101 Mobile MicroMessenger/8.0.42',
    })
    await page.getByText('WeChat cannot open map apps').waitFor()
    expect(await page.locator('[data-app]').first().getAttribute('data-app')).toBe('tencent')
  })
})

describe('a part that comes after the first screen', () => {
  it('can be asked for again when the network broke off before it came', async () => {
    const page = await open('/')
    await page.locator('[data-station=rich]').waitFor()
    await server.cut()
    await page.getByRole('link', { name: 'Rich Harbor' }).click()
    await page.getByText('This part could not be loaded.').waitFor()
    // What decides whether to go there came with the card.
    expect(await page.locator('article').innerText()).toContain('Open until')
    await server.revive()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.locator('[data-app=amap]').waitFor()
  })
})

describe('a report', () => {
  /** A photo as cameras make them, larger than it may travel. */
  const photoOf = async (page: Page, width: number, height: number) => {
    const address = await page.evaluate(
      ([w = 1, h = 1]) => {
        const canvas = document.createElement('canvas')
        canvas.width = w
        canvas.height = h
        const context = canvas.getContext('2d')
        for (let x = 0; x < 200; x += 1) {
          if (context === null) break
          context.fillStyle = `hsl(${x * 37} 80% 50%)`
          context.fillRect((x * w) / 200, 0, w / 200, h)
        }
        return canvas.toDataURL('image/jpeg', 0.95)
      },
      [width, height],
    )
    return { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(address.split(',')[1] ?? '', 'base64') }
  }

  it('goes from an appliance’s row with its photos, made small, and says that it arrived', async () => {
    const page = await open('/s/rich')
    await page.getByRole('link', { name: 'Report a fault: Air conditioner' }).click()
    await page.getByRole('heading', { level: 1, name: 'Report or thank' }).waitFor()
    expect(await page.getByRole('radio', { name: 'Something is broken' }).isChecked()).toBe(true)
    expect(await page.getByRole('radio', { name: 'Air conditioner' }).isChecked()).toBe(true)
    await page.getByLabel('Tell us more').fill('It blows warm & loud <b>')
    await page.getByRole('radio', { name: '4 stars' }).check()
    const photos = [await photoOf(page, 4_000, 3_000), await photoOf(page, 600, 800)]
    await page.locator('input[type=file]').setInputFiles(photos)
    await expect.poll(() => page.locator('.photo-row img').count(), PATIENCE).toBe(2)
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Thank you, we have it').waitFor()
    const [[key, report] = ['', undefined]] = [...server.visitors.reports]
    expect(report).toMatchObject({
      station: 'rich',
      topic: 'broken',
      body: { appliance: 'rich-ac', text: 'It blows warm & loud <b>', stars: 4, photos: 2 },
    })
    expect([...server.visitors.photos.keys()]).toEqual([`${key}/1`, `${key}/2`])
    const sizes = await page.evaluate(
      async all =>
        Promise.all(
          all.map(async base64 => {
            const bytes = Uint8Array.from(atob(base64), sign => sign.charCodeAt(0))
            const { width, height } = await createImageBitmap(new Blob([bytes]))
            return [width, height]
          }),
        ),
      [...server.visitors.photos.values()].map(photo => photo.toString('base64')),
    )
    expect(sizes).toEqual([
      [1_600, 1_200],
      [600, 800],
    ])
  })

  it('asks for its topic before anything is sent', async () => {
    const page = await open('/s/rich/report')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Please choose what it is about.').waitFor()
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe('broken')
    expect(server.visitors.posts).toBe(0)
  })

  it('written without a network is kept, and sent once by a later visit', async () => {
    const page = await open('/s/rich/report?topic=dirty')
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.getByText('Rich Harbor').waitFor()
    const photo = await photoOf(page, 300, 300)
    await server.cut()
    await page.context().setOffline(true)
    await page.locator('input[type=file]').setInputFiles([photo])
    await page.locator('.photo-row img').waitFor()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Kept on this phone').waitFor()
    await server.revive()
    await page.context().setOffline(false)
    await page.goto(`${server.url}/mine`)
    await page.getByText('Received, nobody has looked yet').waitFor()
    expect([...server.visitors.reports.values()].map(({ topic }) => topic)).toEqual(['dirty'])
    expect(server.visitors.photos.size).toBe(1)
    await page.reload()
    await page.getByText('Received, nobody has looked yet').waitFor()
    expect(server.visitors.posts).toBe(2)
  })

  it('shows what became of it, and asks whether it is fixed', async () => {
    const page = await open('/s/rich/report?topic=broken&appliance=rich-ac')
    await page.getByRole('radio', { name: 'Air conditioner' }).waitFor()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Thank you, we have it').waitFor()
    server.visitors.status = { state: 'fixed', reply: 'New capacitor.' }
    await page.getByRole('link', { name: 'My reports' }).click()
    await page.getByText('New capacitor.').waitFor()
    expect(await page.locator('[data-report]').innerText()).toMatch(
      /Something is broken · Air conditioner[^]*Rich Harbor/,
    )
    await page.getByRole('button', { name: 'Not yet' }).click()
    await page.getByText('You said: not yet. Somebody will look again.').waitFor()
    expect(server.visitors.fixed).toEqual([false])
    await page.getByRole('button', { name: /^Remove from this phone/ }).click()
    await page.getByText('None on this phone yet.').waitFor()
  })

  it('says when the server will never take it', async () => {
    server.visitors.refuse = { status: 404 }
    const page = await open('/s/gone/report?topic=other')
    await page.getByText('The station may have been taken down').waitFor()
    expect(await page.getByRole('button', { name: 'Send' }).count()).toBe(0)
  })

  it('opens from the code on an appliance, by its tag', async () => {
    server.visitors.appliances['CQ 42/ß'] = { id: 'rich-microwave', station: 'rich', kind: 'microwave' }
    const page = await open(`/a/${encodeURIComponent('CQ 42/ß')}`)
    await page.getByRole('radio', { name: 'Microwave' }).waitFor()
    expect(await page.getByRole('radio', { name: 'Microwave' }).isChecked()).toBe(true)
    await page.goto(`${server.url}/a/nothing`)
    await page.getByRole('heading', { level: 1, name: 'This code is not known' }).waitFor()
  })
})

describe('a check-in', () => {
  it('takes one tap and counts once, however often it is tapped', async () => {
    const page = await open('/d/rich?c=abcdefghij0123')
    await page.getByText('No name, no phone number, no sign-in.').waitFor()
    await page.getByRole('button', { name: 'I am here' }).click()
    await page.getByText(/^Noted. Welcome!/).waitFor()
    await page.getByRole('button', { name: 'I am here' }).click()
    await page.getByRole('button', { name: 'I am leaving' }).click()
    await page.getByText('Noted. Take care!').waitFor()
    expect([...server.visitors.checkIns.values()]).toEqual([
      { station: 'rich', leaving: false, code: 'abcdefghij0123' },
      { station: 'rich', leaving: true, code: 'abcdefghij0123' },
    ])
  })

  it('is ended by the same key when the door is scanned anew on the way out, and the next one has another', async () => {
    const page = await open('/d/rich?c=abcdefghij0123')
    await page.getByRole('button', { name: 'I am here' }).click()
    await page.getByText(/^Noted. Welcome!/).waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'I am leaving' }).click()
    await page.getByText('Noted. Take care!').waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'I am here' }).click()
    await page.getByText(/^Noted. Welcome!/).waitFor()
    const [came, left, again] = [...server.visitors.checkIns.keys()].map(key => key.split(' ')[0])
    expect(left).toBe(came)
    expect(again).not.toBe(came)
  })

  it('says what is wrong with a link without a code, an old code, and no network', async () => {
    const page = await open('/d/rich')
    await page.getByText('To check in, scan the code on the door.').waitFor()
    await page.goto(`${server.url}/d/rich?c=abcdefghij0123`)
    server.visitors.refuse = { status: 404 }
    await page.getByRole('button', { name: 'I am here' }).click()
    await page.getByText('This code is wrong').waitFor()
    await server.cut()
    await page.getByRole('button', { name: 'I am here' }).click()
    await page.getByText('No network: it was not noted.').waitFor()
    expect(server.visitors.checkIns.size).toBe(0)
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
    const page = await open('/s/rich', look)
    await page.getByTestId('busy').locator('svg').waitFor()
    await page.locator('[data-app]').first().waitFor()
    await page.locator('[data-says=open]').click()
    await page.locator('[data-answer=done]').waitFor()
    expect(await axeViolations(page)).toEqual([])
    await page.goto(`${server.url}/s/rich/report?topic=broken`)
    await page.locator('input[name=appliance]').first().waitFor()
    await page.locator('form button[type=submit]').click()
    await page.locator('.outcome-sent').waitFor()
    expect(await axeViolations(page)).toEqual([])
    server.visitors.status = { state: 'fixed', reply: 'ok' }
    for (const [path, ready] of [
      ['/s/rich/report?topic=broken', 'input[name=appliance]'],
      ['/mine', '.is-fixed'],
      ['/d/rich?c=abcdefghij0123', '.door'],
      ['/a/unknown', 'h1'],
    ] as const) {
      await page.goto(server.url + path)
      await page.locator(ready).first().waitFor()
      expect(await axeViolations(page)).toEqual([])
    }
  })

  it.each(['/s/rich', '/s/rich/report?topic=broken', '/mine', '/d/rich?c=abcdefghij0123'])(
    'has targets of 44 px and no sideways scrolling at 200 % text: %s',
    async path => {
      const page = await open(path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.locator('.week, input[name=appliance], .mine, .door').first().waitFor({ state: 'attached' })
      const small = await page.locator('main a, main button, main input, main textarea').evaluateAll(all =>
        all.flatMap(one => {
          const { width, height } = (one.closest('label') ?? one).getBoundingClientRect()
          // A week's days stand in one row of a phone.
          const least = one.matches('[name=busy-day]') ? 38 : 44
          return width >= least && height >= 44 ? [] : [`${one.textContent}: ${width} by ${height}`]
        }),
      )
      expect(small).toEqual([])
      await page.evaluate(() => {
        document.documentElement.style.fontSize = '212.5%'
      })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
    },
  )

  it('writes a report with the keyboard alone', async () => {
    const page = await open('/s/rich/report')
    await page.locator('input[name=topic]').first().waitFor()
    await page.locator('input[name=topic]').first().focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    expect(await page.getByRole('radio', { name: 'Closed though it should be open' }).isChecked()).toBe(true)
    for (let tabs = 0; tabs < 8; tabs += 1) {
      await page.keyboard.press('Tab')
      if ((await page.evaluate(() => document.activeElement?.textContent)) === 'Send') break
    }
    await page.keyboard.press('Enter')
    await page.getByText('Thank you, we have it').waitFor()
    expect([...server.visitors.reports.values()].map(({ topic }) => topic)).toEqual(['closed_though_open'])
  })

  it('sends none of this with the first screen, and little of it with each page', () => {
    const assets = join(built.folder, 'assets')
    const sizes = new Map(
      readdirSync(assets).map(name => [name.split('-')[0] ?? '', gzipSync(readFileSync(join(assets, name))).length]),
    )
    const scripts = readdirSync(assets).filter(name => /^index-.*\.js$/.test(name))
    const first = scripts.map(name => readFileSync(join(assets, name), 'utf8')).join('')
    expect(first).not.toContain('harbor-reports')
    expect(first).not.toContain('uri.amap.com')
    expect(sizes.get('visits')).toBeLessThan(12_000)
  })
})
