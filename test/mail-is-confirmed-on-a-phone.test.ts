import { once } from 'node:events'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { PASSWORD, type RunningServer, startServer } from '../server/test/running-server.ts'
import { buildConsole } from '../web/console/test/built-console.ts'
import { accessibilityProblems, launchBrowser, openPhone } from '../web/console/test/open-console.ts'

const SOON = { timeout: 20_000 }

let webDir: string
let browser: Browser
let server: RunningServer
let smtp: SMTPServer
const letters: string[] = []

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'harbor-web-'))
  const built = await buildConsole()
  await cp(built.dir, join(webDir, 'console'), { recursive: true })
  await built.remove()
  await mkdir(join(webDir, 'finder'))
  await writeFile(join(webDir, 'finder/index.html'), '<!doctype html><title>finder</title>')
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      let text = ''
      stream.on('data', (part: Buffer) => (text += part.toString()))
      stream.on('end', () => {
        letters.push(text)
        done()
      })
    },
  })
  smtp.listen(0, '127.0.0.1')
  await once(smtp.server, 'listening')
  const { port } = smtp.server.address() as AddressInfo
  const mail = { SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'Harbor <harbor@example.org>' }
  ;[browser, server] = await Promise.all([launchBrowser(), startServer({ env: { WEB_DIR: webDir, ...mail } })])
})
afterAll(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
  await new Promise<void>(resolve => smtp.close(resolve))
  await rm(webDir, { recursive: true, force: true })
})

test.each([
  ['yuzhong', 'en', 'light'],
  ['yubei', 'zh-CN', 'dark'],
] as const)(
  '%s gives a mail address, confirms it by the code of its letter, and sees what came of a test (%s, %s)',
  async (login, locale, colorScheme) => {
    const { page, problems, close } = await openPhone(browser, { locale, colorScheme })
    onTestFinished(close)
    letters.length = 0
    await page.goto(`${server.url}/console/tell`)
    await page.locator('input[name=login]').fill(login)
    await page.locator('input[name=password]').fill(PASSWORD)
    await page.locator('button[type=submit]').click()
    await page.locator('input[name=mail]').fill(`${login}@example.org`)
    await page.locator('[data-part=choice] select').selectOption('en')
    await page.locator('[data-part=choice] button[type=submit]').click()
    const part = page.locator('[data-part=mail]')
    await part.waitFor(SOON)
    expect(await page.locator('[data-part=test]').count()).toBe(0)
    expect(await accessibilityProblems(page)).toEqual([])

    await part.getByRole('button').first().click()
    await vi.waitFor(() => expect(letters).toHaveLength(1), SOON)
    await part.locator('input[name=mail-code]').fill('00000-00000')
    await part.locator('button[type=submit]').click()
    await part.locator('[aria-invalid=true]').waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    const [, code = ''] = /Your code: (\w{5}-\w{5})/.exec(letters[0] ?? '') ?? []
    await part.locator('input[name=mail-code]').fill(code.toLowerCase())
    await part.locator('button[type=submit]').click()
    await page.locator('[data-part=mail][data-confirmed=true]').waitFor(SOON)

    await page.locator('[data-part=test] button').click()
    const told = page.locator('[data-part=test] [data-result]')
    await told.waitFor(SOON)
    expect(await told.getAttribute('data-result')).toBe('sent')
    expect(await told.textContent()).toContain(`${login}@example.org`)
    expect(letters).toHaveLength(2)
    expect(await accessibilityProblems(page)).toEqual([])
    expect(problems).toEqual([])
  },
)
