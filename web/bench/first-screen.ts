import type { Browser } from 'playwright-core'
import { SLOW_4G, startSlowLink } from './slow-link.ts'

/** As Lighthouse: a cheap phone against the machine that this runs on. */
const PROCESSOR_SLOWDOWN = 4

export interface FirstScreen {
  /** From the tap on the link until a station's card is painted. */
  cardsMs: number
  /** Bytes on the wire until then. */
  bytes: number
  /** Bytes on the wire until the map with its pins is there too. */
  bytesWithMap: number
}

/** A first visit with nothing kept, over a slow link on a slow phone whose position is known. */
export async function measureFirstScreen(browser: Browser, target: URL): Promise<FirstScreen> {
  const link = await startSlowLink(target, SLOW_4G)
  const context = await browser.newContext({
    viewport: { width: 360, height: 740 },
    deviceScaleFactor: 2,
    locale: 'zh-CN',
    hasTouch: true,
    permissions: ['geolocation'],
    geolocation: { latitude: 29.5586, longitude: 106.574 },
  })
  try {
    const page = await context.newPage()
    const devtools = await context.newCDPSession(page)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: PROCESSOR_SLOWDOWN })
    await page.addInitScript(() => {
      const look = () => {
        if (document.querySelector('[data-station]') === null) requestAnimationFrame(look)
        // The frame after the one in which it came to stand in the page is the one that shows it.
        else requestAnimationFrame(() => performance.mark('cards'))
      }
      requestAnimationFrame(look)
    })
    await page.goto(link.url, { waitUntil: 'commit' })
    await page.waitForFunction(() => performance.getEntriesByName('cards').length > 0, undefined, { timeout: 60_000 })
    const bytes = link.downBytes()
    const cardsMs = await page.evaluate(() => performance.getEntriesByName('cards')[0]?.startTime ?? Number.NaN)
    await page.waitForSelector('.leaflet-marker-icon', { timeout: 60_000 })
    await page.waitForSelector('path.outline-land', { state: 'attached', timeout: 60_000 })
    return { cardsMs, bytes, bytesWithMap: link.downBytes() }
  } finally {
    await context.close()
    await link.stop()
  }
}
