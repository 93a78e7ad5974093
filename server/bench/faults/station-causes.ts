import type { Metric, Reading } from '@harbor/protocol'
import {
  type Finding,
  type FoundCause,
  GATEWAY_TOLD_MS,
  type StationState,
  lookAt,
  newStationState,
  recall,
  takeReading,
} from '../../src/causes/station-watch.ts'
import {
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  type Random,
  SECOND_MS,
  START_MS,
  STATION,
  between,
  isOpenAt,
  seededRandom,
} from './course.ts'

/** What befalls a whole station, or one device’s voice; found by causes/station-watch.ts and not by the catalogue. */
export type StationFault = 'mains-failure' | 'gateway-offline' | 'plug-off' | 'device-offline' | 'circuit-offline'

/** What is to be found, and within which time: the silence that is waited for, the pace of the devices, and a minute. */
const EXPECTED: Record<StationFault, { what: string; promisedMs: number; alsoRight: string[] }> = {
  // Its plugs are offline as well half an hour later; alerts fold that into the failure.
  'mains-failure': { what: 'mains_failure', promisedMs: 10 * MINUTE_MS, alsoRight: ['devices_offline'] },
  'gateway-offline': {
    what: 'gateway_due',
    promisedMs: GATEWAY_TOLD_MS + 5 * MINUTE_MS,
    // Graver after an hour; and all its devices are offline, which alerts fold into it.
    alsoRight: ['gateway_due', 'devices_offline'],
  },
  'plug-off': { what: 'plug_off', promisedMs: 2 * MINUTE_MS, alsoRight: [] },
  'device-offline': { what: 'devices_offline 1', promisedMs: HOUR_MS, alsoRight: [] },
  // Two plugs of four: a breaker, and one alert for both.
  'circuit-offline': { what: 'devices_offline 2', promisedMs: HOUR_MS, alsoRight: [] },
}
export const STATION_FAULTS = Object.keys(EXPECTED) as StationFault[]

const PLUGS = ['fridge-plug', 'ac-plug', 'microwave-plug', 'water-plug']
const PARTS = {
  id: STATION,
  devices: [
    ...PLUGS.map(id => ({ id, appliance: id.replace('-plug', '') })),
    ...['room', 'people', 'door'].map(id => ({ id, appliance: undefined })),
  ],
}
const LOOK_EVERY_MS = 5 * SECOND_MS
const FAULT_HOURS = 4

/** What came of one simulated station. */
export interface StationOutcome {
  afterMs: number | undefined
  promisedMs: number
  wrong: string[]
  found: number
  days: number
}

/** Two or three days of a station: readings lost, late and twice, devices silent for minutes, restarts of the server. */
export function runStation(seed: number, fault?: StationFault): StationOutcome {
  const random = seededRandom(seed + 907)
  const fromMs = fault === undefined ? Infinity : START_MS + DAY_MS + between(random, 1, 22) * HOUR_MS
  const endMs = fault === undefined ? START_MS + 3 * DAY_MS : fromMs + FAULT_HOURS * HOUR_MS
  const arrivals = arrivalsOf(random, { fault, fromMs, endMs })
  const world: World = { state: newStationState(PARTS), newest: new Map(), listeningSinceMs: START_MS }
  const told: { what: string; atMs: number }[] = []
  let [next, restartMs] = [0, START_MS + between(random, 1, 9) * HOUR_MS]
  for (let nowMs = START_MS; nowMs < endMs; nowMs += LOOK_EVERY_MS) {
    for (; (arrivals[next]?.atMs ?? Infinity) <= nowMs; next++) take(world, arrivals[next]?.reading as Reading)
    for (const finding of lookAt(world.state, {
      nowMs,
      listeningSinceMs: world.listeningSinceMs,
      isOpen: () => isOpenAt(nowMs),
    })) {
      const what = nameOf(finding)
      if (what !== undefined) told.push({ what, atMs: nowMs })
    }
    if (nowMs < restartMs) continue
    restart(world, nowMs)
    restartMs = nowMs + between(random, 1, 9) * HOUR_MS
  }
  if (fault === undefined)
    return { afterMs: undefined, promisedMs: 0, wrong: told.map(({ what }) => what), found: told.length, days: 3 }
  const { what: wanted, promisedMs, alsoRight } = EXPECTED[fault]
  const hit = told.find(({ what, atMs }) => what === wanted && atMs >= fromMs)
  return {
    afterMs: hit === undefined ? undefined : hit.atMs - fromMs,
    promisedMs,
    wrong: told
      .filter(one => one !== hit && (one.atMs < fromMs || !alsoRight.includes(one.what.split(' ', 1)[0] ?? '')))
      .map(one => one.what),
    found: told.length,
    days: (endMs - START_MS) / DAY_MS,
  }
}

/** What a finding is told as; undefined: it is an end, or tells nothing yet. */
function nameOf(finding: Finding): string | undefined {
  switch (finding.type) {
    case 'cause_began':
      // A gateway's silence is told once it is due.
      return finding.cause.kind === 'gateway_offline' ? undefined : finding.cause.kind
    case 'gateway_due':
      return 'gateway_due'
    case 'devices_offline':
      return `devices_offline ${finding.devices.length}`
    default:
      return undefined
  }
}

interface World {
  state: StationState
  newest: Map<string, Reading>
  listeningSinceMs: number
}

function take({ state, newest }: World, reading: Reading): void {
  takeReading(state, reading)
  const key = `${reading.device} ${reading.metric}`
  if ((newest.get(key)?.timeMs ?? 0) <= reading.timeMs) newest.set(key, reading)
}

/** As the server does: what was told is in the registry, the newest readings in the store, the rest is learnt anew. */
function restart(world: World, nowMs: number): void {
  const { state, newest } = world
  const causes = [state.mains, state.gateway, ...state.plugsOff.values()].filter(
    (cause): cause is FoundCause => cause !== undefined,
  )
  const fresh = newStationState(PARTS)
  recall(fresh, { readings: [...newest.values()], causes, offline: [...state.offline], toldGateway: state.toldGateway })
  world.state = fresh
  world.listeningSinceMs = nowMs
}

interface Arrival {
  atMs: number
  reading: Reading
}

function arrivalsOf(
  random: Random,
  { fault, fromMs, endMs }: { fault: StationFault | undefined; fromMs: number; endMs: number },
): Arrival[] {
  const arrivals: Arrival[] = []
  const isSilent = (device: string, timeMs: number): boolean => {
    if (timeMs < fromMs) return false
    const isPlug = PLUGS.includes(device)
    if (fault === 'mains-failure') return isPlug
    if (fault === 'circuit-offline') return device === 'microwave-plug' || device === 'water-plug'
    return fault === 'gateway-offline' || (fault === 'device-offline' && device === 'ac-plug')
  }
  for (const { id: device } of PARTS.devices) {
    const everyMs = device === 'door' ? HOUR_MS : between(random, 30, 90) * SECOND_MS
    let quiet = { fromMs: START_MS + between(random, 1, 40) * HOUR_MS, ms: between(random, 3, 20) * MINUTE_MS }
    for (let timeMs = START_MS + random() * everyMs; timeMs < endMs; timeMs += everyMs) {
      if (timeMs > quiet.fromMs + quiet.ms)
        quiet = { fromMs: timeMs + between(random, 1, 40) * HOUR_MS, ms: between(random, 3, 20) * MINUTE_MS }
      const isQuiet = timeMs >= quiet.fromMs && timeMs < quiet.fromMs + quiet.ms
      if (isSilent(device, timeMs) || isQuiet || random() < 0.01) continue
      for (const [metric, value] of saidBy(device, fault === 'plug-off' && timeMs >= fromMs)) {
        const reading: Reading = { device, metric, timeMs: Math.round(timeMs), value }
        const copies = random() < 0.01 ? 2 : 1
        for (let copy = 0; copy < copies; copy++)
          arrivals.push({ atMs: timeMs + (random() < 0.05 ? random() * 25 * SECOND_MS : 300), reading })
      }
    }
  }
  return arrivals.sort((a, b) => a.atMs - b.atMs)
}

function saidBy(device: string, isOff: boolean): [Metric, number][] {
  if (device === 'room') return [['temperature', 26]]
  if (device === 'people') return [['people', 1]]
  if (device === 'door') return [['door', 0]]
  const isThisOff = isOff && device === 'ac-plug'
  return [
    ['relay', isThisOff ? 0 : 1],
    ['voltage', 221],
    ['power', isThisOff ? 0 : 60],
  ]
}
