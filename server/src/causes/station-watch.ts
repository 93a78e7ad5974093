import type { ApplianceKind, CauseKind, GatewayStatus, Reading } from '@harbor/protocol'
import {
  type Drop,
  type Presence,
  dropOf,
  forgetPace,
  newPresence,
  observe,
  offlineAfterMs,
  silentAfterMs,
} from './presence.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** Everything of a station silent for longer than this: its gateway is offline, even if nobody said so (docs/domain.md 3.9, S2). */
const ALL_SILENT_MS = 5 * MINUTE_MS
/** When a gateway that is offline is told, and when it is graver, if people could be inside (S2). */
export const GATEWAY_TOLD_MS = 15 * MINUTE_MS
export const GATEWAY_GRAVER_MS = HOUR_MS
/** The share of a station's mains-powered devices there until then that must go within a minute for a mains failure (S1). */
export const MAINS_SHARE = 0.8
const TOGETHER_MS = MINUTE_MS
/** One plug alone proves nothing of the station. */
const LEAST_MAINS_DEVICES = 2
/** Where others were silent before, so many must have been there until then. */
const LEAST_WITNESSES = 3
/** Mains are back when so many of the devices are. */
const BACK_SHARE = 0.5
/** A device that was away for longer before is no witness of what happens now. */
const LONG_AWAY_MS = 6 * HOUR_MS
/**
 * A plug that is off is told of after so long of opening hours (chosen: people come, and it is no use to them; a fridge's food is no
 * good within hours). An air conditioner is missed only in a room this warm or this cold, °C (docs/domain.md 3.8, rule E1 with 2 °C of
 * patience less).
 */
export const PLUG_OFF_TOLD_MS: Readonly<Record<ApplianceKind, number>> = {
  fridge: 10 * MINUTE_MS,
  air_conditioner: 30 * MINUTE_MS,
  microwave: 30 * MINUTE_MS,
  water_dispenser: 30 * MINUTE_MS,
}
const WARM_ROOM_C = 28
const COLD_ROOM_C = 14
/** Devices that fell silent within this of each other share a cause (chosen: twice the longest usual report interval). */
const SAME_MOMENT_MS = 10 * MINUTE_MS

/** What is watched of one station. */
export interface StationParts {
  id: string
  devices: readonly {
    id: string
    appliance: string | undefined
    /** Undefined: when it is switched off, that is nobody's loss. */
    kind?: ApplianceKind | undefined
  }[]
}

/** A cause that was found, or is gone. */
export interface FoundCause {
  kind: Extract<CauseKind, 'mains_failure' | 'gateway_offline' | 'plug_off'>
  appliance: string | undefined
  device: string | undefined
  sinceMs: number
}

export type Finding = { station: string } & (
  | { type: 'cause_began'; cause: FoundCause; share: { down: number; of: number } | undefined }
  | { type: 'cause_ended'; cause: FoundCause; atMs: number }
  /** Offline for long enough to be told, or graver than told before. */
  | { type: 'gateway_due'; sinceMs: number; atMs: number; isGraver: boolean }
  /** A plug that is off is missed. */
  | { type: 'plug_due'; cause: FoundCause; atMs: number }
  | { type: 'devices_offline'; devices: readonly string[]; sinceMs: number; atMs: number }
  | { type: 'devices_back'; devices: readonly string[]; atMs: number }
)

/** What is remembered of one station; plain data, changed in place. */
export interface StationState {
  readonly parts: StationParts
  readonly presence: Map<string, Presence>
  /** Each gateway's newest word. */
  readonly gateways: Map<string, { isOnline: boolean; heardMs: number; power: GatewayStatus['power'] }>
  mains: FoundCause | undefined
  gateway: FoundCause | undefined
  /** How grave the gateway's silence was told last. */
  toldGateway: 'no' | 'told' | 'graver'
  readonly plugsOff: Map<string, FoundCause>
  /** Of them: since when each has been missed without a break, and whether that was told. */
  readonly missed: Map<string, { sinceMs: number; isTold: boolean }>
  /** The newest temperature of the room, °C. */
  roomC: number | undefined
  /** Devices that were told to be offline. */
  readonly offline: Set<string>
}

export function newStationState(parts: StationParts): StationState {
  return {
    parts,
    presence: new Map(parts.devices.map(({ id }) => [id, newPresence()])),
    gateways: new Map(),
    mains: undefined,
    gateway: undefined,
    toldGateway: 'no',
    plugsOff: new Map(),
    missed: new Map(),
    roomC: undefined,
    offline: new Set(),
  }
}

export function takeReading(state: StationState, reading: Reading): void {
  const device = state.presence.get(reading.device)
  if (device === undefined) return
  const { heardMs } = device
  observe(device, reading)
  if (reading.metric !== 'temperature' || reading.timeMs < heardMs) return
  const part = state.parts.devices.find(({ id }) => id === reading.device)
  if (part?.appliance === undefined) state.roomC = reading.value
}

/** A gateway's word on itself, or its last will, and when it came. */
export function takeStatus(
  state: StationState,
  gateway: string,
  status: GatewayStatus & { receivedAtMs: number },
): void {
  const { online: isOnline, receivedAtMs: heardMs, power } = status
  state.gateways.set(gateway, { isOnline, heardMs, power })
}

/** What an earlier run knew of a station. */
export interface Recalled {
  /** The newest reading of each metric of each device. */
  readings: readonly Reading[]
  /** Causes that stood. */
  causes: readonly FoundCause[]
  /** Devices that were told to be offline. */
  offline: readonly string[]
  toldGateway: StationState['toldGateway']
}

/** Takes up where an earlier run ended. The pace of the devices is learnt anew. */
export function recall(state: StationState, { readings, causes, offline, toldGateway }: Recalled): void {
  for (const reading of readings.toSorted((a, b) => a.timeMs - b.timeMs)) takeReading(state, reading)
  for (const presence of state.presence.values()) forgetPace(presence)
  for (const cause of causes) {
    if (cause.kind === 'mains_failure') state.mains = cause
    else if (cause.kind === 'gateway_offline') state.gateway = cause
    else if (cause.device !== undefined) {
      state.plugsOff.set(cause.device, cause)
      const plug = state.presence.get(cause.device)
      if (plug?.relay === 0) plug.switchedOffMs = cause.sinceMs
    }
  }
  for (const device of offline) if (state.presence.has(device)) state.offline.add(device)
  state.toldGateway = toldGateway
}

export interface Moment {
  nowMs: number
  /** Since when we hear without a break: silence before is our own. */
  listeningSinceMs: number
  /** Whether the station is open by its hours; asked only when it matters. */
  isOpen: () => boolean
  /** How much sooner than usual a plug that is off is told of; default 1. */
  plugOffTimeScale?: (appliance: string) => number
}

/** Looks at a station as it is now. Pure: given the same readings and moments it finds the same, in the same order. */
export function lookAt(state: StationState, moment: Moment): Finding[] {
  const found: Finding[] = []
  lookAtMains(state, moment, found)
  lookAtGateway(state, moment, found)
  lookAtPlugs(state, found)
  lookForMissed(state, moment, found)
  lookAtDevices(state, moment, found)
  return found
}

function lookAtMains(state: StationState, { nowMs, listeningSinceMs }: Moment, found: Finding[]): void {
  const { id: station } = state.parts
  const saysBattery = [...state.gateways.values()].some(({ isOnline, power }) => isOnline && power === 'battery')
  const devices = [...state.presence.values()].filter(({ isMains }) => isMains)
  if (state.mains !== undefined) {
    const { sinceMs } = state.mains
    const back = devices.filter(
      device => device.heardMs > sinceMs && dropOf(device, nowMs, listeningSinceMs) === undefined,
    ).length
    if (saysBattery || (devices.length > 0 && back < Math.max(1, devices.length * BACK_SHARE))) return
    found.push({ station, type: 'cause_ended', cause: state.mains, atMs: nowMs })
    state.mains = undefined
    return
  }
  const fallen = fellTogether(devices, { nowMs, listeningSinceMs })
  const heardMs = lastWordMs(state, nowMs, listeningSinceMs)
  const isProven = fallen !== undefined && (fallen.isSaid || heardMs > fallen.untilMs)
  if (!isProven && !saysBattery) return
  const sinceMs = isProven ? fallen.atMs : Math.max(...[...state.gateways.values()].map(gateway => gateway.heardMs))
  state.mains = { kind: 'mains_failure', appliance: undefined, device: undefined, sinceMs }
  const share = { down: fallen?.down ?? 0, of: devices.length }
  found.push({ station, type: 'cause_began', cause: state.mains, share })
}

/** Most of the mains-powered devices went within a minute: when, how many; undefined when they did not. */
function fellTogether(
  devices: readonly Presence[],
  { nowMs, listeningSinceMs }: Pick<Moment, 'nowMs' | 'listeningSinceMs'>,
): { atMs: number; untilMs: number; down: number; isSaid: boolean } | undefined {
  const drops: Drop[] = []
  let of = 0
  for (const device of devices) {
    if (device.heardMs === 0) continue
    const drop = dropOf(device, nowMs, listeningSinceMs)
    if (drop !== undefined && nowMs - drop.toMs > LONG_AWAY_MS) continue
    of += 1
    if (drop !== undefined) drops.push(drop)
  }
  if (of < LEAST_MAINS_DEVICES) return undefined
  for (const { toMs: atMs } of drops.toSorted((a, b) => a.toMs - b.toMs)) {
    const together = drops.filter(drop => drop.fromMs <= atMs + TOGETHER_MS && drop.toMs >= atMs)
    // What was silent before it, for a reason of its own, is no witness; of the others there must then be enough by themselves.
    const witnesses = of - drops.filter(drop => drop.toMs < atMs).length
    if (together.length < witnesses * MAINS_SHARE || (witnesses < of && witnesses < LEAST_WITNESSES)) continue
    // Whoever speaks after the last of them may still have been there shows that it is not the gateway.
    const untilMs = Math.max(...together.map(({ toMs }) => toMs))
    return { atMs, untilMs, down: together.length, isSaid: together.some(({ isSaid }) => isSaid) }
  }
  return undefined
}

/** The newest word of a gateway or of a device that is not down: somebody there is still awake. */
function lastWordMs({ presence, gateways }: StationState, nowMs: number, listeningSinceMs: number): number {
  let lastMs = 0
  for (const { isOnline, heardMs } of gateways.values()) if (isOnline) lastMs = Math.max(lastMs, heardMs)
  for (const device of presence.values())
    if (!device.isMains || dropOf(device, nowMs, listeningSinceMs) === undefined)
      lastMs = Math.max(lastMs, device.heardMs)
  return lastMs
}

function lookAtGateway(state: StationState, { nowMs, listeningSinceMs, isOpen }: Moment, found: Finding[]): void {
  const { id: station } = state.parts
  const said = [...state.gateways.values()]
  let wordMs = 0
  for (const { heardMs } of state.presence.values()) wordMs = Math.max(wordMs, heardMs)
  for (const { isOnline, heardMs } of said) if (isOnline) wordMs = Math.max(wordMs, heardMs)
  if (state.gateway === undefined) {
    const goneMs =
      said.length > 0 && said.every(({ isOnline }) => !isOnline) ? Math.max(...said.map(g => g.heardMs)) : 0
    const isGone = goneMs > wordMs
    // What was never heard is not installed yet.
    const isSilent = wordMs > 0 && nowMs - Math.max(wordMs, listeningSinceMs) > ALL_SILENT_MS
    if (!isGone && !isSilent) return
    const sinceMs = isGone ? goneMs : wordMs
    state.gateway = { kind: 'gateway_offline', appliance: undefined, device: undefined, sinceMs }
    state.toldGateway = 'no'
    found.push({ station, type: 'cause_began', cause: state.gateway, share: undefined })
  } else if (wordMs > state.gateway.sinceMs) {
    found.push({ station, type: 'cause_ended', cause: state.gateway, atMs: nowMs })
    state.gateway = undefined
    return
  }
  const { sinceMs } = state.gateway
  const silentMs = nowMs - sinceMs
  const isGraver = silentMs >= GATEWAY_GRAVER_MS && isOpen()
  const wanted = isGraver || state.toldGateway === 'graver' ? 'graver' : silentMs >= GATEWAY_TOLD_MS ? 'told' : 'no'
  if (wanted === state.toldGateway || wanted === 'no') return
  state.toldGateway = wanted
  found.push({ station, type: 'gateway_due', sinceMs, atMs: nowMs, isGraver: wanted === 'graver' })
}

function lookAtPlugs({ parts, presence, plugsOff }: StationState, found: Finding[]): void {
  for (const { id: device, appliance } of parts.devices) {
    if (appliance === undefined) continue
    const offMs = presence.get(device)?.switchedOffMs
    const known = plugsOff.get(device)
    if (known !== undefined && offMs !== known.sinceMs) {
      plugsOff.delete(device)
      const atMs = presence.get(device)?.heardMs ?? known.sinceMs
      found.push({ station: parts.id, type: 'cause_ended', cause: known, atMs })
    }
    if (offMs === undefined || offMs === known?.sinceMs) continue
    const cause: FoundCause = { kind: 'plug_off', appliance, device, sinceMs: offMs }
    plugsOff.set(device, cause)
    found.push({ station: parts.id, type: 'cause_began', cause, share: undefined })
  }
}

function lookForMissed(state: StationState, moment: Moment, found: Finding[]): void {
  const { parts, plugsOff, missed, roomC, mains, gateway } = state
  for (const device of missed.keys()) if (!plugsOff.has(device)) missed.delete(device)
  if (plugsOff.size === 0) return
  // Without mains, or unheard of, it is no use whatever its relay does. (After a restart it is said again, which changes no alert.)
  const isOpen = mains === undefined && gateway === undefined && moment.isOpen()
  for (const { id: device, appliance, kind } of parts.devices) {
    const cause = plugsOff.get(device)
    if (cause === undefined || kind === undefined || appliance === undefined) continue
    const isComfort = kind === 'air_conditioner'
    const isMissed = isOpen && (!isComfort || (roomC !== undefined && (roomC > WARM_ROOM_C || roomC < COLD_ROOM_C)))
    const known = missed.get(device)
    // What was told stands until the plug is on again.
    if (known?.isTold === true) continue
    if (!isMissed) {
      missed.delete(device)
      continue
    }
    const entry = known ?? { sinceMs: moment.nowMs, isTold: false }
    missed.set(device, entry)
    const limitMs = PLUG_OFF_TOLD_MS[kind] / (moment.plugOffTimeScale?.(appliance) ?? 1)
    if (moment.nowMs - entry.sinceMs < limitMs) continue
    entry.isTold = true
    found.push({ station: parts.id, type: 'plug_due', cause, atMs: moment.nowMs })
  }
}

function lookAtDevices(state: StationState, { nowMs, listeningSinceMs }: Moment, found: Finding[]): void {
  const { id: station } = state.parts
  const back: string[] = []
  const due: { id: string; sinceMs: number }[] = []
  /** Silent as well, and soon due: they may be of the same moment. */
  const soonMs: number[] = []
  for (const [id, presence] of state.presence) {
    const { heardMs: sinceMs } = presence
    if (sinceMs === 0) continue
    const limitMs = offlineAfterMs(presence)
    const silentMs = nowMs - Math.max(sinceMs, listeningSinceMs)
    if (state.offline.has(id)) {
      // Heard again, not merely granted more time because we ourselves were away.
      if (presence.goneMs === undefined && nowMs - sinceMs <= limitMs) back.push(id)
    } else if (silentMs > limitMs) due.push({ id, sinceMs })
    else if (silentMs > silentAfterMs(presence) && limitMs - silentMs <= SAME_MOMENT_MS) soonMs.push(sinceMs)
  }
  for (const id of back) state.offline.delete(id)
  if (back.length > 0) found.push({ station, type: 'devices_back', devices: back, atMs: nowMs })
  for (const group of sameMoment(due)) {
    const [first] = group
    const lastMs = group.at(-1)?.sinceMs ?? 0
    // One alert for all of a moment is worth waiting a few minutes for the last of them.
    if (first === undefined || soonMs.some(ms => Math.abs(ms - lastMs) <= SAME_MOMENT_MS)) continue
    const devices = group.map(({ id }) => id)
    for (const id of devices) state.offline.add(id)
    found.push({ station, type: 'devices_offline', devices, sinceMs: first.sinceMs, atMs: nowMs })
  }
}

/** Devices by the moment at which they fell silent, oldest first. */
function sameMoment<Silent extends { id: string; sinceMs: number }>(silent: readonly Silent[]): Silent[][] {
  const groups: Silent[][] = []
  for (const one of silent.toSorted((a, b) => a.sinceMs - b.sinceMs || (a.id < b.id ? -1 : 1))) {
    const group = groups.at(-1)
    const before = group?.at(-1)
    if (group !== undefined && before !== undefined && one.sinceMs - before.sinceMs <= SAME_MOMENT_MS) group.push(one)
    else groups.push([one])
  }
  return groups
}
