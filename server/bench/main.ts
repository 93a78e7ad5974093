import { performance } from 'node:perf_hooks'
import { benchAlertList } from './alert-list.ts'
import { benchCity } from './city/bench-city.ts'
import {
  type KindResult,
  benchCost,
  benchKind,
  benchStation,
  kindsToRun,
  stationKindsToRun,
} from './faults/bench-faults.ts'
import { ALERTS, ORDERS, benchOrders } from './work-orders/bench-work-orders.ts'
import { benchLatest } from './latest/bench-latest.ts'
import { benchFinder } from './finder/bench-finder.ts'
import { benchTelemetry } from './telemetry/bench-telemetry.ts'
import { benchUsage } from './usage/bench-usage.ts'
import { benchRollout } from './rollout/bench-rollout.ts'
import { benchFigures } from './figures/bench-figures.ts'

/** Runs of each kind. */
const RUNS = 50
/** What a rule must reach over its runs before it may speak. */
const TARGET = 0.98
/** False alerts in a hundred days of an appliance that works. */
const MAX_PER_HUNDRED_DAYS = 1
const MIN_PER_SECOND = 200_000
const MAX_STATE_BYTES = 1024
/** What a page of a list may take on the server. */
const MAX_LIST_P95_MS = 100
/** What a report over a year of a whole city may take. */
const MAX_REPORT_MS = 5_000

const [subject, only, part] = process.argv.slice(2)
if (subject === 'faults') benchFaults()
else if (subject === 'work-orders') await benchWorkOrders()
else if (subject === 'figures') await benchFigureReports()
else if (subject === 'usage')
  process.exitCode = (await benchUsage({
    now: () => performance.now(),
    print: line => console.log(line),
    keptFile: only,
    part,
  }))
    ? 0
    : 1
else if (subject === 'rollout')
  process.exitCode = (await benchRollout(only === undefined ? undefined : Number(only))) ? 0 : 1
else if (subject === 'finder') await benchFinderTargets()
else if (subject === 'latest') for await (const line of benchLatest()) console.log(line)
else if (subject === 'alerts')
  process.exitCode = (await benchAlertList(
    () => performance.now(),
    line => console.log(line),
  ))
    ? 0
    : 1
else if (subject === 'telemetry') await benchTelemetryTargets()
else if (subject === 'city')
  process.exitCode = (await benchCity(process.stdin, { which: only, print: line => console.log(line) })) ? 0 : 1
else {
  console.error(
    'bench: expected what to measure: npm run bench -w server -- faults [part of a name], alerts, work-orders, figures, usage [file [part of a name]], finder [views or viewers], latest, telemetry [devices [days [seconds between reports]]], rollout [gateways], or city (see server/bench/README.md)',
  )
  process.exitCode = 1
}

async function benchTelemetryTargets(): Promise<void> {
  const [, devices = '1000', days = '30', seconds = '60'] = process.argv.slice(2)
  const isMet = await benchTelemetry({
    devices: Number(devices),
    days: Number(days),
    everyMs: Number(seconds) * 1_000,
    now: () => performance.now(),
    print: line => console.log(line),
  })
  console.log(isMet ? 'every target is met' : 'a target is missed')
}

async function benchFinderTargets(): Promise<void> {
  const isMet = await benchFinder(line => console.log(line), only === undefined ? {} : { only })
  console.log(isMet ? 'every target is met' : 'a target is missed')
}

function benchFaults(): void {
  console.log(`${'kind'.padEnd(60)} runs recall precision   median    98 %  promised  false  days`)
  const told = (result: KindResult): KindResult => {
    console.log(lineOf(result))
    return result
  }
  const results = [
    ...kindsToRun(only).map(kind => told(benchKind(kind, RUNS))),
    ...stationKindsToRun(only).map(fault => told(benchStation(fault, RUNS))),
  ]
  const alerts = results.reduce((sum, { found, falseAlerts }) => sum + found + falseAlerts, 0)
  const falseAlerts = results.reduce((sum, result) => sum + result.falseAlerts, 0)
  const faulty = results.filter(({ kind }) => !kind.endsWith('healthy'))
  const found = faulty.reduce((sum, result) => sum + result.found, 0)
  const recall = faulty.length === 0 ? 1 : found / (faulty.length * RUNS)
  const precision = alerts === 0 ? 1 : (alerts - falseAlerts) / alerts
  const restarts = results.reduce((sum, result) => sum + result.restarts, 0)
  console.log(`all: recall ${recall.toFixed(3)}, precision ${precision.toFixed(3)}, ${restarts} restarts`)
  let isMet = results.every(isGood)
  for (const { rule, right, wrong } of byRule(results)) {
    if (wrong > 0) console.log(`${rule}: ${right} right, ${wrong} wrong over all runs, the healthy ones included`)
    if (right < TARGET * (right + wrong)) isMet = false
  }
  for (const cost of benchCost(() => performance.now())) {
    console.log(
      `${cost.of}: ${cost.perSecond} readings a second, ${(1e6 / cost.perSecond).toFixed(2)} µs each, ${cost.stateBytes} bytes of state a device`,
    )
    if (cost.perSecond < MIN_PER_SECOND || cost.stateBytes >= MAX_STATE_BYTES) isMet = false
  }
  const stateBytes = Math.max(...results.map(result => result.stateBytes))
  console.log(`largest state of a device in all runs: ${stateBytes} bytes`)
  console.log(isMet && stateBytes < MAX_STATE_BYTES ? 'every target is met' : 'a target is missed')
}

/** Of healthy ones precision says nothing: there it is alerts by the time they were watched. */
function isGood({ kind, recall, precision, falseAlerts, applianceDays }: KindResult): boolean {
  if (kind.endsWith('healthy')) return falseAlerts <= (applianceDays * MAX_PER_HUNDRED_DAYS) / 100
  return recall >= TARGET && precision >= TARGET
}

/** What each rule said over all runs. */
function byRule(results: readonly KindResult[]): { rule: string; right: number; wrong: number }[] {
  const count = (of: 'rightByRule' | 'falseByRule', rule: string) =>
    results.reduce((sum, result) => sum + (result[of][rule] ?? 0), 0)
  const rules = new Set(
    results.flatMap(result => [...Object.keys(result.rightByRule), ...Object.keys(result.falseByRule)]),
  )
  return [...rules].sort().map(rule => ({ rule, right: count('rightByRule', rule), wrong: count('falseByRule', rule) }))
}

function lineOf(result: KindResult): string {
  const {
    kind,
    runs,
    recall,
    precision,
    medianMinutes,
    slowMinutes,
    promisedMinutes,
    falseAlerts,
    applianceDays,
    falseByRule,
    missedSeeds,
  } = result
  const line = [
    kind.padEnd(60),
    String(runs).padStart(4),
    (kind.endsWith('healthy') ? '-' : recall.toFixed(2)).padStart(6),
    (kind.endsWith('healthy') ? '-' : precision.toFixed(3)).padStart(9),
    duration(medianMinutes).padStart(8),
    duration(slowMinutes).padStart(8),
    duration(promisedMinutes).padStart(8),
    String(falseAlerts).padStart(6),
    applianceDays.toFixed(0).padStart(5),
  ].join(' ')
  const missed = missedSeeds.length > 0 ? `  missed or late: seeds ${missedSeeds.join(', ')}` : ''
  const wrong = falseAlerts > 0 ? `  false: ${JSON.stringify(falseByRule)}` : ''
  return `${line}${missed}${wrong}`
}

function duration(minutes: number | undefined): string {
  if (minutes === undefined) return '-'
  return minutes < 120 ? `${Math.round(minutes)} min` : `${(minutes / 60).toFixed(1)} h`
}

async function benchFigureReports(): Promise<void> {
  const results = await benchFigures(() => performance.now())
  for (const { of, medianMs, maxMs } of results)
    console.log(`${of.padEnd(46)} median ${medianMs.toFixed(0)} ms, longest ${maxMs.toFixed(0)} ms`)
  console.log(
    results.every(({ days, medianMs }) => days > 366 || medianMs <= MAX_REPORT_MS)
      ? 'every target is met'
      : 'a target is missed',
  )
}

async function benchWorkOrders(): Promise<void> {
  const results = await benchOrders(() => performance.now())
  console.log(`${ALERTS} alerts that stand, ${ORDERS} work orders`)
  console.log(
    `${'question'.padEnd(46)} ${['rows', 'median', 'p95', 'cpu p95'].map(word => word.padStart(9)).join(' ')}`,
  )
  const ms = (value: number) => `${value.toFixed(1)} ms`.padStart(9)
  for (const { of, rows, medianMs, p95Ms, cpuP95Ms } of results)
    console.log(`${of.padEnd(46)} ${String(rows).padStart(9)} ${ms(medianMs)} ${ms(p95Ms)} ${ms(cpuP95Ms)}`)
  const slow = results.filter(({ isList, p95Ms }) => isList && p95Ms > MAX_LIST_P95_MS)
  console.log(slow.length === 0 ? 'every target is met' : `a target is missed: ${slow.map(({ of }) => of).join('; ')}`)
}
