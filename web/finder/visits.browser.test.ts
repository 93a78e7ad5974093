import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { StationView } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import { axeViolations } from './test/phone.ts'
import { useVisits } from './test/visits.ts'

const visits = useVisits()

describe("a station's page", () => {
  it('says what its status rests on, and how old that is', async () => {
    const page = await visits.open('/s/rich')
    await page.getByText('A visitor said 20 min ago that it is open').waitFor()
    expect(await page.locator('article').getAttribute('data-opening')).toBe('open')
  })

  it('tells what stands there for everybody, and what became of what visitors said', async () => {
    const detail = visits.server.visitors.details['rich']
    const words = {
      titleZh: '高温延时',
      titleEn: 'Open late in the heat',
      textZh: '今晚开到 22 点',
      textEn: 'Until 22:00 today',
    }
    const notice = { id: 'n1', kind: 'heat', severity: 'urgent', issuedAt: '2026-07-30T02:00:00.000Z' } as const
    Object.assign(detail ?? {}, { notices: [{ ...notice, ...words }] })
    const page = await visits.open('/s/rich')
    await page.locator('[data-notice=n1]').waitFor()
    expect(await page.locator('[data-notice=n1]').innerText()).toMatch(/Open late in the heat[^]*Until 22:00 today/)
    expect(await page.getByRole('link', { name: /You said, we did/ }).getAttribute('href')).toBe('/said/rich?lang=en')
    expect(await axeViolations(page)).toEqual([])
  })

  it.each([
    ['doubtful', 'By its hours it should be open, but its sensors see no sign that it is.'],
    ['shut', 'By its hours it should be open, but somebody who was there says that it is not.'],
    ['plain', 'By its posted hours alone; no person or sensor confirms it'],
  ])('tells in plain words why it is not sure: %s', async (id, text) => {
    const page = await visits.open(`/s/${id}`)
    expect(await page.getByText(text).innerText()).toContain(text)
  })

  it('names every service with its state, and when it is back', async () => {
    const page = await visits.open('/s/rich')
    await page.locator('[data-appliance=air_conditioner]').waitFor()
    expect(await page.locator('[data-appliance=microwave]').innerText()).toMatch(/Hot meal[^]*Works/)
    expect(await page.locator('[data-appliance=air_conditioner]').innerText()).toMatch(
      /Cooling[^]*In repair, back (tomorrow )?\d\d:\d\d/,
    )
  })

  it('shows the days ahead, today first, with special days, unstaffed hours, hint, phone, photo and rating', async () => {
    const page = await visits.open('/s/rich')
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
    const page = await visits.open('/s/rich')
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
    const shut = (visits.server.answer.stations as StationView[]).find(({ id }) => id === 'shut')
    if (shut !== undefined) shut.space = { state: 'unknown' }
    visits.server.visitors.busy = busy
    const page = await visits.open(`/s/${busy.station}`)
    expect(await page.getByText(text).innerText()).toBe(text)
  })

  it('shows what people said with who and when, and takes it in one tap', async () => {
    const page = await visits.open('/s/rich')
    await page.locator('[data-said=clean]').waitFor()
    expect(await page.locator('[data-said=clean]').innerText()).toBe('Clean 3 visitors, 40 min ago')
    expect(await page.locator('[data-said=open]').innerText()).toBe('Open the keeper, 5 min ago')
    await page.locator('[data-says=full]').click()
    await page.getByText(/Others now see: Full, a visitor, just now/).waitFor()
    expect([...visits.server.visitors.confirmations.values()]).toEqual(['full'])
    await page.reload()
    await page.locator('[data-says=clean]').click()
    await page.getByText(/Others now see: Clean/).waitFor()
    // One phone, one voice: what it says of a station on a day goes under one key.
    expect(new Set([...visits.server.visitors.confirmations.keys()].map(key => key.split(' ')[0])).size).toBe(1)
  })

  it('says in words why a tap did not count, and counts it once when it is tried again', async () => {
    const page = await visits.open('/s/rich')
    visits.server.visitors.refuse = { status: 429, retryAfterS: 300 }
    await page.locator('[data-says=locked]').click()
    await page.getByText('You have said so several times. Please wait 5 min.').waitFor()
    visits.server.visitors.refuse = undefined
    await page.locator('[data-says=locked]').click()
    await page.locator('[data-answer=done]').waitFor()
    expect(visits.server.visitors.confirmations.size).toBe(1)
  })

  it('leads with maps in their own coordinates, the one used last first, and never with where the visitor is', async () => {
    const page = await visits.open('/s/rich', {
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
    const page = await visits.open('/s/rich', {
      userAgent: 'Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/87.0.4280.101 Mobile MicroMessenger/8.0.42',
    })
    await page.getByText('WeChat cannot open map apps').waitFor()
    expect(await page.locator('[data-app]').first().getAttribute('data-app')).toBe('tencent')
  })
})

describe('a part that comes after the first screen', () => {
  it('can be asked for again when the network broke off before it came', async () => {
    const page = await visits.open('/')
    await page.locator('[data-station=rich]').waitFor()
    await visits.server.cut()
    await page.getByRole('link', { name: 'Rich Harbor' }).click()
    await page.getByText('This part could not be loaded.').waitFor()
    // What decides whether to go there came with the card.
    expect(await page.locator('article').innerText()).toContain('Open until')
    await visits.server.revive()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.locator('[data-app=amap]').waitFor()
  })
})

describe('a check-in', () => {
  it('takes one tap and counts once, however often it is tapped', async () => {
    const page = await visits.open('/d/rich?c=abcdefghij0123')
    await page.getByText('No name, no phone number, no sign-in.').waitFor()
    await page.getByRole('button', { name: 'I am here' }).click()
    await page.getByText(/^Noted. Welcome!/).waitFor()
    await page.getByRole('button', { name: 'I am here' }).click()
    await page.getByRole('button', { name: 'I am leaving' }).click()
    await page.getByText('Noted. Take care!').waitFor()
    expect([...visits.server.visitors.checkIns.values()]).toEqual([
      { station: 'rich', leaving: false, code: 'abcdefghij0123' },
      { station: 'rich', leaving: true, code: 'abcdefghij0123' },
    ])
  })

  it('is ended by the same key when the door is scanned anew on the way out, and the next one has another', async () => {
    const page = await visits.open('/d/rich?c=abcdefghij0123')
    await page.getByRole('button', { name: 'I am here' }).click()
    await page.getByText(/^Noted. Welcome!/).waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'I am leaving' }).click()
    await page.getByText('Noted. Take care!').waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'I am here' }).click()
    await page.getByText(/^Noted. Welcome!/).waitFor()
    const [came, left, again] = [...visits.server.visitors.checkIns.keys()].map(key => key.split(' ')[0])
    expect(left).toBe(came)
    expect(again).not.toBe(came)
  })

  it('says what is wrong with a link without a code, an old code, and no network', async () => {
    const page = await visits.open('/d/rich')
    await page.getByText('To check in, scan the code on the door.').waitFor()
    await page.goto(`${visits.server.url}/d/rich?c=abcdefghij0123`)
    visits.server.visitors.refuse = { status: 404 }
    await page.getByRole('button', { name: 'I am here' }).click()
    await page.getByText('This code is wrong').waitFor()
    await visits.server.cut()
    await page.getByRole('button', { name: 'I am here' }).click()
    await page.getByText('No network: it was not noted.').waitFor()
    expect(visits.server.visitors.checkIns.size).toBe(0)
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
    const page = await visits.open('/s/rich', look)
    await page.getByTestId('busy').locator('svg').waitFor()
    await page.locator('[data-app]').first().waitFor()
    await page.locator('[data-says=open]').click()
    await page.locator('[data-answer=done]').waitFor()
    expect(await axeViolations(page)).toEqual([])
    await page.goto(`${visits.server.url}/s/rich/report?topic=broken`)
    await page.locator('input[name=appliance]').first().waitFor()
    await page.locator('form button[type=submit]').click()
    await page.locator('.outcome-sent').waitFor()
    expect(await axeViolations(page)).toEqual([])
    visits.server.visitors.status = { state: 'fixed', reply: 'ok' }
    for (const [path, ready] of [
      ['/s/rich/report?topic=broken', 'input[name=appliance]'],
      ['/mine', '.is-fixed'],
      ['/d/rich?c=abcdefghij0123', '.door'],
      ['/a/unknown', 'h1'],
    ] as const) {
      await page.goto(visits.server.url + path)
      await page.locator(ready).first().waitFor()
      expect(await axeViolations(page)).toEqual([])
    }
  })

  it.each(['/s/rich', '/s/rich/report?topic=broken', '/mine', '/d/rich?c=abcdefghij0123'])(
    'has targets of 44 px and no sideways scrolling at 200 % text: %s',
    async path => {
      const page = await visits.open(path)
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
    const page = await visits.open('/s/rich/report')
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
    expect([...visits.server.visitors.reports.values()].map(({ topic }) => topic)).toEqual(['closed_though_open'])
  })

  it('sends none of this with the first screen, and little of it with each page', () => {
    const assets = join(visits.built.folder, 'assets')
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
