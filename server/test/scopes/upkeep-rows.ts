import {
  CREW,
  GOVERN,
  QUIETEN,
  type Row,
  STAFF,
  act,
  at,
  district,
  files,
  list,
  own,
  record,
  staffAt,
} from './scope-rows.ts'
import { DISTRICTS } from './scope-people.ts'
import { keyAt } from './scope-records.ts'

const dayMs = 24 * 3_600_000
const inDays = (days: number) => new Date(Date.now() + days * dayMs).toISOString()
const dateIn = (days: number) => inDays(days).slice(0, 10)
const period = `from=${inDays(-7)}&to=${inDays(1)}`
const districtOf = (place: string) => DISTRICTS[place.startsWith('a') ? 'a' : 'b']
const KEY = 'ab'.repeat(16)
const NO_FILE = 'the fixture has the row of a picture and no file'
/** The smallest JPEG there is: it begins as one, which is what decides before it is looked at whose the place is. */
const JPEG = { type: 'image/jpeg', data: Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex') }

/** Alerts, orders, appliances, plans, checklists, reports of visitors: what keeping stations in order takes. */
export const UPKEEP_ROWS: readonly Row[] = [
  list('get /api/v1/alerts', STAFF),
  list('get /api/v1/inbox', STAFF),
  list('get /api/v1/inbox/map', STAFF, { query: 'box=106,29,107,30&zoom=18' }),
  list('get /api/v1/maintenance', STAFF),
  list('get /api/v1/hours-changes', STAFF),
  list('get /api/v1/feedback', STAFF),
  list('get /api/v1/plans', STAFF),
  list('get /api/v1/work-orders', CREW),
  list('get /api/v1/checklist-fills', CREW),
  list('get /api/v1/assets', STAFF),
  list('get /api/v1/assets/export.csv', STAFF),
  list('get /api/v1/assets/export.xlsx', STAFF),
  list('get /api/v1/assets/labels.pdf', STAFF, { oneRole: true, empty: true }),
  list('get /api/v1/figures', CREW, { query: `${period}&by=station` }),
  ...files('/api/v1/figures', CREW, { query: `${period}&by=station` }),
  // A district's crews come into each of its streets: they are no place's.
  own('get /api/v1/crews', CREW),
  own('get /api/v1/crew-people', GOVERN),
  own('get /api/v1/rules', STAFF),
  own('get /api/v1/checklists', CREW),
  own('get /api/v1/checklists/{id}/versions', CREW, { id: 'six-haves' }),

  record('get /api/v1/alerts/{id}', STAFF, { id: staffAt('alert') }),
  record('get /api/v1/alerts/{id}/repairs', STAFF, { id: staffAt('alert') }, { empty: true }),
  record('get /api/v1/appliances/{id}/rules', STAFF, { id: at('fridge') }),
  record('get /api/v1/devices/{id}/commands', STAFF, { id: at('plug') }),
  record('get /api/v1/devices/{id}/commands/{command}', STAFF, { id: at('plug'), command: staffAt('command') }),
  record('get /api/v1/gateways/{id}', STAFF, { id: at('gw') }),
  record('get /api/v1/fleet/gateways/{gateway}/config', ['hardware', 'administrator'], { gateway: at('gw') }),
  record('get /api/v1/stations/{id}/door-code', STAFF, { id: at('st') }),
  record('get /api/v1/assets/{tag}', STAFF, { tag: at('tag') }),
  record('get /api/v1/work-orders/{id}', CREW, { id: staffAt('order') }),
  record('get /api/v1/work-order-candidates', CREW, {}, { query: place => `station=${at('st')(place)}`, empty: true }),
  record('get /api/v1/work-orders/{id}/candidates', CREW, { id: staffAt('order') }, { empty: true }),
  record('get /api/v1/checklist-fills/{key}', CREW, { key: keyAt }),

  act('get /api/v1/door-codes.pdf', STAFF, {}, { query: place => `stations=${at('st')(place)}` }),

  act('post /api/v1/alerts/{id}/acknowledge', STAFF, { id: staffAt('alert') }),
  act(
    'post /api/v1/alerts/{id}/silence',
    QUIETEN,
    { id: staffAt('alert') },
    { body: { until: inDays(1), reason: 'x' } },
  ),
  act('post /api/v1/alerts/{id}/comment', STAFF, { id: staffAt('alert') }, { body: { text: 'x' } }),
  act('delete /api/v1/alerts/{id}/silence', QUIETEN, { id: staffAt('alert') }),
  act(
    'post /api/v1/maintenance',
    QUIETEN,
    {},
    {
      body: (place: string) => ({ station: at('st')(place), from: inDays(3), to: inDays(4), reason: 'x' }),
    },
  ),
  act('patch /api/v1/maintenance/{id}', QUIETEN, { id: staffAt('window') }, { body: { reason: 'y' } }),
  act('delete /api/v1/maintenance/{id}', QUIETEN, { id: staffAt('window') }),
  act(
    'post /api/v1/appliances/{id}/rules/{rule}',
    ['maintainer', 'administrator'],
    { id: at('fridge'), rule: 'fridge_too_warm' },
    { body: { timeScale: 2, reason: 'x' } },
  ),
  act(
    'post /api/v1/hours-changes',
    GOVERN,
    {},
    {
      body: (place: string) => ({
        station: at('st')(place),
        kind: 'closure',
        from: dateIn(3),
        to: dateIn(4),
        reasonZh: 'x',
        reasonEn: 'x',
      }),
    },
  ),
  act('delete /api/v1/hours-changes/{id}', GOVERN, { id: staffAt('hours') }),
  act('post /api/v1/devices/{id}/commands', QUIETEN, { id: at('plug') }, { body: { action: 'relay-on' } }),
  act(
    'post /api/v1/fleet/claim-tokens',
    ['hardware', 'administrator'],
    {},
    {
      body: (place: string) => ({ station: at('st')(place) }),
    },
  ),
  act(
    'post /api/v1/fleet/gateways/{gateway}/config',
    ['hardware', 'administrator'],
    { gateway: at('gw') },
    {
      body: (place: string) => ({
        devices: [
          { id: at('plug')(place), vendor: 'shelly', address: at('address')(place), appliance: at('fridge')(place) },
        ],
      }),
    },
  ),
  act('post /api/v1/stations/{id}/door-code', ['keeper', 'manager', 'administrator'], { id: at('st') }),
  act(
    'post /api/v1/work-orders/{id}/acts',
    CREW,
    { id: staffAt('order') },
    {
      body: { act: 'note', note: 'x', revision: 1 },
    },
  ),
  act(
    'post /api/v1/work-orders',
    CREW,
    {},
    {
      body: (place: string) => ({ station: at('st')(place), severity: 'P3', title: 'x' }),
    },
  ),
  act(
    'post /api/v1/work-orders/{id}/photos',
    CREW,
    { id: staffAt('order') },
    { bytes: JPEG, refusedOnly: 'no picture' },
  ),
  act(
    'get /api/v1/work-orders/{id}/photos/{name}',
    CREW,
    { id: staffAt('order'), name: '0'.repeat(32) },
    { refusedOnly: NO_FILE },
  ),
  act(
    'put /api/v1/assets/{tag}',
    QUIETEN,
    { tag: at('tag') },
    {
      body: (place: string) => ({ revision: 0, assetTag: at('tag')(place), station: at('st')(place), maker: 'x' }),
    },
  ),
  act(
    'post /api/v1/plans',
    GOVERN,
    {},
    {
      body: (place: string) => ({
        title: 'x',
        target: { appliance: at('fridge')(place) },
        schedule: { by: 'usage', meter: 'run_hours', every: 1_000_000 },
      }),
    },
  ),
  act(
    'post /api/v1/plans/preview',
    GOVERN,
    {},
    {
      body: (place: string) => ({
        target: { appliance: at('fridge')(place) },
        schedule: { by: 'usage', meter: 'run_hours', every: 1_000_000 },
      }),
    },
  ),
  act('post /api/v1/plans/{id}/acts', GOVERN, { id: staffAt('plan') }, { body: { act: 'end' } }),
  act(
    'post /api/v1/checklist-fills',
    CREW,
    {},
    {
      body: (place: string) => ({
        key: `${KEY.slice(0, 30)}${place}`.replaceAll(/[^0-9a-f]/g, 'c'),
        template: 'six-haves',
        version: 1,
        station: at('st')(place),
        filledAt: inDays(0),
        answers: [],
      }),
      refusedOnly: 'a checklist needs an answer to each of its lines',
    },
  ),
  act(
    'put /api/v1/checklist-fills/{key}/photos/{line}/{n}',
    CREW,
    { key: keyAt, line: 'water', n: '1' },
    {
      bytes: JPEG,
      refusedOnly: 'no line of it announced a picture',
    },
  ),
  act(
    'get /api/v1/checklist-fills/{key}/photos/{photo}',
    CREW,
    { key: keyAt, photo: '0'.repeat(32) },
    { refusedOnly: NO_FILE },
  ),
  act('post /api/v1/feedback/{id}/reply', CREW, { id: staffAt('report') }, { body: { text: 'x' } }),
  act('post /api/v1/feedback/{id}/close', CREW, { id: staffAt('report') }, { body: {} }),
  act('get /api/v1/feedback-photos/{id}', STAFF, { id: staffAt('photo') }, { refusedOnly: NO_FILE }),
  act(
    'post /api/v1/feedback-photos/{id}/release',
    ['keeper', 'manager', 'administrator'],
    { id: staffAt('photo') },
    { refusedOnly: NO_FILE },
  ),
  act('delete /api/v1/feedback-photos/{id}/release', ['keeper', 'manager', 'administrator'], { id: staffAt('photo') }),
  act(
    'post /api/v1/assets/import',
    ['manager', 'hardware', 'administrator'],
    {},
    {
      query: 'dry=false',
      bytes: (place: string) => ({
        type: 'text/csv',
        data: `id,assetTag,station,kind\n${at('new')(place)},${at('new-tag')(place)},${at('st')(place)},microwave\n`,
      }),
      // All rows or none; that there is such a station is no secret.
      says: 'other_district',
    },
  ),
  own(
    'post /api/v1/checklists/{id}',
    ['administrator'],
    { id: 'mine' },
    {
      body: {
        replaces: 0,
        titleZh: 'x',
        titleEn: 'x',
        use: 'inspection',
        lines: [{ id: 'a', type: 'check', labelZh: 'x', labelEn: 'x' }],
      },
    },
  ),

  district(
    'post /api/v1/hours-changes',
    GOVERN,
    {},
    {
      body: (place: string) => ({
        district: districtOf(place),
        kind: 'closure',
        from: dateIn(5),
        to: dateIn(6),
        reasonZh: 'x',
        reasonEn: 'x',
      }),
    },
  ),
  district(
    'post /api/v1/plans',
    GOVERN,
    {},
    {
      body: (place: string) => ({
        title: 'x',
        target: { kind: 'fridge', district: districtOf(place) },
        schedule: { by: 'usage', meter: 'run_hours', every: 1_000_000 },
      }),
    },
  ),
  district(
    'post /api/v1/crews/{id}',
    GOVERN,
    { id: place => `crew-${place.slice(0, 1)}-more` },
    {
      body: (place: string) => ({ name: 'x', districts: [districtOf(place)], skills: [], members: [] }),
    },
  ),
  district('delete /api/v1/crews/{id}', GOVERN, { id: place => `crew-${place.slice(0, 1)}-more` }),
]
