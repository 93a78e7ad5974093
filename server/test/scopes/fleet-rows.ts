import { act, at, files, list, own, record, type Row, staffAt } from './scope-rows.ts'
import { SCOPE_PROFILE } from './fleet-records.ts'

const FLEET = ['hardware', 'administrator'] as const
const GATEWAY = { gateway: at('gw') }
const BATCH = { batch: staffAt('batch') }
const PROFILE = { profile: SCOPE_PROFILE }
const TEXT = '{ "devices": [] }'

/** The fleet's work: profiles are everybody's who works on it; batches, configs and the record are of places. */
export const FLEET_ROWS: readonly Row[] = [
  own('get /api/v1/fleet/profiles', FLEET),
  own('post /api/v1/fleet/profiles', FLEET, {}, { body: { profile: 'x', nameZh: 'x', nameEn: 'x', text: TEXT } }),
  own('post /api/v1/fleet/profiles/check', FLEET, {}, { body: { text: TEXT } }),
  own('get /api/v1/fleet/profiles/{profile}', FLEET, PROFILE),
  own('post /api/v1/fleet/profiles/{profile}/versions', FLEET, { profile: 'x' }, { body: { text: TEXT, after: 1 } }),
  own('get /api/v1/fleet/profiles/{profile}/versions/{version}', FLEET, { ...PROFILE, version: '1' }),
  own('get /api/v1/fleet/profiles/{profile}/diff', FLEET, PROFILE, { query: 'from=1&to=1' }),

  record('get /api/v1/fleet/gateways/{gateway}/config/versions', FLEET, GATEWAY),
  record('get /api/v1/fleet/gateways/{gateway}/config/explained', FLEET, GATEWAY),
  record('get /api/v1/fleet/gateways/{gateway}/config/diff', FLEET, GATEWAY, { query: 'from=1&to=1', empty: true }),
  record('post /api/v1/fleet/gateways/{gateway}/config/preview', FLEET, GATEWAY, { body: PROFILE }),
  record('post /api/v1/fleet/gateways/{gateway}/config/check', FLEET, GATEWAY, { body: { text: '{"devices":[]}' } }),
  act('post /api/v1/fleet/gateways/{gateway}/config/profile', FLEET, GATEWAY, {
    body: (place: string) => ({
      ...PROFILE,
      overrides: { devices: { plug: { id: at('plug')(place), address: at('address')(place) } } },
    }),
  }),

  list('get /api/v1/fleet/claim-batches', FLEET),
  record('get /api/v1/fleet/claim-batches/{batch}', FLEET, BATCH),
  act(
    'post /api/v1/fleet/claim-batches',
    FLEET,
    {},
    {
      body: (place: string) => ({ name: 'x', boxes: [{ station: at('st')(place) }] }),
    },
  ),
  act('post /api/v1/fleet/claim-batches/{batch}/revoke', FLEET, BATCH),

  list('get /api/v1/fleet/audit', FLEET),
  ...files('/api/v1/fleet/audit', FLEET),
  record('get /api/v1/fleet/gateways/{gateway}/audit', FLEET, GATEWAY),
]
