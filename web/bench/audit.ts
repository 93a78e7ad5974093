import lighthouse from 'lighthouse'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { CHROMIUM_ARGS, launchChromium } from '../finder/test/phone.ts'

export type Category = 'performance' | 'accessibility' | 'best-practices' | 'seo'

export interface AuditResult {
  /** 0 to 100. */
  scores: Partial<Record<Category, number>>
  /** What is not perfect: the audit's id and what it says. */
  faults: string[]
  /** Largest contentful paint and total blocking time, in ms, when performance was asked for. */
  timings: { largestPaintMs: number; blockingMs: number } | undefined
}

/**
 * Lighthouse's mobile audit of a page, in a fresh browser. Its performance is simulated for slow 4G and a processor four
 * times as slow as this one, so its figures move with how busy the machine is; the other categories do not.
 *
 * @throws Error when Lighthouse could not judge the page at all
 */
export async function auditPage(url: string, categories: readonly Category[]): Promise<AuditResult> {
  const port = await freePort()
  const browser = await launchChromium([...CHROMIUM_ARGS, `--remote-debugging-port=${port}`])
  try {
    const result = await lighthouse(url, { port, logLevel: 'error', output: 'json', onlyCategories: [...categories] })
    if (result === undefined || result.lhr.runtimeError !== undefined) {
      throw new Error(`Lighthouse: ${result?.lhr.runtimeError?.message ?? 'no result'}`)
    }
    const { lhr } = result
    const scores = Object.fromEntries(
      Object.entries(lhr.categories).map(([id, category]) => [id, Math.round((category.score ?? 0) * 100)]),
    )
    const weighed = new Set(
      Object.values(lhr.categories).flatMap(category =>
        category.auditRefs.flatMap(ref => (ref.weight > 0 ? ref.id : [])),
      ),
    )
    const faults = Object.values(lhr.audits).flatMap(({ id, score, title, displayValue }) =>
      score !== null && score < 1 && weighed.has(id) ? [`${id}: ${title} ${displayValue ?? ''}`.trim()] : [],
    )
    const value = (id: string) => lhr.audits[id]?.numericValue
    const [largestPaintMs, blockingMs] = [value('largest-contentful-paint'), value('total-blocking-time')]
    const timings =
      largestPaintMs === undefined || blockingMs === undefined ? undefined : { largestPaintMs, blockingMs }
    return { scores, faults, timings }
  } finally {
    await browser.close()
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise(done => server.close(done))
  return port
}
