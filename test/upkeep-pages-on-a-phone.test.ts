import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChecklistTemplateList, CrewList, FigureReport, WorkOrderList } from '@harbor/protocol'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { PASSWORD, type RunningServer, startServer } from '../server/test/running-server.ts'
import { buildConsole } from '../web/console/test/built-console.ts'
import { accessibilityProblems, launchBrowser, openPhone } from '../web/console/test/open-console.ts'

const SOON = { timeout: 20_000 }
const LOGINS = [{ login: 'boss', name: '渝中经理', role: 'manager', districts: ['500103'], password: PASSWORD }]
const LOOKS = [
  { locale: 'zh-CN', colorScheme: 'light' },
  { locale: 'en', colorScheme: 'dark' },
] as const
type Look = (typeof LOOKS)[number]

let webDir: string
let browser: Browser
let server: RunningServer
/** Sessions of the server, by login. */
const cookies = new Map<string, string>()

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'harbor-web-'))
  const built = await buildConsole()
  await cp(built.dir, join(webDir, 'console'), { recursive: true })
  await built.remove()
  await mkdir(join(webDir, 'finder'))
  await writeFile(join(webDir, 'finder/index.html'), '<!doctype html><title>finder</title>')
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await rm(webDir, { recursive: true, force: true })
})

/** A server of one test's own: what it makes is nobody else's. */
async function startOwn(): Promise<void> {
  server = await startServer({ env: { WEB_DIR: webDir }, logins: LOGINS })
  cookies.clear()
  onTestFinished(() => server[Symbol.asyncDispose]())
}

async function open(login: string, path: string, look: Look = LOOKS[0]) {
  const opened = await openPhone(browser, look)
  onTestFinished(opened.close)
  const { page } = opened
  await page.goto(`${server.url}/console${path}`)
  await page.locator('input[name=login]').fill(login)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
  await page.locator('input[name=login]').waitFor({ state: 'detached', ...SOON })
  return opened
}

async function ask<Body>(login: string, call: string, body?: unknown): Promise<Body> {
  const [method = '', path = ''] = call.split(' ')
  const cookie = cookies.get(login) ?? (await server.signIn(login))
  cookies.set(login, cookie)
  const answer = await server.request(method, `/api/v1/${path}`, { cookie, ...(body !== undefined && { body }) })
  expect(answer.status).toBeLessThan(300)
  return answer.body as Body
}

/** Lets the server do what is asked and loses its answer, once. */
async function loseAnswer(page: Page, path: RegExp): Promise<() => boolean> {
  let isLost = false
  await page.route(path, async route => {
    if (isLost || route.request().method() !== 'POST') return route.continue()
    isLost = true
    await route.fetch()
    return route.abort()
  })
  return () => isLost
}

const FRIDGE_CREW = { name: '制冷班', districts: ['500103'], skills: ['fridge'], members: ['boss', 'yuzhong'] }

describe.each(LOOKS)('on a phone, $locale, $colorScheme', look => {
  test('a crew is made, once although its answer is lost, seen by others at once, changed and removed', async () => {
    await startOwn()
    const { page, problems } = await open('boss', '/work-orders', look)
    const other = await open('yuzhong', '/crews')
    await other.page.getByTestId('no-crews').waitFor(SOON)
    await page.locator('nav button[aria-expanded]').click()
    await page.locator('nav [data-open=true] a[href$="/crews"]').click()
    await page.getByTestId('no-crews').waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])

    await page.locator('[data-new-crew] summary').click()
    await page.locator('[data-form=crew] button[type=submit]').click()
    await page.locator('input[name=name][aria-invalid=true]').waitFor(SOON)
    await page.locator('input[name=name]').fill('制冷班')
    expect(await page.locator('input[name=district-500103]').isChecked()).toBe(true)
    await page.locator('input[name=skill-fridge]').check()
    await page.locator('input[name=member-yuzhong]').check(SOON)
    await page.locator('select[name=lead]').selectOption('yuzhong')
    await page.locator('select[name=base]').selectOption('yuzhong-1')
    expect(await accessibilityProblems(page)).toEqual([])
    const isLost = await loseAnswer(page, /\/api\/v1\/crews\//)
    await page.locator('[data-form=crew] button[type=submit]').click()
    await page.locator('[data-form=crew] [role=alert]').waitFor(SOON)
    expect(isLost()).toBe(true)
    await page.locator('[data-form=crew] button[type=submit]').click()
    await other.page.locator('[data-crew]').waitFor(SOON)
    expect(await other.page.locator('[data-change], [data-new-crew]').count()).toBe(0)
    const [crew, ...more] = (await ask<CrewList>('boss', 'GET crews')).crews
    expect(more).toEqual([])
    expect(crew).toMatchObject({ lead: 'yuzhong', skills: ['fridge'], base: { latDeg: 29.5, lngDeg: 106.5 } })

    await page.locator('[data-change] summary').click(SOON)
    await page.locator('[data-change] input[name=shift]').fill('Mo-Sa 08:00-18:00')
    expect(await page.locator('[data-change] select[name=base]').inputValue()).toBe('same')
    expect(await accessibilityProblems(page)).toEqual([])
    await page.locator('[data-change] button[type=submit]').click()
    await other.page.getByText('Mo-Sa 08:00-18:00').waitFor(SOON)
    expect((await ask<CrewList>('boss', 'GET crews')).crews[0]).toEqual({ ...crew, shift: 'Mo-Sa 08:00-18:00' })

    await page.setViewportSize({ width: 1280, height: 800 })
    expect(await accessibilityProblems(page)).toEqual([])
    await page.locator('[data-remove] summary').click()
    await page.locator('[data-remove] button').click()
    await other.page.getByTestId('no-crews').waitFor(SOON)
    expect(problems.filter(problem => !problem.includes('ERR_FAILED'))).toEqual([])
  })

  test('an order made by hand says who will come and why, and is one although its answer is lost', async () => {
    await startOwn()
    await ask('boss', 'POST crews/cold', FRIDGE_CREW)
    const { page, problems } = await open('boss', '/stations/yuzhong-1', look)
    await page.locator('a[href*="/work-orders/new?station=yuzhong-1"]').click(SOON)
    await page.getByTestId('proposal').waitFor(SOON)
    await page.locator('button[type=submit]').click()
    await page.locator('input[name=title][aria-invalid=true]').waitFor(SOON)
    await page.locator('input[name=title]').fill('灯管闪')
    await page.locator('textarea[name=note]').fill('靠窗第二根')
    expect(await accessibilityProblems(page)).toEqual([])
    await loseAnswer(page, /\/api\/v1\/work-orders$/)
    await page.locator('button[type=submit]').click()
    await page.locator('[data-form=order] [role=alert]').waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    await page.locator('button[type=submit]').click()
    await page.getByTestId('because').waitFor(SOON)
    expect(await page.getByTestId('because').textContent()).toContain('制冷班')
    expect((await ask<WorkOrderList>('boss', 'GET work-orders')).orders).toHaveLength(1)

    // From an appliance's page: the crew's skill is part of the reason; and whoever comes next is led to the order that is open.
    await page.goto(`${server.url}/console/assets/A-1`)
    await page.locator('a[href*="appliance=yuzhong-1-fridge"]').click(SOON)
    await vi.waitFor(async () => {
      const fridge = look.locale === 'en' ? 'Fridge' : '会修冰箱'
      expect((await page.getByTestId('proposal').textContent())?.toLowerCase()).toContain(fridge.toLowerCase())
    }, SOON)
    await page.locator('input[name=title]').fill('门关不严')
    await page.locator('select[name=assignee]').selectOption('boss')
    expect(await accessibilityProblems(page)).toEqual([])
    await page.locator('button[type=submit]').click()
    await page.getByTestId('state').waitFor(SOON)
    expect(await page.locator('h1').textContent()).toBe('门关不严')
    expect(await page.getByTestId('because').count()).toBe(0)

    // Where it is: the appliance by its label, and maps in the coordinates of each.
    await page.locator('[data-part=where] a[href$="/assets/A-1"]').waitFor(SOON)
    const amap = await page.locator('[data-app=amap]').getAttribute('href')
    // GCJ-02 is some 500 m off WGS-84's 106.5, 29.5 in Chongqing.
    expect(amap).toMatch(/^https:\/\/uri\.amap\.com\/navigation\?to=106\.50\d+%2C29\.49\d+/)
    expect(await page.locator('[data-app=baidu]').getAttribute('href')).toContain(encodeURIComponent('渝中区'))
    expect(await page.locator('[data-part=where] a[href^="geo:"]').count()).toBe(0)
    expect(await accessibilityProblems(page)).toEqual([])

    await page.goto(`${server.url}/console/work-orders/new?station=yuzhong-1&appliance=yuzhong-1-fridge`)
    await page.getByTestId('open-order').getByText('门关不严').waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    expect(problems.filter(problem => !problem.includes('ERR_FAILED'))).toEqual([])
  })

  test('a checklist is written line by line, previewed and saved as a version; of two writers one is told', async () => {
    await startOwn()
    const { page, problems } = await open('admin', '/checklists', look)
    await page.locator('a[href$="/checklists/templates"]').click()
    await page.locator('[data-template=six-haves]').waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    await page.locator('a[href$="/templates/new"]').click()
    await page.locator('button[type=submit]').click()
    await page.getByTestId('problems').waitFor(SOON)
    expect(await page.getByTestId('problems').locator('li').count()).toBe(2)
    expect(await accessibilityProblems(page)).toEqual([])

    await page.locator('input[name=title-zh]').fill('饮水机保养')
    await page.locator('input[name=title-en]').fill('Dispenser care')
    await page.locator('[data-form=template] .mantine-SegmentedControl-label').last().click()
    await page.locator('select[name=kind]').selectOption('water_dispenser')
    const line = (index: number) => page.locator('[data-edited-line]').nth(index)
    const write = async (index: number, type: string, zh: string) => {
      if (index > 0) await page.locator('[data-act=add-line]').click()
      await line(index).locator('select[name=line-type]').selectOption(type)
      await line(index).locator('input[name=label-zh]').fill(zh)
      await line(index)
        .locator('input[name=label-en]')
        .fill(`Line ${index + 1}`)
    }
    await write(0, 'pass_fail', '接水盘干净')
    await write(1, 'number', '水温')
    await line(1).locator('input[name=min]').fill('95')
    await line(1).locator('input[name=max]').fill('85')
    await write(2, 'choice', '滤芯')
    for (const [number, zh] of [
      [1, '正常'],
      [2, '该换了'],
    ] as const) {
      await line(2).locator(`input[name=option-${number}-zh]`).fill(zh)
      await line(2).locator(`input[name=option-${number}-en]`).fill(`Option ${number}`)
    }
    await line(2).locator('input[name=option-2-fails]').check()
    await write(3, 'text', '其他')
    await line(3).locator('input[name=required]').uncheck()
    await write(4, 'photo', '照片')
    await page.getByTestId('problems').waitFor(SOON)
    await line(1).locator('input[name=max]').fill('99')
    await page.getByTestId('problems').waitFor({ state: 'detached', ...SOON })
    // Up by one, with the words of the reader's language on the button.
    await line(4).locator('button').first().click()
    const preview = page.getByTestId('preview')
    expect(await preview.locator('fieldset').count()).toBe(5)
    await preview.locator('input[value=fail]').check()
    await preview.locator('textarea').first().waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    await page.locator('[data-form=template] button[type=submit]').click()
    await page.locator('[data-act=edit]').waitFor(SOON)
    const path = new URL(page.url()).pathname.replace('/console/checklists/templates/', '')
    const { templates } = await ask<ChecklistTemplateList>('admin', `GET checklists/${path}/versions`)
    expect(templates).toHaveLength(1)
    expect(templates[0]).toMatchObject({ use: 'order', applianceKind: 'water_dispenser', titleEn: 'Dispenser care' })
    expect(templates[0]?.lines.map(({ type, isOptional }) => `${type}${isOptional === true ? '?' : ''}`)).toEqual([
      'pass_fail',
      'number',
      'choice',
      'photo',
      'text?',
    ])
    expect(await accessibilityProblems(page)).toEqual([])

    // Somebody else saves the second version while it is being changed here.
    await page.locator('[data-act=edit]').click()
    await page.locator('input[name=title-en]').fill('Mine')
    const { id: _id, version, createdAt: _at, ...rest } = templates[0] as ChecklistTemplateList['templates'][number]
    await ask('admin', `POST checklists/${path}`, { ...rest, titleEn: 'Theirs', replaces: version })
    await page.getByTestId('overtaken').waitFor(SOON)
    expect(await page.locator('input[name=title-en]').inputValue()).toBe('Mine')
    await page.locator('[data-form=template] button[type=submit]').click()
    await page.getByTestId('not-saved').waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    await page.getByTestId('overtaken').locator('button').click()
    expect(await page.locator('input[name=title-en]').inputValue()).toBe('Theirs')
    await page.locator('input[name=retired]').check()
    await page.locator('[data-form=template] button[type=submit]').click()
    await page.locator('select[name=version] option[value="3"]').waitFor({ state: 'attached', ...SOON })
    // An old version can be looked at, and begun from.
    await page.locator('select[name=version]').selectOption('1')
    expect(await page.getByTestId('preview').locator('fieldset').count()).toBe(5)
    await page.setViewportSize({ width: 1280, height: 800 })
    expect(await accessibilityProblems(page)).toEqual([])
    expect(problems).toEqual([])
  })

  test('a plan for a district or a station is shown to others at once, and so are appliances that somebody changed', async () => {
    await startOwn()
    const { page, problems } = await open('admin', '/plans', look)
    const [plans, assets] = [await open('boss', '/plans'), await open('boss', '/assets/A-1')]
    await plans.page.getByTestId('no-plans').waitFor(SOON)
    await assets.page.locator('[data-part=facts]').waitFor(SOON)
    await page.locator('[data-form=plan] summary').click()
    await page.locator('input[name=title]').fill('清洗冷凝器')
    const targets = (count: number) =>
      page.getByTestId('preview').getByText(look.locale === 'en' ? `For ${count} appliance` : `适用于 ${count} 台`)
    await targets(2).waitFor(SOON)
    await page.locator('select[name=district]').selectOption('500112')
    await targets(1).waitFor(SOON)
    expect(await page.locator('select[name=station] option').allTextContents()).toHaveLength(2)
    await page.locator('select[name=district]').selectOption('')
    await page.locator('select[name=station]').selectOption('yuzhong-1')
    await targets(1).waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    await page.locator('[data-form=plan] button[type=submit]').click()
    await plans.page.locator('[data-plan]').waitFor(SOON)
    expect(await plans.page.getByTestId('where').textContent()).toBe('渝中一号')
    // Its first order is due today: it is counted without a reload.
    await plans.page.getByText('共生成 1 张').waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])

    const before = await ask<{ revision: number }>('admin', 'GET assets/A-1')
    await ask('admin', 'PUT assets/A-1', {
      revision: before.revision,
      assetTag: 'A-1',
      station: 'yuzhong-1',
      model: 'fast-fridge',
      maker: '海尔',
    })
    await assets.page.locator('[data-part=facts]').getByText('海尔').waitFor(SOON)
    await ask('boss', 'POST work-orders', {
      station: 'yuzhong-1',
      appliance: 'yuzhong-1-fridge',
      severity: 'P2',
      title: '门封条裂了',
    })
    await assets.page.locator('[data-part=repairs]').getByText('门封条裂了').waitFor(SOON)
    expect(problems).toEqual([])
  })

  test('figures are of one station and of days that somebody chose, on the stations’ calendar', async () => {
    await startOwn()
    const { page, problems } = await open('admin', '/figures?by=day&figure=availability', look)
    await page.getByTestId('figure-chart').waitFor(SOON)
    const asked: URLSearchParams[] = []
    page.on('request', request => {
      const url = new URL(request.url())
      if (url.pathname === '/api/v1/figures') asked.push(url.searchParams)
    })
    await page.locator('select[name=station]').selectOption('yuzhong-1')
    await page.locator('select[name=period]').selectOption('own')
    await page.locator('input[name=from]').fill('2026-03-01')
    await page.locator('input[name=to]').fill('2026-03-03')
    await vi.waitFor(async () => expect(await page.locator('[data-row^="2026-"]').count()).toBe(3), SOON)
    // The browser is in Berlin, the stations in China.
    const last = asked.at(-1)
    expect([last?.get('station'), last?.get('from'), last?.get('to')]).toEqual([
      'yuzhong-1',
      '2026-02-28T16:00:00.000Z',
      '2026-03-03T16:00:00.000Z',
    ])
    expect(new URL(page.url()).searchParams.get('to')).toBe('2026-03-03')
    const href = (await page.locator('a[href*="figures.csv"]').getAttribute('href')) ?? ''
    const csv = await ask<string>('admin', `GET ${href.replace('/api/v1/', '')}`)
    expect(csv).toContain('2026-03-03')
    const { total } = await ask<FigureReport>('admin', `GET figures?${last}`)
    expect(total.ordersMade).toBe(0)
    expect(await accessibilityProblems(page)).toEqual([])
    await page.locator('input[name=from]').fill('2026-03-04')
    await page.getByTestId('wrong-days').waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    expect(problems).toEqual([])
  })
})
