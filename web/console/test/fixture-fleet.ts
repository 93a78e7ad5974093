import {
  type BenchView,
  type FleetAuditPage,
  ROLLOUT_GATEWAY_STATES,
  type RolloutEventPage,
  type RolloutGatewayPage,
  type RolloutGatewayState,
  type RolloutPreview,
  type RolloutView,
  TWIN_STATES,
  type TwinPage,
  type TwinRow,
  type TwinState,
  type TwinView,
} from '@harbor/protocol'
import { STATION } from './fixture-data.ts'

export const GATEWAY = 'gw-500103-01'
const MINUTE_MS = 60_000
const ago = (ms: number) => new Date(Date.now() - ms).toISOString()
const NAMES = { stationNameZh: '煤建新村港湾', stationNameEn: 'Meijian Xincun Harbor' }

/** A gateway in each state, with what is wrong where something is. */
function row(state: TwinState, index: number): TwinRow {
  const isHeard = state !== 'unclaimed' && state !== 'silent'
  return {
    gateway: index === 0 ? GATEWAY : `gw-500103-${String(index + 1).padStart(2, '0')}`,
    station: index === 0 ? STATION : `cq-500103-${String(index + 1).padStart(2, '0')}`,
    stationNameZh: index === 0 ? NAMES.stationNameZh : `港湾 ${index + 1}`,
    stationNameEn: index === 0 ? NAMES.stationNameEn : `Harbor ${index + 1}`,
    district: '500103',
    state,
    problems: state === 'trouble' ? ['clock_off', 'outbox_behind', 'devices_missing', 'devices_unknown'] : [],
    tags: index % 2 === 0 ? ['pilot'] : [],
    online: isHeard,
    ...(isHeard && {
      heardAt: ago(8_000),
      appliedVersion: state === 'pending' || state === 'refused' ? 6 : 7,
      software: '1.4.0',
      outboxDepth: state === 'trouble' ? 1_284 : 0,
      outboxOldestMs: state === 'trouble' ? 25 * MINUTE_MS : 0,
      clockOffsetMs: state === 'trouble' ? 7_300 : -120,
      uptimeMs: 52 * 60 * MINUTE_MS,
      power: 'mains' as const,
    }),
    ...(state !== 'unclaimed' && { desiredVersion: 7, profile: { profile: 'standard', version: 3 } }),
    ...(state === 'refused' && { refusal: 'no acknowledgement from the server within 300 s' }),
    devices: 4,
    missing: state === 'trouble' ? 1 : 0,
    unknown: state === 'trouble' ? 1 : 0,
  }
}

const ROWS: readonly TwinRow[] = (['trouble', ...TWIN_STATES.filter(state => state !== 'trouble')] as const).map(row)

/** Fewer than there are gateways, so that there is a second page. */
const PAGE_ROWS = 4

function twins(asked: URLSearchParams): TwinPage {
  const state = asked.get('state')
  const found = ROWS.filter(one => state === null || one.state === state)
  const rest = found.filter(({ gateway }) => gateway > (asked.get('after') ?? ''))
  const gateways = rest.slice(0, PAGE_ROWS)
  const last = gateways.at(-1)
  return {
    at: ago(0),
    total: found.length,
    states: Object.fromEntries(
      TWIN_STATES.map(one => [one, ROWS.filter(twin => twin.state === one).length]),
    ) as TwinPage['states'],
    gateways,
    ...(rest.length > gateways.length && last !== undefined && { next: last.gateway }),
  }
}

function twin(): TwinView {
  const device = (name: string, rest: { heardAt?: string; isMissing: boolean }) => ({
    device: `500103-01-${name}`,
    vendor: 'tasmota' as const,
    address: `${STATION}-${name}`,
    ...rest,
  })
  return {
    ...row('trouble', 0),
    desiredSha256: 'ab'.repeat(32),
    reportedSha256: 'ab'.repeat(32),
    desiredAt: ago(30 * MINUTE_MS),
    desiredBy: 'bench',
    claimedAt: ago(90 * MINUTE_MS),
    deviceList: [
      device('fridge-plug', { heardAt: ago(6_000), isMissing: false }),
      device('water-plug', { heardAt: ago(9_000), isMissing: false }),
      device('ac-plug', { isMissing: false }),
      device('microwave-plug', { isMissing: true }),
    ],
    strangers: [
      {
        vendor: 'shelly',
        address: 'shellyplus1pm-0123456789ab',
        metrics: ['power', 'energy', 'relay'],
        firstSeenMs: Date.now() - 40 * MINUTE_MS,
        lastSeenMs: Date.now() - 4_000,
        kind: 'plug',
        proposal: { device: '500103-01-ac-plug-2', appliance: `${STATION}-ac` },
      },
    ],
  }
}

/** What a test may turn of the bench. */
export interface BenchState {
  mark: BenchView['mark']
  isAccepted: boolean
}

function bench({ mark, isAccepted }: BenchState): BenchView {
  const reading = (metric: string, value: number, unit?: string) => ({
    metric,
    value,
    at: ago(4_000),
    ageMs: 4_000,
    ...(unit !== undefined && { unit }),
  })
  const isGreen = mark === 'green'
  return {
    gateway: GATEWAY,
    station: STATION,
    ...NAMES,
    district: '500103',
    at: ago(0),
    mark,
    checks: [
      { check: 'claimed', mark: 'green', at: ago(3 * MINUTE_MS) },
      { check: 'online', mark: 'green', at: ago(5_000) },
      { check: 'config', mark: 'green', detail: 'version 7' },
      { check: 'clock', mark: mark === 'red' ? 'red' : 'green', detail: mark === 'red' ? '7.3 s ahead' : '0.1 s' },
      { check: 'outbox', mark: 'green' },
    ],
    devices: [
      {
        device: '500103-01-water-plug',
        vendor: 'tasmota',
        address: `${STATION}-water-plug`,
        appliance: `${STATION}-water`,
        applianceKind: 'water_dispenser',
        mark: isGreen ? 'green' : 'waiting',
        heardAt: ago(4_000),
        metrics: [reading('power', 421, 'W'), reading('energy', 12_400, 'Wh'), reading('relay', 1)],
        relay: isGreen
          ? { mark: 'green', command: 'c-1', state: 'done', at: ago(20_000), by: 'bench' }
          : { mark: 'waiting' },
      },
      {
        device: '500103-01-room',
        vendor: 'zigbee2mqtt',
        address: 'room',
        mark: mark === 'red' ? 'red' : 'green',
        heardAt: ago(mark === 'red' ? 12 * MINUTE_MS : 30_000),
        metrics: [reading('temperature', 26.4, 'Cel'), reading('humidity', 61, '%RH')],
      },
    ],
    configVersion: 7,
    software: '1.4.0',
    hardware: { model: 'Raspberry Pi 4 Model B', serial: '10000000abcdef01' },
    ...(isAccepted && {
      acceptance: { at: ago(1_000), by: 'bench', byName: '硬件组小周', note: 'shelf 3' },
    }),
  }
}

const counts = (some: Partial<Record<RolloutGatewayState, number>>) =>
  Object.fromEntries(ROLLOUT_GATEWAY_STATES.map(state => [state, some[state] ?? 0])) as RolloutView['counts']

function rollout(state: RolloutView['state']): RolloutView {
  return {
    rollout: 'r-1',
    name: 'Rates, October',
    state,
    target: { kind: 'profile', profile: 'standard', version: 3 },
    selection: { regions: ['500103'] },
    health: { steadyMs: 10 * MINUTE_MS, settleMs: 30 * MINUTE_MS, offlineMs: 1_440 * MINUTE_MS, needsReadings: true },
    maxFailures: 2,
    mayLose: false,
    madeAt: ago(60 * MINUTE_MS),
    madeBy: 'bench',
    startedAt: ago(50 * MINUTE_MS),
    total: 100,
    failures: 1,
    counts: counts({ well: 8, watched: 2, queued: 89, reverted: 1 }),
    stage: 1,
    stages: [
      { stage: { by: 'count', count: 1 }, gateways: 1, counts: counts({ well: 1 }) },
      { stage: { by: 'percent', percent: 10 }, gateways: 9, counts: counts({ well: 7, watched: 1, reverted: 1 }) },
      { stage: { by: 'percent', percent: 100 }, gateways: 90, counts: counts({ queued: 90 }) },
    ],
  }
}

const GATEWAYS: RolloutGatewayPage = {
  gateways: [
    {
      gateway: GATEWAY,
      station: STATION,
      district: '500103',
      stage: 0,
      state: 'well',
      newVersion: 7,
      since: ago(MINUTE_MS),
    },
    {
      gateway: 'gw-500103-02',
      station: 'cq-500103-02',
      district: '500103',
      stage: 1,
      state: 'reverted',
      failure: 'alert',
      reason: 'fridge_too_warm',
      formerVersion: 6,
      newVersion: 7,
      backVersion: 8,
      since: ago(2 * MINUTE_MS),
    },
  ],
}

/** One on each page. */
function rolloutGateways(asked: URLSearchParams): RolloutGatewayPage {
  const [first, ...others] = GATEWAYS.gateways
  if (asked.has('after') || first === undefined) return { gateways: others }
  return { gateways: [first], next: first.gateway }
}

function events(): RolloutEventPage {
  return {
    events: [
      { seq: 1, at: ago(60 * MINUTE_MS), event: 'made', by: 'bench' },
      { seq: 2, at: ago(50 * MINUTE_MS), event: 'started', by: 'bench' },
      { seq: 3, at: ago(50 * MINUTE_MS), event: 'stage-begun', by: 'server', stage: 0 },
      {
        seq: 4,
        at: ago(50 * MINUTE_MS),
        event: 'gateway',
        by: 'server',
        gateway: GATEWAY,
        state: 'changed',
        version: 7,
      },
      {
        seq: 5,
        at: ago(30 * MINUTE_MS),
        event: 'gateway',
        by: 'server',
        gateway: 'gw-500103-02',
        state: 'reverting',
        failure: 'alert',
        reason: 'fridge_too_warm',
        version: 8,
      },
    ],
  }
}

const PREVIEW: RolloutPreview = {
  total: 100,
  online: 97,
  stages: [
    { gateways: 1, first: [GATEWAY] },
    { gateways: 9, first: ['gw-500103-02', 'gw-500103-03'] },
    { gateways: 90, first: ['gw-500103-11'] },
  ],
  held: [],
}

function audit(): FleetAuditPage {
  return {
    rows: [
      {
        seq: 3,
        at: ago(MINUTE_MS),
        act: 'relay-tested',
        by: 'bench',
        gateway: GATEWAY,
        station: STATION,
        detail: { device: '500103-01-water-plug' },
      },
      {
        seq: 2,
        at: ago(3 * MINUTE_MS),
        act: 'config-issued',
        by: 'server',
        gateway: GATEWAY,
        station: STATION,
        detail: { version: 7 },
      },
      {
        seq: 1,
        at: ago(3 * MINUTE_MS),
        act: 'claimed',
        by: 'box',
        gateway: GATEWAY,
        station: STATION,
        detail: { token: 'harbor1-7k2m' },
      },
    ],
  }
}

/** What a test may turn of the fleet, and what it was told to do. */
export interface FleetState extends BenchState {
  rollout: RolloutView['state']
  /** Method and path of each act, below fleet/. */
  acts: string[]
}

/** Answers what is asked of the fleet's gateways, bench and rollouts; undefined: it is about something else. */
export function answerFleet(state: FleetState, { method, url }: { method: string; url: URL }): unknown {
  const path = url.pathname.slice('/api/v1/fleet/'.length)
  if (method !== 'GET') state.acts.push(`${method} ${path}`)
  if (path === 'gateways') return twins(url.searchParams)
  if (path === 'tags') return { tags: [{ tag: 'pilot', gateways: 3 }] }
  if (path === 'profiles') return { profiles: [] }
  if (path === 'software') return { software: [] }
  if (path === 'audit' || path === `gateways/${GATEWAY}/audit`) return audit()
  if (path === `gateways/${GATEWAY}/config/versions`) return { gateway: GATEWAY, versions: [] }
  if (path === `gateways/${GATEWAY}` || path === `gateways/${GATEWAY}/adopt` || path === `gateways/${GATEWAY}/tags`)
    return twin()
  if (path === `gateways/${GATEWAY}/bench/accept`) state.isAccepted = true
  if (path === `gateways/${GATEWAY}/bench` || path === `gateways/${GATEWAY}/bench/accept`) return bench(state)
  if (path === 'rollouts') return method === 'POST' ? rollout('ready') : { rollouts: [rollout(state.rollout)] }
  if (path === 'rollouts/preview') return PREVIEW
  if (path === 'rollouts/r-1/gateways') return rolloutGateways(url.searchParams)
  if (path === 'rollouts/r-1/events') return events()
  const act = /^rollouts\/r-1\/(start|pause|resume|abort)$/.exec(path)?.[1]
  if (act !== undefined) state.rollout = act === 'pause' ? 'paused' : act === 'abort' ? 'rolling_back' : 'running'
  return path.startsWith('rollouts/r-1') ? rollout(state.rollout) : undefined
}
