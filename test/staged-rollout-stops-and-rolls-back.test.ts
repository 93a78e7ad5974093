import { type Fleet, type RolloutEventPage, type RolloutView, fleetSchema } from '@harbor/protocol'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Nature, type Swarm, startSwarm } from './swarm.ts'
import { type System, startSystem } from './system.ts'

/** `npm run bench -w server -- rollout` asks for 5,000. */
const GATEWAYS = Number(process.env['HARBOR_ROLLOUT_GATEWAYS'] ?? 200)
/** 3 of 100 fail, in three ways by turns; none among the first tenth. */
const FAILS_EVERY = 33
const NATURES: readonly Nature[] = ['refuses', 'stays-silent', 'reads-nothing']
const natureOf = (index: number): Nature => {
  if (index <= GATEWAYS / 10 || index % FAILS_EVERY !== 0) return 'well'
  return NATURES[(index / FAILS_EVERY) % NATURES.length] ?? 'refuses'
}
/** A third of those that fail may. */
const MAX_FAILURES = Math.floor(GATEWAYS / 100)
const NEW_EVERY_S = 77
/** Those that say nothing are given up after it; thousands need longer to be heard by one server. */
const SETTLE_MS = 10_000 + GATEWAYS * 2
/** Generous: a loaded machine is slow, and none of what is shown is about speed. */
const PATIENCE_MS = 120_000 + GATEWAYS * 200

const nameOf = (index: number) => `p${String(index).padStart(5, '0')}`

function manyStations(): Fleet {
  const all = Array.from({ length: GATEWAYS }, (_, index) => nameOf(index))
  return fleetSchema.parse({
    regions: [{ district: '500103', nameZh: '渝中区', nameEn: 'Yuzhong' }],
    stations: all.map(id => ({
      id,
      district: '500103',
      nameZh: id,
      nameEn: id,
      latDeg: 29.55,
      lngDeg: 106.57,
      facilities: [],
    })),
    appliances: [],
    gateways: all.map(id => ({ id: `gw-${id}`, station: id, district: '500103' })),
    devices: all.map(id => ({ id: `${id}-room`, gateway: `gw-${id}`, vendor: 'esphome', address: 'room' })),
  })
}

let system: System
let swarm: Swarm

beforeAll(async () => {
  const fleet = manyStations()
  system = await startSystem(fleet, { hasGateway: false })
  swarm = await startSwarm({
    mqttUrl: system.mqttUrl,
    secretOf: system.secretOf,
    gateways: fleet.gateways,
    natureOf,
    isNew: ({ devices }) => devices.some(({ reportEveryS }) => reportEveryS === NEW_EVERY_S),
  })
}, PATIENCE_MS)

afterAll(async () => {
  await swarm?.[Symbol.asyncDispose]()
  await system?.[Symbol.asyncDispose]()
}, 60_000)

const view = async (rollout: string) => (await system.get(`/api/v1/fleet/rollouts/${rollout}`)) as RolloutView

async function record(rollout: string): Promise<RolloutEventPage['events']> {
  const events: RolloutEventPage['events'] = []
  for (let after: number | undefined = 0; after !== undefined;) {
    const path = `/api/v1/fleet/rollouts/${rollout}/events?after=${after}&limit=500`
    const page = (await system.get(path)) as RolloutEventPage
    events.push(...page.events)
    after = page.next
  }
  return events
}

test(
  'a staged rollout to a fleet of which 3 % fail stops, rolls back over a restart, and leaves nobody between versions',
  async () => {
    const device = { key: 'room', vendor: 'esphome', address: 'room', reportEveryS: NEW_EVERY_S }
    const profile = { profile: 'swarm', nameZh: 'x', nameEn: 'x', text: JSON.stringify({ devices: [device] }) }
    await system.post('/api/v1/fleet/profiles', profile)
    const { rollout, total } = (await system.post('/api/v1/fleet/rollouts', {
      name: 'swarm',
      target: { kind: 'profile', profile: 'swarm' },
      selection: { regions: ['500103'] },
      health: { steadyMs: 1_000, settleMs: SETTLE_MS, offlineMs: 120_000 },
      maxFailures: MAX_FAILURES,
    })) as RolloutView
    expect(total).toBe(GATEWAYS)
    await system.post(`/api/v1/fleet/rollouts/${rollout}/start`, {})
    // In the midst of its last stage the server dies.
    const lastStage = () => vi.waitFor(async () => expect((await view(rollout)).stage).toBe(2), waiting)
    const waiting = { timeout: PATIENCE_MS, interval: 500 }
    await lastStage()
    await vi.waitFor(async () => expect((await view(rollout)).counts.changed).toBeGreaterThan(0), waiting)
    await system.killAndRestart('server')
    await vi.waitFor(async () => expect((await view(rollout)).state).toBe('rolled_back'), waiting)

    const end = await view(rollout)
    expect(end.stoppedBy).toBe('failures')
    expect(end.failures).toBeGreaterThan(MAX_FAILURES)
    expect(end.counts.reverted + end.counts.left).toBe(GATEWAYS)
    // The first stages were passed whole; nobody has the new, by the server's word and by the gateways'.
    const events = await record(rollout)
    const steps = events.filter(({ event }) => event !== 'gateway').map(({ event, stage }) => `${event} ${stage ?? ''}`)
    expect(steps.map(step => step.trim())).toEqual([
      'made',
      'started',
      'stage-begun 0',
      'stage-passed 0',
      'stage-begun 1',
      'stage-passed 1',
      'stage-begun 2',
      'stopped',
      'rolled-back',
    ])
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    const isNew = (config: { devices: { reportEveryS?: number | undefined }[] } | undefined) =>
      config?.devices.some(({ reportEveryS }) => reportEveryS === NEW_EVERY_S) === true
    expect(swarm.gateways.filter(({ given, runs }) => isNew(given) || isNew(runs)).map(({ id }) => id)).toEqual([])
    // Each was given the new once at most, and its former once.
    const given = Map.groupBy(
      events.filter(({ state }) => state === 'changed' || state === 'reverting'),
      ({ gateway, version, state }) => (version === undefined ? '' : `${gateway} ${state}`),
    )
    given.delete('')
    expect([...given.values()].filter(times => times.length > 1)).toEqual([])
    expect(Math.max(...swarm.gateways.map(({ changes }) => changes))).toBeLessThanOrEqual(2)
  },
  PATIENCE_MS * 3,
)
