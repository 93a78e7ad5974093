import axe, { type AxeResults } from 'axe-core'
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, type Page, chromium } from 'playwright-core'

export const CHROMIUM_ARGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Debian's Chromium, or another one of the system's, headless and calling nobody. */
export function launchChromium(args: readonly string[] = CHROMIUM_ARGS): Promise<Browser> {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
  return chromium.launch({
    ...(executablePath === undefined ? { channel: 'chrome' } : { executablePath }),
    args: [...args],
  })
}

export interface Phone {
  page: Page
  /** What the page did wrong by itself: exceptions, and whatever its security policy blocked. */
  problems: string[]
  close: () => Promise<void>
}

/** A cheap phone whose own clock is in another zone than the stations'. */
export async function openPhone(browser: Browser, options: BrowserContextOptions = {}): Promise<Phone> {
  const context = await browser.newContext({
    viewport: { width: 360, height: 740 },
    locale: 'zh-CN',
    timezoneId: 'Europe/Berlin',
    hasTouch: true,
    ...options,
  })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', error => problems.push(error.message))
  page.on('console', message => {
    if (/Content Security Policy|Uncaught/.test(message.text())) problems.push(message.text())
  })
  return { page, problems, close: () => context.close() }
}

/** What of axe-core runs in the page. */
interface Engine {
  run: (context: Document, options: object) => Promise<AxeResults>
}

/** axe-core's violations on the page as it stands, each in one line. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { axe: engine } = window as unknown as { axe: Engine }
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
    const { violations } = await engine.run(document, { runOnly: { type: 'tag', values: tags } })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(node => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
    )
  })
}
