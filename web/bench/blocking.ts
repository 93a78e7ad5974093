import type { Browser } from 'playwright-core'

/** As Lighthouse: a cheap phone against the machine that this runs on. */
const PROCESSOR_SLOWDOWN = 4
/** What a task may take before it holds up a finger: the rest counts as blocking (web.dev, "Total Blocking Time"). */
const FREE_MS = 50
/** After the map is there, the live link and what is kept have their turn. */
const REST_MS = 4_000

/** What is read of an event of Chromium's traces: times in microseconds, `tdur` the processor's own. */
interface TraceEvent {
  name: string
  pid: number
  tid: number
  ts: number
  tdur?: number
  args: { name?: string }
}

/**
 * How long the page's main thread is held up after its first paint, in ms of a processor four times as slow: as Lighthouse's
 * total blocking time, but by the processor time of each task, which other programs on the machine do not lengthen.
 */
export async function measureBlocking(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 412, height: 823 }, locale: 'zh-CN', hasTouch: true })
  try {
    const page = await context.newPage()
    await browser.startTracing(page, {
      categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel', 'loading'],
    })
    await page.goto(url)
    await page.waitForSelector('.leaflet-marker-icon', { timeout: 60_000 })
    await page.waitForTimeout(REST_MS)
    const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] }
    return blockingMs(trace.traceEvents)
  } finally {
    await context.close()
  }
}

function blockingMs(events: readonly TraceEvent[]): number {
  const paint = events.find(({ name }) => name === 'firstContentfulPaint')
  if (paint === undefined) return Number.NaN
  const main = events.find(
    ({ name, pid, args }) => name === 'thread_name' && pid === paint.pid && args.name === 'CrRendererMain',
  )
  return events
    .filter(
      ({ name, pid, tid, ts }) => name.endsWith('RunTask') && pid === paint.pid && tid === main?.tid && ts >= paint.ts,
    )
    .map(({ tdur = 0 }) => (tdur / 1_000) * PROCESSOR_SLOWDOWN)
    .reduce((sum, taskMs) => sum + Math.max(0, taskMs - FREE_MS), 0)
}
