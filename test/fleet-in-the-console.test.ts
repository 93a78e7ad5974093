import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { PASSWORD, type RunningServer, startServer } from '../server/test/running-server.ts'
import { buildConsole } from '../web/console/test/built-console.ts'
import { type Look, accessibilityProblems, launchBrowser, openScreen } from '../web/console/test/open-console.ts'

/** Generous: the machine may be busy with other tests. */
const SOON = { timeout: 60_000 }
const PHONE = { width: 390, height: 844 }
const DESK = { width: 1_280, height: 800 }
const LOOKS = [
  { locale: 'zh-CN', colorScheme: 'light', viewport: PHONE },
  { locale: 'en', colorScheme: 'dark', viewport: DESK },
] as const
const ENGLISH = { locale: 'en', colorScheme: 'light', viewport: DESK } as const
const GATEWAY = 'gw-yuzhong-1'
const LOGINS = [{ login: 'bench', name: '硬件组小周', role: 'hardware', districts: ['500103'], password: PASSWORD }]

let webDir: string
let browser: Browser
let server: RunningServer

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'harbor-web-'))
  const built = await buildConsole()
  await cp(built.dir, join(webDir, 'console'), { recursive: true })
  await built.remove()
  ;[browser, server] = await Promise.all([launchBrowser(), startServer({ env: { WEB_DIR: webDir }, logins: LOGINS })])
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
  await rm(webDir, { recursive: true, force: true })
})

/** The flashing library gives its dialogs some inline styles: the policy blocks those, and they are usable without. */
const isOfFlashingDialog = (problem: string) => /^Applying inline style violates.*style-src 'self'/.test(problem)

/** A page of the hardware team's, signed in; it fails the test on any error of its own. */
async function open(
  path: string,
  {
    look = ENGLISH,
    isForgiven = () => false,
    login = 'bench',
  }: { look?: Look & { viewport: typeof DESK }; isForgiven?: (problem: string) => boolean; login?: string } = {},
): Promise<Page> {
  const { page, problems, close } = await openScreen(browser, look)
  onTestFinished(async () => {
    await close()
    expect(problems.filter(problem => !isForgiven(problem))).toEqual([])
  })
  page.setDefaultTimeout(SOON.timeout)
  await page.goto(`${server.url}/console${path}`)
  await page.locator('input[name=login]').fill(login)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
  // Whoever goes elsewhere before the answer is there is not signed in.
  await page.locator('nav a').first().waitFor({ state: 'attached' })
  return page
}

/** Kept where somebody wants to look at the pages. */
async function shoot(page: Page, name: string): Promise<void> {
  const dir = process.env['HARBOR_SCREENSHOTS']
  if (dir === undefined) return
  await mkdir(dir, { recursive: true })
  await page.screenshot({ path: join(dir, `${name}.png`), fullPage: true })
}

const PAGES = [
  { path: '/fleet/profiles', ready: '[data-profile]', name: 'profiles' },
  { path: '/fleet/new-profile', ready: '[data-form=profile]', name: 'new-profile' },
  { path: '/fleet/profiles/standard', ready: '[data-part=document] pre', name: 'profile' },
  { path: '/fleet/batches', ready: '[data-testid=new-batch]', name: 'batches' },
  { path: '/fleet/gateways', ready: '[data-gateway]', name: 'gateways' },
  { path: `/fleet/gateways/${GATEWAY}`, ready: '[data-part=audit]', name: 'gateway' },
  { path: '/fleet/bench', ready: '[data-testid=no-claims]', name: 'bench-list' },
  { path: `/fleet/bench/${GATEWAY}`, ready: '[data-testid=verdict]', name: 'bench' },
  { path: '/fleet/rollouts', ready: '[data-testid=no-rollouts]', name: 'rollouts' },
  { path: '/fleet/new-rollout', ready: '[data-form=rollout]', name: 'new-rollout' },
  { path: `/fleet/gateways/${GATEWAY}/devices`, ready: '[name=host]', name: 'devices' },
  { path: '/fleet/flash', ready: '[data-testid=no-firmware]', name: 'flash' },
] as const

describe.each(LOOKS)('in $locale, $colorScheme, $viewport.width px', look => {
  test('the pages of the hardware team are accessible and break no policy', async () => {
    const page = await open('/fleet/batches', { look })
    for (const { path, ready, name } of PAGES) {
      await page.goto(`${server.url}/console${path}`)
      await page.locator(ready).first().waitFor()
      expect([path, ...(await accessibilityProblems(page))]).toEqual([path])
      await shoot(page, `${name}-${look.locale}-${look.colorScheme}-${look.viewport.width}`)
    }
  }, 120_000)
})

/** A profile of two plugs, on no appliance. */
const profileText = (...keys: string[]) =>
  JSON.stringify({ devices: keys.map(key => ({ key, vendor: 'tasmota', address: `${key}-{site}` })) }, undefined, 2)

describe('a profile', () => {
  test('is told what is wrong with it by the line, and leads there', async () => {
    const page = await open('/fleet/profiles/standard')
    await page.getByTestId('edit').click()
    await page.getByText('JSON text', { exact: true }).click()
    const text = '{\n  "devices": [\n    { "key": "plug", "vendor": "tasmota" }\n  ]\n}\n'
    await page.locator('textarea[name=text]').fill(text)
    await page.locator('[data-testid=problems] [data-line="3"]').first().waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await page.locator('[data-line="3"] button').first().click()
    const chosen = await page
      .locator('textarea[name=text]')
      .evaluate((field: HTMLTextAreaElement) => field.value.slice(field.selectionStart, field.selectionEnd))
    expect(chosen).toBe('    { "key": "plug", "vendor": "tasmota" }')
  }, 90_000)

  test('that would take a device from a gateway is given only when that was said twice', async () => {
    const cookie = await server.signIn('bench')
    const post = async (path: string, body: object) => {
      const answer = await server.request('POST', `/api/v1/fleet/${path}`, { body, cookie })
      expect(answer.status).toBe(201)
    }
    const names = { profile: 'pair', nameZh: '两个插座', nameEn: 'Two plugs' }
    await post('profiles', { ...names, text: profileText('left', 'right'), note: '' })
    // The gateway of the fixture has devices of its own: they are lost with the first profile, which is not what is tried here.
    const given = { profile: 'pair' }
    const path = `gateways/${GATEWAY}/config`
    const preview = await server.request('POST', `/api/v1/fleet/${path}/preview`, { body: given, cookie })
    const { confirm } = preview.body as { confirm?: string }
    await post(`${path}/profile${confirm === undefined ? '' : `?confirm=${confirm}`}`, given)
    await post('profiles/pair/versions', { text: profileText('left'), note: 'one is enough', after: 1 })

    const page = await open('/fleet/profiles/pair')
    await page.locator('[data-part=diff] [data-change=removed]').waitFor()
    await page.goto(`${server.url}/console/fleet/gateways/${GATEWAY}`)
    await page.getByTestId('preview').click()
    await page.locator('[data-loss=device]').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await shoot(page, 'losses')
    await page.locator('[data-act=give-anyway]').click()
    await page.locator('[data-act=confirm-loss]').click()
    await page.locator('[data-part=audit] [data-act=config-issued]').nth(1).waitFor()
    await page.locator('[data-part=diff] [data-change=removed]').first().waitFor()
    await page.locator('[data-testid=origins] [data-origin=profile]').first().waitFor()
    expect(await accessibilityProblems(page)).toEqual([])

    // What is left of it is set up with the gateway's address and a Wi-Fi that no request carries.
    const requests: string[] = []
    page.on('request', request => requests.push(`${request.url()} ${request.postData() ?? ''}`))
    await page.goto(`${server.url}/console/fleet/gateways/${GATEWAY}/devices?host=192.168.8.2`)
    await page.locator('[name=ssid]').fill('Station Wi-Fi')
    await page.locator('[name=passphrase]').fill('not for the server')
    await page.locator('[data-text=backlog] pre').getByText('Station Wi-Fi').first().waitFor()
    await page.locator('[data-text=backlog] pre').getByText('192.168.8.2').first().waitFor()
    await shoot(page, 'devices-wifi')
    expect(requests.filter(request => /not.for.the.server/.test(request))).toEqual([])
    expect(await accessibilityProblems(page)).toEqual([])
  }, 120_000)
})

/** Gives the gateway something over the API, whatever it had before and loses by it. */
async function give(path: 'config' | 'config/profile', body: object): Promise<void> {
  const cookie = await server.signIn('bench')
  const to = `/api/v1/fleet/gateways/${GATEWAY}/${path}`
  const first = await server.request('POST', to, { body, cookie })
  if (first.status === 201) return
  const { error } = first.body as { error: { details?: { confirm?: string } } }
  const second = await server.request('POST', `${to}?confirm=${error.details?.confirm}`, { body, cookie })
  expect(second.status).toBe(201)
}

describe.each(LOOKS)("a gateway's own config as text, in $locale, $colorScheme", look => {
  const plug = (id: string, rest: object = {}) => ({ id, vendor: 'tasmota', address: id, ...rest })

  test('by hand: is told its faults by line, shows what would change, and is given', async () => {
    await give('config', { devices: [plug('by-hand-1')] })
    const page = await open(`/fleet/gateways/${GATEWAY}`, { look })
    await page.locator('[data-act=edit-own]').click()
    const text = page.locator('[data-form=own] textarea')
    expect(JSON.parse(await text.inputValue())).toEqual({ devices: [plug('by-hand-1')] })
    await text.fill('{\n  "devices": [],\n  "speed": 3\n}\n')
    await page.locator('[data-form=own] [data-line="3"]').waitFor()
    expect(await page.locator('[data-act=give-own], [data-act=give-anyway]').count()).toBe(0)
    await shoot(page, `own-faults-${look.locale}`)
    await text.fill(JSON.stringify({ devices: [plug('by-hand-1', { reportEveryS: 30 }), plug('by-hand-2')] }))
    await page.locator('[data-form=own] [data-path="/devices/by-hand-2"][data-change=added]').waitFor()
    await page.locator('[data-form=own] details summary').click()
    await page.locator('[data-form=own] [data-origin=station]').first().waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await shoot(page, `own-by-hand-${look.locale}`)
    await page.locator('[data-act=give-own]').click()
    await page.locator('[data-act=edit-own]').waitFor()
    await page.locator('[data-part=diff] [data-path="/devices/by-hand-2"][data-change=added]').waitFor()
  }, 90_000)

  test('apart from its profile: what would lose a device is given only when that was said twice', async () => {
    const profile = `own-${look.locale.toLowerCase()}`
    const cookie = await server.signIn('bench')
    const body = { profile, nameZh: '单独', nameEn: 'Own', text: profileText('left', 'right'), note: '' }
    expect((await server.request('POST', '/api/v1/fleet/profiles', { body, cookie })).status).toBe(201)
    await give('config/profile', { profile, overrides: { lanPort: 1_999 } })
    const page = await open(`/fleet/gateways/${GATEWAY}`, { look })
    await page.locator('[data-act=edit-own]').click()
    const text = page.locator('[data-form=own] textarea')
    expect(JSON.parse(await text.inputValue())).toEqual({ lanPort: 1_999 })
    await text.fill(JSON.stringify({ lanPort: 1_999, devices: { right: { isAbsent: true } } }))
    await page.locator('[data-form=own] [data-loss=device]').waitFor()
    expect(await page.locator('[data-act=give-own]').count()).toBe(0)
    await page.locator('[data-act=give-anyway]').click()
    expect(await accessibilityProblems(page)).toEqual([])
    await shoot(page, `own-losses-${look.locale}`)
    await page.locator('[data-act=confirm-loss]').click()
    await page.locator('[data-act=edit-own]').waitFor()
    await page.locator('[data-part=diff] [data-change=removed]').first().waitFor()
    await page.locator('[data-testid=origins] [data-path="/lanPort"][data-origin=override]').waitFor()
  }, 90_000)
})

test('a text is marked for Ctrl-C where the browser lets nobody copy', async () => {
  await give('config', { devices: [{ id: 'copied-1', vendor: 'tasmota', address: 'copied-1' }] })
  const page = await open(`/fleet/gateways/${GATEWAY}/devices`)
  // As on a page that did not come over https (https://w3c.github.io/clipboard-apis/#navigator-clipboard).
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
  const part = page.locator('[data-text=backlog]').first()
  await part.locator('button').click()
  await part.getByTestId('not-copied').waitFor()
  const marked = await page.evaluate(() => getSelection()?.toString())
  expect(marked?.trim()).toBe((await part.locator('pre').innerText()).trim())
  expect(await accessibilityProblems(page)).toEqual([])
  await shoot(page, 'not-copied')
}, 90_000)

test('a maintainer sees the gateways, and is offered nothing that is not theirs', async () => {
  const page = await open('/fleet/gateways', { login: 'yuzhong' })
  await page.locator(`[data-gateway=${GATEWAY}] a`).first().click()
  await page.getByTestId('twin-state').waitFor()
  expect(await page.locator('[data-part=give-profile], [data-part=box], [data-part=tags], [data-act]').count()).toBe(0)
  expect(await accessibilityProblems(page)).toEqual([])
}, 90_000)

test('a batch is made once, its tokens are gone with the page, and what no box has used is revoked with a second press', async () => {
  const page = await open('/fleet/batches?station=yuzhong-1')
  await page.locator('[data-form=batch] [name=name]').fill('One box')
  await page.getByTestId('make-batch').click()
  await page.locator('[data-part=issued]').waitFor()
  expect(await accessibilityProblems(page)).toEqual([])
  await shoot(page, 'issued')
  await page.locator('[data-part=issued] a[href*="/fleet/batches/"]').click()
  await page.locator('[data-station=yuzhong-1][data-state=open]').waitFor()
  expect(await page.content()).not.toMatch(/harbor1-[0-9a-z]{26}/)
  await page.locator('[data-act=revoke]').click()
  await page.locator('[data-act=confirm-revoke]').click()
  await page.locator('[data-station=yuzhong-1][data-state=revoked]').waitFor()
  expect(await accessibilityProblems(page)).toEqual([])
}, 90_000)

test('an image is brought, and a press on its button asks the browser for a board', async () => {
  const page = await open('/fleet/flash', { isForgiven: isOfFlashingDialog })
  await page.getByTestId('add-firmware').click()
  for (const [name, value] of Object.entries({ firmware: 'door', name: 'Door counter', version: '1.0.0' }))
    await page.locator(`[data-form=firmware] [name=${name}]`).fill(value)
  const image = {
    name: 'firmware.factory.bin',
    mimeType: 'application/octet-stream',
    buffer: Buffer.alloc(4_096, 0xe9),
  }
  await page.locator('input[name=image]').setInputFiles(image)
  await page.locator('[data-form=firmware] button[type=submit]').click()
  await page.locator('[data-firmware=door] esp-web-install-button[data-ready=true]').waitFor()
  expect(await accessibilityProblems(page)).toEqual([])
  await shoot(page, 'flash-ready')
  // A headless browser shows no list of ports to choose from; here nobody chose one, and the library says what to look for.
  await page.evaluate(() => {
    const { serial } = navigator as unknown as { serial: { requestPort: () => Promise<never> } }
    serial.requestPort = () => Promise.reject(new DOMException('No port selected by the user.', 'NotFoundError'))
  })
  await page.locator('[data-firmware=door] esp-web-install-button button').first().click()
  await page.locator('ewt-no-port-picked-dialog').waitFor({ state: 'attached' })
  await page.getByText('No port selected').first().waitFor()
  await shoot(page, 'flash-no-port')
}, 90_000)

test('a page that did not come over https says why boards cannot be flashed from it', async () => {
  const page = await open('/fleet/flash')
  await page.addInitScript(() => Object.defineProperty(window, 'isSecureContext', { value: false }))
  await page.reload()
  await page.locator('[data-testid=cannot][data-support=insecure]').waitFor()
  expect(await accessibilityProblems(page)).toEqual([])
  await shoot(page, 'flash-insecure')
}, 60_000)
