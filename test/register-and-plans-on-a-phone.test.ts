import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { PASSWORD, type RunningServer, startServer } from '../server/test/running-server.ts'
import { buildConsole } from '../web/console/test/built-console.ts'
import { accessibilityProblems, launchBrowser, openPhone } from '../web/console/test/open-console.ts'

const SOON = { timeout: 20_000 }
const LOGINS = [{ login: 'boss', name: '渝中经理', role: 'manager', districts: ['500103'], password: PASSWORD }]

let webDir: string
let browser: Browser
let server: RunningServer

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'harbor-web-'))
  const built = await buildConsole()
  await cp(built.dir, join(webDir, 'console'), { recursive: true })
  await built.remove()
  await mkdir(join(webDir, 'finder'))
  await writeFile(join(webDir, 'finder/index.html'), '<!doctype html><title>finder</title>')
  ;[browser, server] = await Promise.all([launchBrowser(), startServer({ env: { WEB_DIR: webDir }, logins: LOGINS })])
})
afterAll(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
  await rm(webDir, { recursive: true, force: true })
})

const table = (day: string) =>
  Buffer.from(
    `设备编号,站点编号,类别,厂家,保修至\nyuzhong-1-fridge,,,海尔,2030-01-01\nnew-ac,yuzhong-1,空调,格力,${day}\n`,
  )

test('a table with a bad row is mended and imported, its labels are printed, and a plan makes an order of it', async () => {
  const { page, problems, close } = await openPhone(browser, { locale: 'zh-CN', colorScheme: 'light' })
  onTestFinished(close)
  await page.goto(`${server.url}/console/assets`)
  await page.locator('input[name=login]').fill('boss')
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
  await page.locator('[data-asset]').first().waitFor(SOON)
  expect(await page.locator('[data-asset]').count()).toBe(2)
  expect(await accessibilityProblems(page)).toEqual([])

  // One row is wrong: it is named, and there is no button to import the others.
  await page.locator('[data-form=import] summary').click()
  const choose = (day: string) =>
    page.locator('input[name=table]').setInputFiles({ name: 'assets.csv', mimeType: 'text/csv', buffer: table(day) })
  await choose('2027-02-30')
  await page.getByTestId('problems').waitFor(SOON)
  expect(await page.getByTestId('problems').textContent()).toMatch(/第 3 行.*保修至.*不是有效日期.*2027-02-30/)
  expect(await page.getByTestId('take-over').count()).toBe(0)
  expect(await accessibilityProblems(page)).toEqual([])

  await choose('2027-02-28')
  await page.getByTestId('sound').waitFor(SOON)
  expect(await page.locator('[data-asset]').count()).toBe(2)
  await page.getByTestId('take-over').click()
  await page.getByTestId('imported').waitFor(SOON)
  await page.locator('[data-asset=new-ac]').waitFor(SOON)

  // Filters stay in the address; labels of what is shown come as a PDF.
  await page.locator('input[name=search]').fill('new-ac')
  await page.locator('[data-asset=yuzhong-1-fridge]').waitFor({ state: 'detached', ...SOON })
  expect(new URL(page.url()).search).toBe('?q=new-ac')
  await page.locator('[data-form=take-away] summary').click()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('labels').click()])
  expect(download.suggestedFilename()).toBe('labels.pdf')
  expect((await readFile(await download.path())).subarray(0, 5).toString()).toBe('%PDF-')

  // Its page: an edit, and who did it.
  await page.locator('[data-asset=new-ac] a').click()
  await page.locator('[data-part=facts]').waitFor(SOON)
  expect(await page.locator('[data-part=facts]').textContent()).toContain('格力')
  await page.locator('[data-form=edit] summary').click()
  await page.locator('input[name=serial]').fill('SN-42')
  await page.locator('input[name=price]').fill('2999.5')
  expect(await accessibilityProblems(page)).toEqual([])
  await page.locator('[data-form=edit] button[type=submit]').click()
  await page.locator('[data-field=serial]').waitFor(SOON)
  expect(await page.locator('[data-field=priceFen]').textContent()).toMatch(/— → ¥2999\.50.*渝中经理/)
  expect(await page.locator('[data-field=maker]').textContent()).toContain('表格导入')
  expect(await accessibilityProblems(page)).toEqual([])

  // A plan for it: five days are shown before it is made, and today's becomes an order.
  await page.goto(`${server.url}/console/plans`)
  await page.getByTestId('no-plans').waitFor(SOON)
  await page.locator('[data-form=plan] summary').click()
  await page.locator('input[name=title]').fill('清洗滤网')
  await page.locator('input[name=appliance]').fill('new-ac')
  await page.getByTestId('dates').waitFor(SOON)
  expect((await page.getByTestId('dates').textContent())?.split(' · ')).toHaveLength(5)
  expect(await accessibilityProblems(page)).toEqual([])
  await page.locator('[data-form=plan] button[type=submit]').click()
  await page.locator('[data-plan]').waitFor(SOON)
  expect(await page.getByTestId('next-due').textContent()).toMatch(/\d{4}-\d{2}-\d{2}/)
  expect(await accessibilityProblems(page)).toEqual([])
  await page.goto(`${server.url}/console/work-orders?scope=area`)
  await page.locator('[data-order]').getByText('清洗滤网').click(SOON)
  await page.getByTestId('state').waitFor(SOON)

  await page.goto(`${server.url}/console/plans`)
  await page.locator('[data-act=pause]').click(SOON)
  await page.locator('[data-act=resume]').waitFor(SOON)
  await page.locator('[data-act=resume]').click()
  await page.locator('[data-act=pause]').waitFor(SOON)
  expect(problems).toEqual([])
})
