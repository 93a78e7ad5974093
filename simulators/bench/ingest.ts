import { performance } from 'node:perf_hooks'
import { type LoadCheck, checkLoad, readMetrics } from '../src/load/load-check.ts'
import type { LoadPlan } from '../src/load/load-plan.ts'
import { isWhole, readingsPerS, reportLines } from '../src/load/load-report.ts'
import { type LoadResult, runLoad } from '../src/load/load-run.ts'
import { type Harbor, type Usage, startHarbor, usageOf } from './rig.ts'

export interface IngestOptions {
  minutes: number
  gateways: number
  /** Readings a second that are offered. */
  rate: number
  /** Readings in a pack, a multiple of 20. */
  pack: number
  nodeOptions?: readonly string[]
  print: (line: string) => void
}

/** What the whole path did with a load. */
export interface IngestOutcome {
  plan: LoadPlan
  result: LoadResult
  check: LoadCheck
  /** Of broker and server, over the time that packs were due. */
  cpuUsPerReading: { broker: number; server: number }
  /** Of the server: once the load ran a while, and at its end. */
  serverRssBytes: { early: number; late: number; most: number }
  /** Readings that waited for the store, at most and at the end. */
  queue: { most: number; last: number }
  readingsPerS: number
  isWhole: boolean
}

export function ingestPlan(harbor: Pick<Harbor, 'mqtt'>, options: Omit<IngestOptions, 'print'>): LoadPlan {
  return {
    brokers: [harbor.mqtt],
    gateways: options.gateways,
    districts: 4,
    intervalMs: (options.gateways * options.pack * 1_000) / options.rate,
    moments: options.pack / 20,
    jitter: 0.2,
    connectsPerS: 1_000,
    backlogPacks: 0,
    durationMs: options.minutes * 60_000,
    drainMs: 30_000,
    seed: 'bench',
    sampleEvery: Math.max(1, Math.floor(options.gateways / 20)),
  }
}

/** A load through broker and server, with what it cost them. */
export async function measureIngest(options: IngestOptions): Promise<IngestOutcome> {
  const harbor = await startHarbor({ gateways: options.gateways, districts: 4, nodeOptions: options.nodeOptions ?? [] })
  try {
    return await measure(harbor, options)
  } finally {
    await harbor.stop()
  }
}

async function measure(harbor: Harbor, options: IngestOptions): Promise<IngestOutcome> {
  const plan = ingestPlan(harbor, options)
  let before: { broker: Usage; server: Usage } | undefined
  const rss: number[] = []
  const queue: number[] = []
  const look = setInterval(() => {
    void Promise.all([usageOf(harbor.server), readMetrics(`${harbor.webUrl}/metrics`)]).then(
      ([{ rssBytes }, metrics]) => {
        rss.push(rssBytes)
        queue.push(metrics.get('harbor_ingest_queue_readings') ?? 0)
      },
      // A server too busy to answer is seen in its delays.
      () => queue.push(Number.NaN),
    )
  }, 2_000)
  try {
    const result = await runLoad(plan, 1, {
      stopwatch: () => performance.now(),
      fleetKey: harbor.fleetKey,
      onRunning: () => {
        void usages(harbor).then(usage => (before = usage))
      },
    })
    const after = await usages(harbor)
    const readings = result.acked * options.pack
    const perReading = (name: 'broker' | 'server') =>
      ((after[name].cpuMs - (before?.[name].cpuMs ?? 0)) * 1_000) / Math.max(1, readings)
    const check = await checkLoad(result.samples, () => harbor.webUrl)
    const depths = queue.filter(depth => !Number.isNaN(depth))
    return {
      plan,
      result,
      check,
      cpuUsPerReading: { broker: perReading('broker'), server: perReading('server') },
      serverRssBytes: {
        early: rss[Math.floor(rss.length / 4)] ?? 0,
        late: rss.at(-1) ?? 0,
        most: Math.max(0, ...rss),
      },
      queue: { most: Math.max(0, ...depths), last: depths.at(-1) ?? 0 },
      readingsPerS: readingsPerS(plan, result),
      isWhole: isWhole(result, check),
    }
  } finally {
    clearInterval(look)
  }
}

async function usages({ broker, server }: Harbor): Promise<{ broker: Usage; server: Usage }> {
  return { broker: await usageOf(broker), server: await usageOf(server) }
}

/** One outcome, line by line. */
export function ingestLines(outcome: IngestOutcome): string[] {
  const { plan, result, check, cpuUsPerReading, serverRssBytes, queue } = outcome
  const mb = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MB`
  return [
    ...reportLines(plan, result, check).map(line => `  ${line}`),
    `  processor time a reading: broker ${cpuUsPerReading.broker.toFixed(2)} µs, server ${cpuUsPerReading.server.toFixed(2)} µs, load ${((result.cpuMs * 1_000) / Math.max(1, result.acked * plan.moments * 20)).toFixed(2)} µs`,
    `  server memory: ${mb(serverRssBytes.early)} after a quarter, ${mb(serverRssBytes.late)} at the end, ${mb(serverRssBytes.most)} at most; waiting for the store: ${queue.most} readings at most, ${queue.last} at the end`,
  ]
}
