import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { SimulatorsError } from '../errors.ts'
import { createHistogram } from './histogram.ts'
import type { LoadCounts, LoadOrder, LoadPlan, LoadWord } from './load-plan.ts'

/** What a whole load came to. */
export interface LoadResult extends LoadCounts {
  /** From when packs were due to when the last was acknowledged or given up, in s. */
  seconds: number
  /** From a pack's turn to the server's word that it is durable, in ms; undefined: none came. */
  latencyMs: { p50: number; p99: number; max: number } | undefined
  /** How long all took to connect, in s. */
  connectSeconds: number
  /** Of all processes together. */
  memoryBytes: number
  /** Processor time of all processes while packs were due. */
  cpuMs: number
  /** Of the sampled gateways: their numbers, and when each moment that was acknowledged was. */
  samples: { gateway: number; timesMs: number[] }[]
}

export interface LoadRunDeps {
  stopwatch: () => number
  /** From which the gateways' secrets are worked out; undefined: the broker asks for no name. */
  fleetKey: string | undefined
  /** How it goes: once a second. */
  onProgress?: (counts: LoadCounts, phase: 'connecting' | 'running') => void
  /** All are connected, and packs are due from now on. */
  onRunning?: () => void
}

/** So many connections a process has at most: its files are limited, and the ones beside sockets need some. */
export const CONNECTIONS_PER_PROCESS = 15_000

/**
 * Runs a load in processes of its own, and waits for its end.
 *
 * @throws SimulatorsError SIMULATORS_LOAD_UNUSABLE when one of them ends before its time.
 */
export async function runLoad(plan: LoadPlan, processes: number, deps: LoadRunDeps): Promise<LoadResult> {
  const latency = createHistogram()
  const step = Math.max(processes, Math.ceil(plan.gateways / CONNECTIONS_PER_PROCESS))
  const workers = Array.from({ length: step }, (_, first) => startWorker(plan, { first, step }, deps.fleetKey))
  const newest = workers.map((): LoadCounts => ({ ...NOTHING }))
  const ending = workers.map(({ child }) => once(child, 'exit'))
  let phase: 'connecting' | 'running' = 'connecting'
  let memoryBytes = 0
  let cpuMs = 0
  const samples: LoadResult['samples'] = []
  const reports = workers.map(({ child }, index) => {
    const heard = { connected: Promise.withResolvers<void>(), done: Promise.withResolvers<void>() }
    // Whoever waits for the other one must not be ended by this one's rejection.
    heard.done.promise.catch(() => undefined)
    child.on('message', (word: LoadWord) => {
      if (word.kind === 'connected') return heard.connected.resolve()
      newest[index] = word.report
      latency.merge(word.report.latency)
      if (word.kind === 'counts') return
      memoryBytes += word.memoryBytes
      cpuMs += word.cpuMs
      samples.push(...word.samples)
      heard.done.resolve()
    })
    child.on('exit', code => {
      const error = new SimulatorsError('SIMULATORS_LOAD_UNUSABLE', `load: a process ended before its time (${code})`)
      heard.connected.reject(error)
      heard.done.reject(error)
    })
    return heard
  })
  const progress = setInterval(() => deps.onProgress?.(sum(newest), phase), 1_000)
  const startedMs = deps.stopwatch()
  try {
    await Promise.all(reports.map(({ connected }) => connected.promise))
    const goMs = deps.stopwatch()
    phase = 'running'
    deps.onRunning?.()
    for (const { child } of workers) order(child, { kind: 'go' })
    await Promise.all(reports.map(({ done }) => done.promise))
    const [p50, p99, max] = [latency.quantile(0.5), latency.quantile(0.99), latency.quantile(1)]
    return {
      ...sum(newest),
      seconds: (deps.stopwatch() - goMs) / 1_000,
      connectSeconds: (goMs - startedMs) / 1_000,
      latencyMs: p50 === undefined || p99 === undefined || max === undefined ? undefined : { p50, p99, max },
      memoryBytes,
      cpuMs,
      samples,
    }
  } finally {
    clearInterval(progress)
    for (const { child } of workers) if (child.connected) child.disconnect()
    await Promise.all(ending)
  }
}

function startWorker(
  plan: LoadPlan,
  share: { first: number; step: number },
  fleetKey: string | undefined,
): { child: ChildProcess } {
  const child = fork(new URL('worker-process.ts', import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  order(child, { kind: 'start', plan, share, fleetKey })
  return { child }
}

function order(child: ChildProcess, what: LoadOrder): void {
  child.send(what)
}

const NOTHING: Readonly<LoadCounts> = {
  connected: 0,
  connects: 0,
  lost: {},
  due: 0,
  sent: 0,
  resent: 0,
  taken: 0,
  acked: 0,
  owed: 0,
  strange: 0,
}

function sum(all: readonly LoadCounts[]): LoadCounts {
  const total: LoadCounts = { ...NOTHING, lost: {} }
  for (const counts of all) {
    for (const key of ['connected', 'connects', 'due', 'sent', 'resent', 'taken', 'acked', 'owed', 'strange'] as const)
      total[key] += counts[key]
    for (const [reason, count] of Object.entries(counts.lost)) total.lost[reason] = (total.lost[reason] ?? 0) + count
  }
  return total
}
