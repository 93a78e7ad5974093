import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { checkLoad } from '../src/load/load-check.ts'
import type { LoadPlan } from '../src/load/load-plan.ts'
import { isWhole, reportLines } from '../src/load/load-report.ts'
import { runLoad } from '../src/load/load-run.ts'
import { type Harbor, districtsOfPart, makeSecrets, startHarbor, usageOf } from './rig.ts'

/** A process may open 20,000 files here; a broker needs some for its store. */
const GATEWAYS_PER_BROKER = 17_000
/** Stations of China (docs/domain.md 1.1). */
const COUNTRY = 192_000

export interface CountryOptions {
  gateways: number
  minutes: number
  print: (line: string) => void
}

/**
 * A country: each gateway says 20 readings a minute. As many brokers and servers as one process' limit of files asks for, each pair
 * with its own districts. True when all was acknowledged and stored once.
 */
export async function benchCountry({ gateways, minutes, print }: CountryOptions): Promise<boolean> {
  const parts = Math.ceil(gateways / GATEWAYS_PER_BROKER)
  const folder = await mkdtemp(join(tmpdir(), 'harbor-country-'))
  const harbors: Harbor[] = []
  try {
    const secretsDir = join(folder, 'secrets')
    await makeSecrets(secretsDir)
    const startedMs = performance.now()
    for (let n = 0; n < parts; n++)
      harbors.push(
        await startHarbor({ gateways, districts: parts, only: districtsOfPart(parts, n, parts), secretsDir }),
      )
    print(
      `  ${parts} brokers and servers with ${gateways} gateways ready within ${((performance.now() - startedMs) / 1_000).toFixed(0)} s`,
    )
    return await measure(harbors, { gateways, minutes, print })
  } finally {
    for (const harbor of harbors) await harbor.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(harbors: readonly Harbor[], { gateways, minutes, print }: CountryOptions): Promise<boolean> {
  const plan: LoadPlan = {
    brokers: harbors.map(({ mqtt }) => mqtt),
    gateways,
    districts: harbors.length,
    intervalMs: 60_000,
    moments: 1,
    jitter: 0.2,
    connectsPerS: 1_000,
    backlogPacks: 0,
    durationMs: minutes * 60_000,
    drainMs: 60_000,
    seed: 'country',
    sampleEvery: Math.max(1, Math.floor(gateways / 20)),
  }
  const before = await usages(harbors)
  let connected: Awaited<ReturnType<typeof usages>> | undefined
  const result = await runLoad(plan, 1, {
    stopwatch: () => performance.now(),
    fleetKey: harbors[0]?.fleetKey,
    onRunning: () => {
      void usages(harbors).then(usage => (connected = usage))
    },
  })
  const after = await usages(harbors)
  const check = await checkLoad(result.samples, gateway => harbors[gateway % harbors.length]?.webUrl ?? '')
  for (const line of reportLines(plan, result, check)) print(`  ${line}`)
  const each = (bytes: number) => `${(bytes / gateways / 1_024).toFixed(1)} KB`
  const atUp = connected ?? after
  print(
    `  a connected gateway costs: broker ${each(atUp.broker.rssBytes - before.broker.rssBytes)} for its connection; at the end broker ${each(after.broker.rssBytes)}, server ${each(after.server.rssBytes)} all told`,
  )
  const cores = (ms: number) => ms / 1_000 / result.seconds
  const used = {
    broker: cores(after.broker.cpuMs - atUp.broker.cpuMs),
    server: cores(after.server.cpuMs - atUp.server.cpuMs),
  }
  const factor = COUNTRY / gateways
  print(
    `  cores: brokers ${used.broker.toFixed(2)}, servers ${used.server.toFixed(2)}, load ${cores(result.cpuMs).toFixed(2)}`,
  )
  print(
    `  ${COUNTRY} gateways, by proportion: brokers ${(used.broker * factor).toFixed(2)} cores and ${((after.broker.rssBytes * factor) / 2 ** 30).toFixed(1)} GB, servers ${(used.server * factor).toFixed(2)} cores and ${((after.server.rssBytes * factor) / 2 ** 30).toFixed(1)} GB, in ${Math.ceil(COUNTRY / GATEWAYS_PER_BROKER)} pairs where a process may open 20,000 files`,
  )
  return result.connected === gateways && isWhole(result, check)
}

async function usages(harbors: readonly Harbor[]) {
  const total = { broker: { cpuMs: 0, rssBytes: 0 }, server: { cpuMs: 0, rssBytes: 0 } }
  for (const harbor of harbors) {
    for (const name of ['broker', 'server'] as const) {
      const { cpuMs, rssBytes } = await usageOf(harbor[name])
      total[name].cpuMs += cpuMs
      total[name].rssBytes += rssBytes
    }
  }
  return total
}
