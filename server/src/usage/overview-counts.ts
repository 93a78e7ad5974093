import type { OverviewCounts, OverviewState, StationView } from '@harbor/protocol'

/** Sensors that have not been heard for longer say nothing of now (as the space left in protocol/api.ts). */
const SILENT_MS = 10 * 60_000

export function noCounts(): OverviewCounts {
  return {
    stations: 0,
    open: 0,
    full: 0,
    closed: 0,
    closedButShouldBeOpen: 0,
    notConfirmed: 0,
    noHours: 0,
    offline: 0,
    peopleNow: 0,
    countedStations: 0,
    appliances: 0,
    appliancesWorking: 0,
    appliancesFaulty: 0,
    appliancesUnknown: 0,
    heatDanger: 0,
  }
}

/** What a station is now; exactly one. */
export function overviewStateOf({ hasSensors, heardAt, opening, space }: StationView, nowMs: number): OverviewState {
  if (hasSensors && (heardAt === undefined || nowMs - Date.parse(heardAt) > SILENT_MS)) return 'offline'
  if (opening.state === 'unknown') {
    if (opening.reason === 'said_shut') return 'closedButShouldBeOpen'
    return opening.reason === 'not_confirmed' ? 'notConfirmed' : 'noHours'
  }
  if (opening.state === 'closed') return 'closed'
  return space.state === 'full' ? 'full' : 'open'
}

/** People counted a short while ago; undefined: nobody counts. */
export function peopleIn({ space }: StationView): number | undefined {
  return space.state === 'unknown' ? undefined : space.people
}

export function isHeatDanger({ heat }: StationView): boolean {
  return heat === 'danger' || heat === 'extreme_danger'
}

/** Takes a station into `counts`. */
export function countIn(counts: OverviewCounts, view: StationView, nowMs: number): void {
  counts.stations += 1
  counts[overviewStateOf(view, nowMs)] += 1
  const people = peopleIn(view)
  if (people !== undefined) {
    counts.peopleNow += people
    counts.countedStations += 1
  }
  for (const { state } of view.appliances) {
    counts.appliances += 1
    if (state === 'working') counts.appliancesWorking += 1
    else if (state === 'faulty') counts.appliancesFaulty += 1
    else counts.appliancesUnknown += 1
  }
  if (isHeatDanger(view)) counts.heatDanger += 1
}

/** Adds `more` to `sum`, in place. */
export function addCounts(sum: OverviewCounts, more: OverviewCounts): OverviewCounts {
  for (const key of Object.keys(sum) as (keyof OverviewCounts)[]) sum[key] += more[key]
  return sum
}
