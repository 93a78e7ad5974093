import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import type { LoadOrder, LoadWord } from './load-plan.ts'
import { type LoadWorker, createLoadWorker } from './load-worker.ts'

/** How often the parent hears how it goes. */
const REPORT_EVERY_MS = 1_000

// One process of a load: `load-run.ts` starts it with a channel, over which it is told what to do.
let worker: LoadWorker | undefined
let reporting: NodeJS.Timeout | undefined

const say = (word: LoadWord) => void process.send?.(word)

process.on('message', (order: LoadOrder) => {
  if (order.kind === 'start') start(order)
  else void run()
})
process.on('disconnect', () => process.exit(0))

function start({ plan, share, fleetKey }: Extract<LoadOrder, { kind: 'start' }>): void {
  const created = createLoadWorker(
    plan,
    { share, fleetKey },
    { nowMs: Date.now, stopwatch: () => performance.now(), runId: randomBytes(6).toString('hex') },
  )
  worker = created
  reporting = setInterval(() => say({ kind: 'counts', report: created.report() }), REPORT_EVERY_MS)
  void created.connect().then(() => say({ kind: 'connected' }))
}

async function run(): Promise<void> {
  if (worker === undefined) return
  const before = process.cpuUsage()
  await worker.run()
  clearInterval(reporting)
  const { user, system } = process.cpuUsage(before)
  const memoryBytes = process.memoryUsage.rss()
  const [report, samples] = [worker.report(), worker.samples()]
  worker.stop()
  say({ kind: 'done', report, samples, memoryBytes, cpuMs: (user + system) / 1_000 })
}
