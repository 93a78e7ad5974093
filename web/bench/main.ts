import { writeSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { launchChromium } from '../finder/test/phone.ts'
import { auditPage } from './audit.ts'
import { measureBlocking } from './blocking.ts'
import { measureFirstScreen } from './first-screen.ts'
import { startBenchServer } from './bench-server.ts'

/**
 * `npm run bench -w web`: how long a worker on a weak network with an old phone waits for the nearest open stations, what it
 * costs them in bytes, and what Lighthouse says. Run it on a quiet machine: a busy one makes every time longer.
 *
 * `HARBOR_URL=http://127.0.0.1:8080/` measures a server that runs already, instead of the built pages on one of its own.
 */
const RUNS = 5
const BUDGET = { bytes: 120 * 1_024, cardsMs: 2_000, performance: 95 } as const

const say = (line: string) => writeSync(1, `${line}\n`)
const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
const mark = (good: boolean) => (good ? 'ok  ' : 'OVER')

const running = process.env['HARBOR_URL']
const server = running === undefined ? await startBenchServer() : { url: running, stop: async () => undefined }
try {
  say(`machine: ${cpus().length} cores, load ${loadavg()[0]?.toFixed(2)}; server: ${server.url}`)
  const browser = await launchChromium()
  const runs = []
  for (let run = 0; run < RUNS; run += 1) runs.push(await measureFirstScreen(browser, new URL(server.url)))
  const blocking = []
  for (let run = 0; run < RUNS; run += 1) blocking.push(await measureBlocking(browser, server.url))
  await browser.close()
  const cardsMs = median(runs.map(one => one.cardsMs))
  const bytes = median(runs.map(one => one.bytes))
  const allBytes = median(runs.map(one => one.bytesWithMap))
  say(`slow 4G (150 ms, 1.6 Mbit/s), processor 4 times slower, first visit, median of ${RUNS}:`)
  say(
    `${mark(cardsMs <= BUDGET.cardsMs)} nearest open stations on screen: ${(cardsMs / 1_000).toFixed(2)} s (at most 2.00)`,
  )
  say(`${mark(bytes <= BUDGET.bytes)} on the wire by then, headers and all: ${kb(bytes)} KB (at most 120)`)
  say(`     with map, base map, live link and the view's pins: ${kb(allBytes)} KB`)
  say(`     main thread held up after the first paint, by processor time: ${median(blocking).toFixed(0)} ms`)
  const audit = await auditPage(server.url, ['performance', 'accessibility', 'best-practices', 'seo'])
  const { performance: speed = 0, accessibility, seo } = audit.scores
  say(`${mark(speed >= BUDGET.performance)} Lighthouse performance ${speed} (at least 95)`)
  say(
    `     largest paint ${audit.timings?.largestPaintMs.toFixed(0)} ms, blocking ${audit.timings?.blockingMs.toFixed(0)} ms`,
  )
  say(`     accessibility ${accessibility}, best practices ${audit.scores['best-practices']}, SEO ${seo}`)
  for (const fault of audit.faults) say(`     ${fault}`)
} finally {
  await server.stop()
}

function kb(bytes: number): string {
  return (bytes / 1_024).toFixed(1)
}
