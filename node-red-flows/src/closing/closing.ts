import type { StationDetail, StationView } from '@harbor/protocol'
import type { MarkBook } from '../ledger/mark-book.ts'
import { AGAIN_AFTER_MS, GIVE_UP_MS, PRECOOL_LEAD_MS, decideClosing, decidePrecool } from './decide.ts'

/** Stations that one round looks into; the rest follow in the next (chosen: so that commands leave at four a second within a round of two minutes). */
const MAX_LOOKED_INTO = 200

/** A command that a round asks for. */
export interface RelayCommand {
  station: string
  device: string
  action: 'relay-on' | 'relay-off'
  /** For people. */
  because: { zh: string; en: string }
}

export interface ClosingReport {
  commands: RelayCommand[]
  /** Stations that have closed with somebody inside. */
  occupied: number
  /** Stations that have closed and count nobody. */
  notCounted: number
}

export interface ClosingSource {
  /** Every station of the regions that may be switched. */
  stations: () => Promise<StationView[]>
  detail: (id: string) => Promise<StationDetail>
  /** Outside air of a district; undefined: not known, or stale. */
  outdoorC: (district: string) => number | undefined
}

/**
 * One round over the stations: what has closed is switched off once nobody is inside, what opens soon on a hot day is cooled. Each closing and each
 * opening is dealt with once, also over a restart: that a station was open, and what was done, is marked on disk. A station that was never seen
 * open is left alone.
 */
export async function closingRound(
  source: ClosingSource,
  marks: MarkBook,
  { nowMs, precoolFromC }: { nowMs: number; precoolFromC: number },
): Promise<ClosingReport> {
  const report: ClosingReport = { commands: [], occupied: 0, notCounted: 0 }
  let lookedInto = 0
  for (const station of await source.stations()) {
    const { id, opening } = station
    if (opening.state === 'open' || opening.state === 'closing_soon') {
      marks.set(`open/${id}`, nowMs)
      marks.clear(`closed/${id}`)
      marks.clear(`precool/${id}`)
      marks.clear(`failed/${id}`)
      marks.clear(`again/${id}`)
      marks.clear(`twice/${id}`)
      continue
    }
    if (opening.state !== 'closed' || lookedInto >= MAX_LOOKED_INTO) continue
    if (marks.at(`twice/${id}`) !== undefined) noteUnswitched(station)
    if (marks.at(`open/${id}`) !== undefined) await close(id)
    else if (isDueAgain(id)) await close(id)
    else if (opensSoon(station, nowMs)) await precool(station)
  }
  return report

  async function close(id: string): Promise<void> {
    lookedInto += 1
    marks.set(`closed/${id}`, nowMs)
    const decision = decideClosing(await source.detail(id), nowMs)
    if (decision.act === 'wait') {
      if (decision.because === 'people') report.occupied += 1
      else report.notCounted += 1
      if (nowMs - (marks.at(`closed/${id}`) ?? nowMs) > GIVE_UP_MS) finish(id)
      return
    }
    const because = { zh: '已打烊，室内无人', en: 'closed, and nobody inside' }
    for (const device of decision.devices) report.commands.push({ station: id, device, action: 'relay-off', because })
    finish(id)
  }

  /** A command failed a while ago: the station is looked at afresh, once. What was switched off meanwhile is left alone. */
  function isDueAgain(id: string): boolean {
    const failedMs = marks.at(`failed/${id}`)
    if (failedMs === undefined || nowMs - failedMs < AGAIN_AFTER_MS) return false
    return marks.set(`again/${id}`, nowMs)
  }

  /** For the digests of its district, which ask for the last day's. */
  function noteUnswitched({ id, district }: StationView): void {
    marks.clear(`twice/${id}`)
    const name = unswitchedMark(district, id)
    marks.clear(name)
    marks.set(name, nowMs)
  }

  function finish(id: string): void {
    marks.clear(`open/${id}`)
    marks.clear(`closed/${id}`)
  }

  async function precool(station: StationView): Promise<void> {
    const outdoorC = source.outdoorC(station.district)
    if (outdoorC === undefined || outdoorC < precoolFromC) return
    if (!marks.set(`precool/${station.id}`, nowMs)) return
    lookedInto += 1
    const devices = decidePrecool(await source.detail(station.id), { outdoorC, fromC: precoolFromC })
    const because = { zh: `即将开放，室外 ${outdoorC} °C`, en: `opens soon, ${outdoorC} °C outside` }
    for (const device of devices) report.commands.push({ station: station.id, device, action: 'relay-on', because })
  }
}

/** A command at a closing failed; a failure of the second try is told in the digest. A failed pre-cooling is not repeated: the station is about to open. */
export function closingFailed(
  marks: MarkBook,
  { station, action }: { station: string; action: string },
  nowMs: number,
) {
  if (action !== 'relay-off') return
  if (marks.at(`again/${station}`) !== undefined) marks.set(`twice/${station}`, nowMs)
  else marks.set(`failed/${station}`, nowMs)
}

/** Begins with the district in whose digests it is told. @param station empty: what all of the district begin with. */
export function unswitchedMark(district: string, station: string): string {
  return `unswitched/${district}/${station}`
}

function opensSoon({ opening: { changesAt } }: StationView, nowMs: number): boolean {
  if (changesAt === undefined) return false
  const inMs = Date.parse(changesAt) - nowMs
  return inMs > 0 && inMs <= PRECOOL_LEAD_MS
}
