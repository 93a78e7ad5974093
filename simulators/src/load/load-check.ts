import { telemetrySchema } from '@harbor/protocol'
import { SimulatorsError } from '../errors.ts'
import { loadDevice, loadStation } from './load-fleet.ts'
import type { LoadResult } from './load-run.ts'

/** What the server has of the sampled gateways, beside what it acknowledged to them. */
export interface LoadCheck {
  gateways: number
  /** Moments that were acknowledged. */
  acked: number
  /** Acknowledged, and not in the store. */
  missing: number
  /** In the store more than once. */
  doubles: number
}

/** One answer of the server carries so many points of a station's series together. */
const MAX_POINTS = 20_000
/** More stations than this are not asked for, so that the check takes seconds. */
const MAX_STATIONS = 25

/**
 * Asks the server's API for what was acknowledged to the sampled gateways: the power of each one's first plug.
 *
 * @param serverUrlOf the server of a gateway's district, without a trailing slash
 * @throws SimulatorsError SIMULATORS_NOT_RUNNING when a server does not answer.
 */
export async function checkLoad(
  samples: LoadResult['samples'],
  serverUrlOf: (gateway: number) => string,
): Promise<LoadCheck> {
  const check: LoadCheck = { gateways: 0, acked: 0, missing: 0, doubles: 0 }
  for (const { gateway, timesMs } of samples.slice(0, MAX_STATIONS)) {
    const [first] = timesMs
    const last = timesMs.at(-1)
    if (first === undefined || last === undefined || timesMs.length > MAX_POINTS / 3) continue
    const stored = await storedTimes(serverUrlOf(gateway), gateway, { fromMs: first, toMs: last + 1 })
    const known = new Set(stored)
    check.gateways += 1
    check.acked += timesMs.length
    check.missing += timesMs.filter(timeMs => !known.has(timeMs)).length
    check.doubles += stored.length - known.size
  }
  return check
}

async function storedTimes(
  serverUrl: string,
  gateway: number,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<number[]> {
  const url = `${serverUrl}/api/v1/stations/${loadStation(gateway)}/telemetry?metric=power&from=${fromMs}&to=${toMs}`
  const response = await fetch(url)
  if (!response.ok) throw new SimulatorsError('SIMULATORS_NOT_RUNNING', `GET ${url}: ${response.status}`)
  const { series } = telemetrySchema.parse(await response.json())
  const points = series.find(({ device }) => device === loadDevice(gateway, 'fridge-plug'))?.points ?? []
  return points.map(([timeMs]) => timeMs ?? Number.NaN)
}

/**
 * The numbers of a process' `/metrics` page, by the name and labels of the line.
 *
 * @throws SimulatorsError SIMULATORS_NOT_RUNNING when it does not answer.
 */
export async function readMetrics(url: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(url)
  if (!response.ok) throw new SimulatorsError('SIMULATORS_NOT_RUNNING', `GET ${url}: ${response.status}`)
  const lines = (await response.text()).split('\n').filter(line => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map(line => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}
