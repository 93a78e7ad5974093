import { existsSync } from 'node:fs'
import { type Browser, type Page, chromium } from 'playwright-core'

/** A five-year-old phone's screen. */
export const PHONE = { width: 360, height: 740 }

/** The system's own Chromium, headless. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
  return chromium.launch({
    ...(executablePath === undefined ? { channel: 'chrome' } : { executablePath }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** A page that fails the test on any error of its own: an exception, or a script or style that its policy blocked. */
export async function openPage(browser: Browser, locale: 'zh-CN' | 'en'): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({ viewport: PHONE, locale, timezoneId: 'Asia/Shanghai' })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', error => problems.push(error.message))
  page.on('console', message => {
    if (message.type() === 'error' && /Content Security Policy|Uncaught/.test(message.text()))
      problems.push(message.text())
  })
  return { page, problems }
}
