import { mkdir, readFile } from 'node:fs/promises'
import { cp, mkdtemp, rm } from 'node:fs/promises'
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
  { locale: 'en', colorScheme: 'dark', viewport: PHONE },
  { locale: 'en', colorScheme: 'light', viewport: DESK },
  { locale: 'zh-CN', colorScheme: 'dark', viewport: DESK },
] as const
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

/** A page of the hardware team's, signed in; it fails the test on any error of its own. */
async function open(
  path: string,
  look: Look & { viewport: { width: number; height: number } } = LOOKS[2],
): Promise<Page> {
  const { page, problems, close } = await openScreen(browser, look)
  onTestFinished(async () => {
    expect(problems).toEqual([])
    await close()
  })
  page.setDefaultTimeout(SOON.timeout)
  await page.goto(`${server.url}/console${path}`)
  await page.locator('input[name=login]').fill('bench')
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
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
  { path: '/fleet/gateways/gw-yuzhong-1', ready: '[data-part=give-profile]', name: 'gateway' },
  { path: '/fleet/gateways/gw-yuzhong-1/devices', ready: '[name=host]', name: 'devices' },
  { path: '/fleet/flash', ready: '[data-testid=no-firmware]', name: 'flash' },
] as const

describe.each(LOOKS)('in $locale, $colorScheme, $viewport.width px', look => {
  test.each(PAGES)(
    '$path is accessible and breaks no policy',
    async ({ path, ready, name }) => {
      const page = await open(path, look)
      await page.locator(ready).first().waitFor()
      expect(await accessibilityProblems(page)).toEqual([])
      await shoot(page, `${name}-${look.locale}-${look.colorScheme}-${look.viewport.width}`)
    },
    90_000,
  )
})
