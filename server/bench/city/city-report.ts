import type { CityAlert, CityRun } from './city-run.ts'
import type { CityCourse, CityHeader } from './city-stream.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/**
 * What each fault of the simulators is to be told by, any one of the first list; the others are right to speak as well, for they are
 * what it leads to.
 */
const EXPECTED: Readonly<Record<string, { rules: readonly string[]; alsoRight: readonly string[] }>> = {
  'fridge compressor-dead': { rules: ['fridge_too_warm', 'fridge_compressor_never_starts'], alsoRight: [] },
  'fridge stuck-on': {
    rules: ['fridge_compressor_never_stops'],
    alsoRight: ['fridge_too_cold', 'fridge_runs_too_much', 'fridge_duty_drift', 'fridge_door_open'],
  },
  'fridge door-ajar': {
    rules: ['fridge_too_warm', 'fridge_compressor_never_stops', 'fridge_runs_too_much', 'fridge_door_open'],
    alsoRight: ['fridge_duty_drift'],
  },
  'fridge plug-off': { rules: ['plug_switched_off'], alsoRight: [] },
  'air_conditioner no-cooling': {
    rules: ['ac_does_not_cool'],
    alsoRight: ['room_too_hot', 'room_too_cold', 'ac_cooling_drift', 'ac_room_stays_hot', 'room_heat_danger'],
  },
  'air_conditioner fan-only': {
    rules: ['ac_fan_only'],
    alsoRight: ['room_too_hot', 'room_too_cold', 'ac_room_stays_hot', 'room_heat_danger'],
  },
  'air_conditioner plug-off': {
    rules: ['plug_switched_off'],
    alsoRight: ['room_too_hot', 'room_too_cold', 'room_heat_danger'],
  },
  'microwave dead': { rules: ['microwave_dead'], alsoRight: [] },
  'microwave no-heat': { rules: ['microwave_does_not_heat'], alsoRight: [] },
  'microwave plug-off': { rules: ['plug_switched_off'], alsoRight: [] },
  'water_dispenser stuck-heating': { rules: ['water_heats_without_end'], alsoRight: ['water_heats_at_night'] },
  'water_dispenser not-heating': { rules: ['water_not_heating'], alsoRight: [] },
  'water_dispenser plug-off': { rules: ['plug_switched_off'], alsoRight: [] },
}

/** What a cut or a dead line is told by, and what it truly leads to within hours after. */
const OF_EVENTS: ReadonlySet<string> = new Set([
  'station_mains_failure',
  'gateway_offline',
  'devices_offline',
  'device_offline',
])
const AFTER_A_CUT: ReadonlySet<string> = new Set([
  'fridge_too_warm',
  'room_too_hot',
  'room_too_cold',
  'room_heat_danger',
])
const AFTER_MS = 4 * HOUR_MS

/** Why an alert was told. */
export type Verdict = 'found' | 'follows' | 'event' | 'false'

/** Judges a told alert against what truly happened at its station. */
export function judge({ alert, toldAtMs }: CityAlert, course: CityCourse): Verdict {
  const atMs = toldAtMs[0] ?? 0
  const { fault, cuts, outages, reboots, isLeftHeating } = course
  if (isLeftHeating && alert.rule === 'water_heats_at_night') return 'found'
  if (fault !== undefined && atMs >= fault.fromMs) {
    const expected = EXPECTED[`${fault.kind} ${fault.fault}`]
    if (expected?.rules.includes(alert.rule) === true) return 'found'
    if (expected?.alsoRight.includes(alert.rule) === true) return 'follows'
  }
  const isAfter = (spans: CityCourse['cuts']) =>
    spans.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs + AFTER_MS)
  if (OF_EVENTS.has(alert.rule) && (isAfter(cuts) || isAfter(outages) || isAfter(reboots))) return 'event'
  if (AFTER_A_CUT.has(alert.rule) && isAfter(cuts)) return 'event'
  return 'false'
}

/** What the run came to, as lines to print; `falseAlerts` is what must be none. */
export function cityReport(
  header: CityHeader,
  { alerts, readings, stationDays }: CityRun,
): { lines: string[]; falseAlerts: number; missed: number } {
  const courses = new Map(header.courses.map(({ station, course }) => [station, course]))
  const byRule = new Map<string, Record<Verdict | 'held', number>>()
  const examples: string[] = []
  let falseAlerts = 0
  for (const entry of alerts) {
    const { rule, station, evidence } = entry.alert
    const row = byRule.get(rule) ?? { found: 0, follows: 0, event: 0, false: 0, held: 0 }
    byRule.set(rule, row)
    const course = courses.get(station)
    if (entry.toldAtMs.length === 0 || course === undefined) row.held += 1
    else {
      const verdict = judge(entry, course)
      row[verdict] += 1
      if (verdict === 'false') {
        falseAlerts += 1
        examples.push(`  ${rule} at ${station}: ${JSON.stringify(evidence)}`)
      }
    }
  }
  const lines = [
    `${header.fleet.stations.length} stations, ${stationDays.toFixed(0)} station-days (four appliances each), ${readings} readings`,
    `${'rule'.padEnd(34)}  found follows  event   held  FALSE`,
    ...[...byRule.entries()]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([rule, { found, follows, event, held, false: wrong }]) =>
        [rule.padEnd(34), ...[found, follows, event, held, wrong].map(count => String(count).padStart(6))].join(' '),
      ),
    ...(examples.length === 0 ? [] : ['false alerts:', ...examples.slice(0, 40)]),
  ]
  const { lines: faultLines, missed } = faultTable(header, alerts)
  return { lines: [...lines, ...faultLines, `false alerts: ${falseAlerts}`], falseAlerts, missed }
}

function faultTable(header: CityHeader, alerts: readonly CityAlert[]): { lines: string[]; missed: number } {
  const rows = new Map<string, { of: number; foundMs: number[]; by: Set<string>; missed: string[] }>()
  for (const { station, course } of header.courses) {
    const { fault } = course
    if (fault === undefined) continue
    const name = `${fault.kind} ${fault.fault}`
    const row = rows.get(name) ?? { of: 0, foundMs: [], by: new Set(), missed: [] }
    rows.set(name, row)
    row.of += 1
    const found = alerts
      .filter(({ alert }) => alert.station === station && EXPECTED[name]?.rules.includes(alert.rule) === true)
      .flatMap(({ alert, toldAtMs }) => toldAtMs.map(atMs => ({ atMs, rule: alert.rule })))
      .filter(({ atMs }) => atMs >= fault.fromMs)
      .toSorted((a, b) => a.atMs - b.atMs)[0]
    if (found === undefined) row.missed.push(station)
    else {
      row.foundMs.push(found.atMs - fault.fromMs)
      row.by.add(found.rule)
    }
  }
  if (rows.size === 0) return { lines: [], missed: 0 }
  const lines = [...rows.entries()].map(([name, { of, foundMs, by, missed }]) => {
    const middle = foundMs.toSorted((a, b) => a - b)[Math.floor(foundMs.length / 2)]
    const slowest = Math.max(...foundMs)
    const times = middle === undefined ? '' : `middle ${duration(middle)}, slowest ${duration(slowest)}`
    const missing = missed.length === 0 ? '' : `  MISSED at ${missed.join(', ')}`
    return `${name.padEnd(32)} ${foundMs.length} of ${of}  ${times.padEnd(38)} ${[...by].join(', ')}${missing}`
  })
  return {
    lines: ['', 'faults', ...lines],
    missed: [...rows.values()].reduce((sum, row) => sum + row.missed.length, 0),
  }
}

function duration(ms: number): string {
  return ms < 2 * HOUR_MS ? `${Math.round(ms / MINUTE_MS)} min` : `${(ms / HOUR_MS).toFixed(1)} h`
}
