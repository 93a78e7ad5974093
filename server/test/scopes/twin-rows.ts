import type { Role } from '@harbor/protocol'
import { type Row, act, at, list, own, record, staffAt } from './scope-rows.ts'

const TEAM: readonly Role[] = ['hardware', 'administrator']
const READERS: readonly Role[] = [...TEAM, 'manager', 'maintainer']
const GATEWAY = { gateway: at('gw') }
const ROLLOUT = { rollout: staffAt('rollout') }
const rolloutOf = (place: string) => ({
  name: 'x',
  target: { kind: 'overrides', overrides: {} },
  selection: { gateways: [at('gw')(place)] },
})

/** Gateways as they are and as they are to be; what is rolled out to them; the bench. */
export const TWIN_ROWS: readonly Row[] = [
  list('get /api/v1/fleet/gateways', READERS),
  own('get /api/v1/fleet/tags', READERS),
  record('get /api/v1/fleet/gateways/{gateway}', READERS, GATEWAY),
  act('put /api/v1/fleet/gateways/{gateway}/tags', TEAM, GATEWAY, { body: { tags: ['pilot'] } }),
  act('post /api/v1/fleet/gateways/{gateway}/adopt', TEAM, GATEWAY, {
    body: { vendor: 'tasmota', address: 'never-heard' },
    refusedOnly: 'the gateway has heard no such device',
  }),

  own('post /api/v1/fleet/rollouts/preview', TEAM, {}, { body: { ...rolloutOf('x'), selection: { tags: ['none'] } } }),
  act('post /api/v1/fleet/rollouts', TEAM, {}, { body: rolloutOf, refusedOnly: 'the first of them holds the gateway' }),
  list('get /api/v1/fleet/rollouts', TEAM),
  record('get /api/v1/fleet/rollouts/{rollout}', TEAM, ROLLOUT),
  record('get /api/v1/fleet/rollouts/{rollout}/gateways', TEAM, ROLLOUT),
  record('get /api/v1/fleet/rollouts/{rollout}/events', TEAM, ROLLOUT, { empty: true }),
  ...['csv', 'xlsx', 'pdf'].map(ending =>
    record(`get /api/v1/fleet/rollouts/{rollout}/events.${ending}`, TEAM, ROLLOUT, {
      empty: ending !== 'xlsx',
      oneRole: ending !== 'csv',
    }),
  ),
  ...(['start', 'pause', 'resume', 'abort'] as const).map(wish =>
    act(`post /api/v1/fleet/rollouts/{rollout}/${wish}`, TEAM, ROLLOUT, {
      refusedOnly: 'it is over',
    }),
  ),

  record('get /api/v1/fleet/gateways/{gateway}/bench', TEAM, GATEWAY),
  act('post /api/v1/fleet/gateways/{gateway}/bench/relay-test', TEAM, GATEWAY, {
    body: (place: string) => ({ device: at('plug')(place), action: 'relay-on' }),
    refusedOnly: 'no relay of it was heard',
  }),
  act('post /api/v1/fleet/gateways/{gateway}/bench/accept', TEAM, GATEWAY, { body: { exceptions: 'a test' } }),
  record('get /api/v1/fleet/gateways/{gateway}/bench/sheet.pdf', TEAM, GATEWAY, { empty: true, oneRole: true }),
]
