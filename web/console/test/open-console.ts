import axe from 'axe-core'
import { type Browser, type Page, chromium } from 'playwright-core'
import { PASSWORD, PERSON } from './fixture-data.ts'

/** The smallest phone that the console is made for. */
const PHONE = { width: 360, height: 740 }
/** A manager's screen, and a wall's. */
export const DESK = { width: 1440, height: 900 }
export const WALL = { width: 1920, height: 1080 }

/** Debian's Chromium, headless, calling nobody. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
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

export interface OpenConsole {
  page: Page
  /** What went wrong on the page by itself: exceptions, and whatever its security policy blocked. */
  problems: string[]
  close: () => Promise<void>
}

/** A phone's browser in a language and a colour scheme; its own clock is elsewhere than the stations'. */
export function openPhone(browser: Browser, look: Look): Promise<OpenConsole> {
  return openScreen(browser, { ...look, viewport: PHONE })
}

export interface Look {
  locale: 'zh-CN' | 'en'
  colorScheme: 'light' | 'dark'
}

/** The same on a screen of another size. */
export async function openScreen(
  browser: Browser,
  { locale, colorScheme, viewport }: Look & { viewport: { width: number; height: number } },
): Promise<OpenConsole> {
  const context = await browser.newContext({
    viewport,
    locale,
    colorScheme,
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
    hasTouch: true,
  })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', error => problems.push(error.message))
  page.on('console', message => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      problems.push(message.text())
  })
  return { page, problems, close: () => context.close() }
}

/** Fills in the sign-in form as the fixture's person. */
export async function signIn(page: Page, password = PASSWORD): Promise<void> {
  await page.locator('input[name=login]').fill(PERSON.login)
  await page.locator('input[name=password]').fill(password)
  await page.locator('button[type=submit]').click()
}

/** What axe finds against WCAG 2.2 A and AA, one line each; and whether the page is wider than the screen. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  // Evaluated, not added as an element: the page's policy takes no script but its own.
  await page.evaluate(axe.source)
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
  })
  const overflowPx = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  return overflowPx > 0 ? [...found, `the page is ${overflowPx} px wider than the screen`] : found
}
