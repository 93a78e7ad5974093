import { setImmediate } from 'node:timers/promises'
import { type Reading, errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import { DEVICES_OFFLINE_RULE, DEVICE_OFFLINE_RULE, RULE_OF_CAUSE } from '../causes/cause.ts'
import {
  type Finding,
  type FoundCause,
  type StationState,
  lookAt,
  newStationState,
  recall,
  takeReading,
  takeStatus,
} from '../causes/station-watch.ts'
import type { HeardStatus } from '../ingest/gateway-statuses.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { Alerts } from './alerts.ts'
import { overrideOf } from './rule-overrides.ts'

/** How often every station is looked at: a mains failure is found within this of its proof. */
const LOOK_EVERY_MS = 5_000
/** So many stations are looked at before others have their turn: 5,000 take some 15 ms. */
const STATIONS_AT_ONCE = 5_000
/** Findings that the registry did not take are kept for the next look, at most so many: what is lost is found again. */
const MAX_WAITING = 10_000

/** Follows who speaks, finds what explains the silence of others, and lets time pass for the alerts. */
export interface CauseRunner {
  /** Takes up where the last run ended; `newest` is what is known of all devices. */
  start: (newest: Iterable<Reading>) => Promise<void>
  /** Readings just stored. */
  take: (readings: readonly Reading[]) => void
  /** Looks at every station now, and lets time pass for the alerts. */
  look: () => Promise<void>
  /** Writes down what was found. */
  stop: () => Promise<void>
}

export interface CauseRunnerDeps {
  db: RegistryDb
  alerts: Pick<Alerts, 'applyFindings' | 'sweep'>
  directory: Directory
  gatewayStatus: (gateway: string) => HeardStatus | undefined
  /** Whether anything can be heard at all: while not, silence is our own. */
  isListening: () => boolean
  isOpen: (station: string, atMs: number) => boolean
  /** How often every station is looked at; default LOOK_EVERY_MS. */
  lookEveryMs?: number | undefined
  nowMs: () => number
  log: Logger
}

export function createCauseRunner(deps: CauseRunnerDeps): CauseRunner {
  const { db, alerts, directory, gatewayStatus, isListening, isOpen, nowMs, log } = deps
  const stations = new Map<string, StationState>()
  const gatewaysOf = new Map<string, Set<string>>()
  let listeningSinceMs = nowMs()
  const plugOffTimeScale = (appliance: string): number =>
    overrideOf(directory.ruleOverrides, RULE_OF_CAUSE.plug_off, directory.appliances.get(appliance))?.timeScale ?? 1
  let waiting: Finding[] = []
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined

  const findAll = async (): Promise<void> => {
    const atMs = nowMs()
    // Told late, the broker's last wills and the backlog come first: silence counts anew.
    if (!isListening()) listeningSinceMs = atMs
    let looked = 0
    for (const [id, state] of stations) {
      if ((looked += 1) % STATIONS_AT_ONCE === 0) await setImmediate()
      for (const gateway of gatewaysOf.get(id) ?? []) {
        const heard = gatewayStatus(gateway)
        if (heard !== undefined) takeStatus(state, gateway, { ...heard.status, receivedAtMs: heard.receivedAtMs })
      }
      // Nothing is found while nothing can be heard.
      if (!isListening()) continue
      const moment = { nowMs: atMs, listeningSinceMs, isOpen: () => isOpen(id, atMs), plugOffTimeScale }
      for (const finding of lookAt(state, moment)) waiting.push(finding)
    }
    if (waiting.length > MAX_WAITING) waiting = waiting.slice(-MAX_WAITING)
  }
  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      // A station's findings are written together, and one station's trouble holds up no other.
      const station = waiting[0]?.station
      const own = waiting.filter(finding => finding.station === station)
      await alerts.applyFindings(own)
      waiting = waiting.filter(finding => !own.includes(finding))
    }
    await alerts.sweep()
  }
  const look = async (): Promise<void> => {
    await findAll()
    try {
      await writeAll()
    } catch (error) {
      log.error({ reason: errorText(error), findings: waiting.length }, 'writing down causes failed, trying again')
    }
  }
  const lookOnce = (): Promise<void> => {
    looking ??= look().finally(() => {
      looking = undefined
    })
    return looking
  }

  return {
    start: async newest => {
      for (const [id, { devices }] of directory.stations) {
        const kindOf = (appliance: string | undefined) => directory.appliances.get(appliance ?? '')?.kind
        const parts = { id, devices: devices.map(({ id, appliance }) => ({ id, appliance, kind: kindOf(appliance) })) }
        stations.set(id, newStationState(parts))
        gatewaysOf.set(id, new Set(devices.map(({ gateway }) => gateway)))
      }
      const known = new Map<string, Reading[]>()
      for (const reading of newest) {
        const list = known.get(reading.device)
        if (list === undefined) known.set(reading.device, [reading])
        else list.push(reading)
      }
      const causes = await standingCauses(db)
      const offline = await toldOffline(db)
      for (const [id, state] of stations) {
        recall(state, {
          readings: state.parts.devices.flatMap(({ id }) => known.get(id) ?? []),
          causes: causes.get(id) ?? [],
          offline: offline.devices.get(id) ?? [],
          toldGateway: offline.gateways.get(id) ?? 'no',
        })
      }
      timer = setInterval(() => void lookOnce(), deps.lookEveryMs ?? LOOK_EVERY_MS)
    },
    take: readings => {
      for (const reading of readings) {
        const device = directory.devices.get(reading.device)
        const state = device && stations.get(device.station)
        if (state !== undefined) takeReading(state, reading)
      }
    },
    look: lookOnce,
    stop: async () => {
      clearInterval(timer)
      timer = undefined
      await looking
    },
  }
}

async function standingCauses(db: RegistryDb): Promise<Map<string, FoundCause[]>> {
  const rows = await db.selectFrom('cause').selectAll().where('ended_at_ms', 'is', null).execute()
  const byStation = new Map<string, FoundCause[]>()
  for (const { station, kind, appliance, device, since_ms: sinceMs } of rows) {
    if (kind === 'maintenance' || kind === 'station_closed') continue // these are in tables of their own
    const cause = { kind, appliance: appliance ?? undefined, device: device ?? undefined, sinceMs }
    byStation.set(station, [...(byStation.get(station) ?? []), cause])
  }
  return byStation
}

/** What was told of silent devices and gateways before the restart. */
async function toldOffline(db: RegistryDb) {
  const rows = await db
    .selectFrom('alert')
    .select(['station', 'rule', 'device', 'severity', 'evidence'])
    .where('state', '!=', 'resolved')
    .where('rule', 'in', [DEVICE_OFFLINE_RULE, DEVICES_OFFLINE_RULE, 'gateway_offline'])
    .execute()
  const devices = new Map<string, string[]>()
  const gateways = new Map<string, StationState['toldGateway']>()
  for (const { station, rule, device, severity, evidence } of rows) {
    if (rule === 'gateway_offline') gateways.set(station, severity === 'P3' ? 'told' : 'graver')
    const named = (JSON.parse(evidence) as { devices?: string[] }).devices ?? (device === null ? [] : [device])
    if (rule !== 'gateway_offline') devices.set(station, [...(devices.get(station) ?? []), ...named])
  }
  return { devices, gateways }
}
