import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FinderFilter } from '@harbor/protocol'
import { randomOf } from './country.ts'
import type { KnownStation, ServerAnswer, ServerOrder, ViewerAnswer, ViewerOrder } from './messages.ts'

const SEED = 20260729
const STATIONS = 200_000
const VIEWERS = 10_000
const VIEWER_PROCESSES = 4
const CHANGES_PER_SECOND = 100
const MEASURED_S = 30
/** The targets. */
const MAX_VIEW_P95_MS = 30
const MAX_TOLD_P99_MS = 1_000

type Ready = Extract<ServerAnswer, { kind: 'ready' }>

/** The server under test, and where figures go. */
interface Bench {
  ready: Ready
  child: ChildProcess
  print: (line: string) => void
}

/** Measures both, prints the figures, and says whether the targets are met. */
export async function benchFinder(
  print: (line: string) => void,
  { stations = STATIONS, viewers = VIEWERS, only = '' } = {},
): Promise<boolean> {
  const dataDir = await mkdtemp(join(tmpdir(), 'harbor-bench-finder-'))
  const child = start(
    'server-child.ts',
    [dataDir, String(stations), String(SEED)],
    ['--expose-gc', '--max-old-space-size=6144'],
  )
  try {
    const ready = (await answerOf<ServerAnswer>(child, 'ready')) as Ready
    print(
      `${stations} stations: listens after ${ready.startS.toFixed(1)} s, finds what is typed after ${ready.indexS.toFixed(1)} s; memory ${ready.rssMb} MB, of which ${ready.rssMb - ready.rssBeforeMb} since the start of the server`,
    )
    print(`machine: ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`)
    const areViewsMet = only === 'viewers' || (await benchViews({ ready, child, print }))
    const areViewersMet = only === 'views' || (await benchViewers({ ready, child, print }, viewers))
    return areViewsMet && areViewersMet
  } finally {
    order(child, { kind: 'stop' })
    if (child.exitCode === null) await new Promise(resolve => child.once('exit', resolve))
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Panning, nearest stations and typing, while a hundred stations a second change. */
async function benchViews({ ready: { url, stations }, child, print }: Bench): Promise<boolean> {
  const random = randomOf(SEED)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const city = largestCity(stations)
  order(child, { kind: 'change', perSecond: CHANGES_PER_SECOND, city })
  const filterSets: FinderFilter[][] = [
    [],
    [],
    ['open'],
    ['open', 'space'],
    ['open', 'toilet', 'charging'],
    ['night'],
    ['cooling'],
    ['open', 'microwave'],
  ]
  const filters = () => `&f=${pick(filterSets).join()}`
  /** A phone that pans: a few steps from place to place at one zoom, then another zoom. */
  const boxes = function* () {
    for (;;) {
      const { latDeg, lngDeg } = pick(stations)
      const zoom = 3 + Math.floor(random() * 16)
      // A screen of 360 × 740 pixels and as much again around it.
      const width = (720 / 256 / 2 ** zoom) * 360
      const height = width * 2 * Math.cos((latDeg * Math.PI) / 180)
      const part = filters()
      for (let step = 0; step < 4; step++) {
        const west = lngDeg + (step - 2) * width * 0.3
        const box = [west - width / 2, latDeg - height / 2, west + width / 2, latDeg + height / 2]
        yield `box=${box.map((deg, n) => Math.max(n % 2 ? -85 : -180, Math.min(n % 2 ? 85 : 180, deg)).toFixed(5)).join()}&zoom=${zoom}${part}`
      }
    }
  }
  const box = boxes()
  const anywhere = () => {
    const { latDeg, lngDeg } = pick(stations)
    return `lat=${latDeg.toFixed(3)}&lng=${lngDeg.toFixed(3)}`
  }
  const typed = [
    '解放',
    '解放路',
    'jf',
    'jfl',
    'jiefanglu',
    'ldzgw',
    '建设银行',
    'gongce',
    '人民路 公厕',
    'harbor renmin',
    'yinghang',
    'changjing',
    's-500103-001',
    '公园',
    'xinhua',
    '朝阳北路加油站',
    'cy',
    '党群',
    'pharmacy',
    '渝中',
  ]
  const kinds: [string, number, () => string, number][] = [
    ['view', 3_000, () => `stations/view?${box.next().value}`, MAX_VIEW_P95_MS],
    [
      'view, country',
      500,
      () => `stations/view?box=100,20,122,44&zoom=${4 + Math.floor(random() * 3)}${filters()}`,
      MAX_VIEW_P95_MS,
    ],
    ['near', 2_000, () => `stations/near?${anywhere()}${filters()}`, MAX_VIEW_P95_MS],
    ['search', 1_000, () => `stations/search?q=${encodeURIComponent(pick(typed))}&${anywhere()}`, MAX_VIEW_P95_MS],
    ['cities', 200, () => 'cities', MAX_VIEW_P95_MS],
  ]
  let isMet = true
  print(
    `${'answer'.padEnd(16)} ${['p50 ms', 'p95 ms', 'p99 ms', 'max ms', 'KB'].map(text => text.padStart(8)).join(' ')}  server CPU ms each, longest stall ms`,
  )
  for (const [name, count, path, maxMs] of kinds) {
    await measured(child)
    const tookMs: number[] = []
    let bytes = 0
    for (let n = 0; n < count; n++) {
      const startedMs = performance.now()
      const answer = await fetch(`${url}api/v1/${path()}`, { headers: { 'accept-encoding': 'br' } })
      bytes += (await answer.arrayBuffer()).byteLength
      tookMs.push(performance.now() - startedMs)
      if (!answer.ok) throw new Error(`${name}: ${answer.status}`)
    }
    const { cpuS, stallMs } = await measured(child)
    const row = [50, 95, 99, 100].map(percent => percentile(tookMs, percent).toFixed(1).padStart(8))
    print(
      `${name.padEnd(16)} ${row.join(' ')} ${(bytes / count / 1_000).toFixed(1).padStart(8)}  ${((cpuS * 1_000) / count).toFixed(1)}  ${stallMs}`,
    )
    if (percentile(tookMs, 95) > maxMs) isMet = false
  }
  order(child, { kind: 'rest' })
  const listStartedMs = performance.now()
  const list = await fetch(`${url}api/v1/cities/${city}/stations`, { headers: { 'accept-encoding': 'br' } })
  const firstMs = performance.now() - listStartedMs
  const listBytes = Number(list.headers.get('content-length'))
  const text = await list.text()
  print(
    `a city's list of ${stations.filter(({ district }) => district.startsWith(city)).length} stations: ${(text.length / 1_000).toFixed(0)} K characters, ${(listBytes / 1_000).toFixed(0)} KB (br); made in ${firstMs.toFixed(0)} ms, once`,
  )
  return isMet
}

/** Everybody looks at one city, and all that changes is there: the worst that these numbers can be. */
async function benchViewers({ ready: { url, stations }, child, print }: Bench, viewers: number): Promise<boolean> {
  const random = randomOf(SEED + 2)
  const city = largestCity(stations)
  const there = stations.filter(({ district }) => district.startsWith(city))
  const children = Array.from({ length: VIEWER_PROCESSES }, () => start('viewers-child.ts', [], []))
  try {
    const before = await measured(child, { collect: true })
    await seconds(1)
    const opened = await Promise.all(
      children.map(async viewer => {
        const looks = Array.from({ length: viewers / VIEWER_PROCESSES }, () => lookAround(there, random))
        const answer = answerOf<ViewerAnswer>(viewer, 'opened')
        order(viewer, { kind: 'open', url, looks, perSecond: 50 })
        return (await answer) as Extract<ViewerAnswer, { kind: 'opened' }>
      }),
    )
    const connected = opened.reduce((sum, answer) => sum + answer.connected, 0)
    const retries = opened.reduce((sum, answer) => sum + answer.failed, 0)
    const idle = await measured(child, { collect: true })
    order(child, { kind: 'change', perSecond: CHANGES_PER_SECOND, city })
    await seconds(3)
    await measured(child)
    for (const viewer of children) order(viewer, { kind: 'begin' })
    await seconds(MEASURED_S)
    const busy = await measured(child)
    const reports = await Promise.all(
      children.map(async viewer => {
        const answer = answerOf<ViewerAnswer>(viewer, 'report')
        order(viewer, { kind: 'report' })
        return (await answer) as Extract<ViewerAnswer, { kind: 'report' }>
      }),
    )
    order(child, { kind: 'rest' })
    const delaysMs = reports.flatMap(({ delaysMs: some }) => some)
    const messages = reports.reduce((sum, report) => sum + report.messages, 0)
    const lost = reports.reduce((sum, report) => sum + report.lost, 0)
    print(
      `${connected} of ${viewers} viewers connected, all looking at a city of ${there.length} stations; ${(((idle.rssMb - before.rssMb) * 1_000) / connected).toFixed(0)} KB of memory each, of which ${(((idle.heapMb - before.heapMb) * 1_000) / connected).toFixed(0)} KB of JavaScript's`,
    )
    print(
      `connecting and its first look: ${((idle.cpuS * 1_000) / connected).toFixed(1)} ms of the server's CPU each, longest stall ${idle.stallMs} ms; ${retries} tries more than viewers`,
    )
    print(
      `${(busy.changed / MEASURED_S).toFixed(0)} changes a second → ${(messages / MEASURED_S).toFixed(0)} messages, ${(delaysMs.length / MEASURED_S).toFixed(0)} stations told a second; lost connections ${lost}`,
    )
    print(
      `from reading to client: p50 ${percentile(delaysMs, 50)} ms, p95 ${percentile(delaysMs, 95)} ms, p99 ${percentile(delaysMs, 99)} ms, max ${percentile(delaysMs, 100)} ms`,
    )
    print(
      `server: ${((busy.cpuS / MEASURED_S) * 100).toFixed(0)} % of a core, ${busy.rssMb} MB, longest stall ${busy.stallMs} ms; load ${loadavg()[0]?.toFixed(1)}`,
    )
    return connected === viewers && lost === 0 && delaysMs.length > 0 && percentile(delaysMs, 99) <= MAX_TOLD_P99_MS
  } finally {
    for (const viewer of children) {
      order(viewer, { kind: 'stop' })
      await new Promise(resolve => viewer.once('exit', resolve))
    }
  }
}

/** A phone's map, some 2.5 by 4 km, around a station, and the twenty stations of the list beside it. */
function lookAround(there: readonly KnownStation[], random: () => number) {
  const { latDeg, lngDeg } = there[Math.floor(random() * there.length)] as KnownStation
  const box: [number, number, number, number] = [lngDeg - 0.013, latDeg - 0.018, lngDeg + 0.013, latDeg + 0.018]
  const near = there
    .filter(station => Math.abs(station.latDeg - latDeg) < 0.05 && Math.abs(station.lngDeg - lngDeg) < 0.05)
    .map(station => ({ id: station.id, far: (station.latDeg - latDeg) ** 2 + (station.lngDeg - lngDeg) ** 2 }))
    .sort((a, b) => a.far - b.far)
  return { box, stations: near.slice(0, 20).map(({ id }) => id) }
}

function largestCity(stations: readonly KnownStation[]): string {
  const counts = Map.groupBy(stations, ({ district }) => district.slice(0, 4))
  return [...counts].sort(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? ''
}

function start(file: string, args: readonly string[], execArgv: readonly string[]): ChildProcess {
  return fork(join(import.meta.dirname, file), [...args], { execArgv: [...execArgv] })
}

function order(child: ChildProcess, message: ServerOrder | ViewerOrder): void {
  if (child.connected) child.send(message)
}

async function answerOf<Answer extends { kind: string }>(child: ChildProcess, kind: Answer['kind']): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error('a process of the benchmark ended before its answer'))
    const onMessage = (answer: Answer) => {
      if (answer.kind !== kind) return
      child.off('message', onMessage)
      child.off('exit', onExit)
      resolve(answer)
    }
    child.on('message', onMessage)
    child.once('exit', onExit)
  })
}

async function measured(
  child: ChildProcess,
  { collect = false } = {},
): Promise<Extract<ServerAnswer, { kind: 'measured' }>> {
  const answer = answerOf<ServerAnswer>(child, 'measured')
  order(child, { kind: 'measure', collect })
  return (await answer) as Extract<ServerAnswer, { kind: 'measured' }>
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN
}

const seconds = (count: number) => new Promise(resolve => setTimeout(resolve, count * 1_000))
