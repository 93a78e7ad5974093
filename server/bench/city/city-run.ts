import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AlertView, Metric } from '@harbor/protocol'
import { type Alerts, createAlerts } from '../../src/alerts/alerts.ts'
import { overrideOf, overridesOf } from '../../src/alerts/rule-overrides.ts'
import { ruleViews } from '../../src/alerts/rules.ts'
import { RULE_OF_CAUSE } from '../../src/causes/cause.ts'
import { type StationState, lookAt, newStationState, takeReading, takeStatus } from '../../src/causes/station-watch.ts'
import { readCalendar } from '../../src/calendar/read-calendar.ts'
import type { FaultRule } from '../../src/faults/catalogue.ts'
import { createFaultEngine } from '../../src/faults/engine.ts'
import { loadDirectory } from '../../src/registry/directory.ts'
import { importFleet } from '../../src/registry/fleet-import.ts'
import { openRegistry } from '../../src/registry/open-registry.ts'
import { type PostedHours, createPostedHours } from '../../src/stations/opening.ts'
import type { CityHeader, CityLine } from './city-stream.ts'

const TIME_ZONE = 'Asia/Shanghai'
/** How often the engine is told the time, and the station is looked at: seldom enough for weeks to pass in minutes. */
const LOOK_EVERY_MS = 20_000

/** An alert of the run, with every moment at which people were told of it. */
export interface CityAlert {
  alert: AlertView
  toldAtMs: number[]
}

export interface CityRun {
  alerts: CityAlert[]
  readings: number
  stationDays: number
}

/**
 * Hands a city's weeks to the engine, the causes and the alerts of a real registry, as the server does, with the clock of the stream.
 * Stations come one after the other: nothing of one is known to another.
 */
export async function runCity(
  { header, lines }: { header: CityHeader; lines: AsyncIterable<CityLine> },
  catalogue: readonly FaultRule[],
): Promise<CityRun> {
  const dir = await mkdtemp(join(tmpdir(), 'harbor-city-'))
  const db = await openRegistry(join(dir, 'registry.sqlite'))
  try {
    await importFleet(db, header.fleet, () => undefined)
    const directory = await loadDirectory(db)
    let nowMs = header.fromMs
    let ids = 0
    const alerts = createAlerts({
      db,
      directory,
      rules: ruleViews(catalogue),
      nowMs: () => nowMs,
      newId: () => `a${(ids += 1)}`,
    })
    await alerts.start()
    const told = followAlerts(alerts, () => nowMs)
    const engine = createFaultEngine({
      catalogue,
      overrides: overridesOf(catalogue, directory.ruleOverrides),
      timeZone: TIME_ZONE,
    })
    const opening = openingByMinute(createPostedHours(await readCalendar(join(dir, 'calendar'))))
    const hoursOf = (station: string) => directory.stations.get(station)?.record.hours
    let station: StationWatch | undefined
    let readings = 0
    const look = async (watch: StationWatch): Promise<void> => {
      const found = lookAt(watch.state, {
        nowMs,
        listeningSinceMs: header.fromMs,
        isOpen: () => opening(hoursOf(watch.id), nowMs) === true,
        plugOffTimeScale: appliance =>
          overrideOf(directory.ruleOverrides, RULE_OF_CAUSE.plug_off, directory.appliances.get(appliance))?.timeScale ??
          1,
      })
      const seen = engine.advance(nowMs)
      if (seen.length > 0) await alerts.apply(seen, async () => {})
      if (found.length > 0) await alerts.applyFindings(found)
      if (told.standing() > 0) await alerts.sweep()
    }
    for await (const line of lines) {
      const at = placeOf(line, directory)
      if (at === undefined) continue
      if (station?.id !== at) {
        for (const { id } of station?.devices ?? []) engine.forget(id)
        const devices = directory.stations.get(at)?.devices ?? []
        const kindOf = (appliance: string | undefined) => directory.appliances.get(appliance ?? '')?.kind
        const parts = {
          id: at,
          devices: devices.map(({ id, appliance }) => ({ id, appliance, kind: kindOf(appliance) })),
        }
        station = { id: at, devices, state: newStationState(parts), lookedMs: line.a }
        told.settleAll()
        // The clock begins anew with each station: nothing that stands at an earlier one may be judged by it.
        await db.updateTable('alert').set({ state: 'resolved' }).where('state', '!=', 'resolved').execute()
      }
      nowMs = line.a
      while (nowMs - station.lookedMs >= LOOK_EVERY_MS) {
        const arrivedMs = nowMs
        station.lookedMs += LOOK_EVERY_MS
        nowMs = station.lookedMs
        await look(station)
        nowMs = arrivedMs
      }
      if ('gateway' in line) {
        takeStatus(station.state, line.gateway, { online: line.online, receivedAtMs: line.a })
        continue
      }
      const device = directory.devices.get(line.d)
      const appliance = directory.appliances.get(device?.record.appliance ?? '')
      for (const [metric, value] of Object.entries(line.v) as [Metric, number][]) {
        readings += 1
        takeReading(station.state, { device: line.d, metric, timeMs: line.t, value })
        const seen = engine.step({
          device: line.d,
          appliance: appliance?.id ?? at,
          applianceKind: appliance?.kind ?? 'station',
          model: appliance?.model,
          metric,
          timeMs: line.t,
          receivedAtMs: line.a,
          value,
          station: at,
          isOpen: opening(hoursOf(at), line.t),
        })
        if (seen.length > 0) await alerts.apply(seen, async () => {})
      }
    }
    const days = (header.toMs - header.fromMs) / 86_400_000
    return { alerts: told.all(), readings, stationDays: days * header.fleet.stations.length }
  } finally {
    await db.destroy()
    await rm(dir, { recursive: true, force: true })
  }
}

interface StationWatch {
  id: string
  devices: readonly { id: string }[]
  state: StationState
  lookedMs: number
}

function placeOf(line: CityLine, { devices, stations }: Awaited<ReturnType<typeof loadDirectory>>): string | undefined {
  if ('d' in line) return devices.get(line.d)?.station
  return [...stations.values()].find(({ devices: own }) => own.some(({ gateway }) => gateway === line.gateway))?.record
    .id
}

function followAlerts(alerts: Alerts, nowMs: () => number) {
  const known = new Map<string, CityAlert>()
  const standing = new Set<string>()
  alerts.onChanged(alert => {
    const before = known.get(alert.id)
    const entry: CityAlert = before ?? { alert, toldAtMs: [] }
    const isTold = alert.state === 'raised' && (before === undefined || before.alert.state !== 'raised')
    if (isTold) entry.toldAtMs.push(nowMs())
    entry.alert = alert
    known.set(alert.id, entry)
    if (alert.state === 'resolved') standing.delete(alert.id)
    else standing.add(alert.id)
  })
  return {
    all: () => [...known.values()],
    standing: () => standing.size,
    /** The next station's time begins anew: what stands at the last one is over. */
    settleAll: () => standing.clear(),
  }
}

/** Hours are read to the minute, and most stations share theirs. */
function openingByMinute(posted: PostedHours) {
  const known = new Map<string, { minute: number; open: boolean | undefined }>()
  return (hours: string | undefined, atMs: number): boolean | undefined => {
    if (hours === undefined) return undefined
    const minute = Math.floor(atMs / 60_000)
    const before = known.get(hours)
    if (before?.minute === minute) return before.open
    const { state } = posted.openingState({ hours, atMs: minute * 60_000, timeZone: TIME_ZONE })
    const open = state === 'unknown' ? undefined : state !== 'closed'
    known.set(hours, { minute, open })
    return open
  }
}
