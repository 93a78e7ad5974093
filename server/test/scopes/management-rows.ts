import { STREETS, districtAt, type ScopePlace } from './scope-people.ts'
import {
  CREW,
  GOVERN,
  type Row,
  STAFF,
  act,
  at,
  district,
  files,
  list,
  open,
  own,
  record,
  staffAt,
} from './scope-rows.ts'

const dayMs = 24 * 3_600_000
const inDays = (days: number) => new Date(Date.now() + days * dayMs).toISOString()
const dateIn = (days: number) => inDays(days).slice(0, 10)
const KEY = 'ef'.repeat(16)
const JPEG = { type: 'image/jpeg', data: Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex') }
const NO_PICTURE = 'the fixture has no picture'
const facts = (place: string) => ({ nameZh: at('站')(place), nameEn: at('station')(place), facilities: [] })
/** The street of a place; of one that is none, a street that nobody registered. */
const streetOf = (place: string) => STREETS[place as ScopePlace] ?? '500999001'
const served = `from=${dateIn(-7)}&to=${dateIn(1)}`

/** The register of stations, rotas, stock, orders and the weather: what governing takes. */
export const MANAGEMENT_ROWS: readonly Row[] = [
  list('get /api/v1/register/stations', STAFF),
  list('get /api/v1/register/stations.geojson', STAFF),
  list('get /api/v1/rota/gaps', CREW),
  list('get /api/v1/rota/week', GOVERN),
  ...files('/api/v1/rota/week', GOVERN),
  list('get /api/v1/rota/hours', CREW, { query: served, shownTo: GOVERN }),
  list('get /api/v1/stock', CREW),
  ...files('/api/v1/register/stations', STAFF),
  ...files('/api/v1/rota/gaps', CREW),
  ...files('/api/v1/rota/hours', CREW, { query: served, shownTo: GOVERN }),
  ...files('/api/v1/stock', CREW),
  list('get /api/v1/voices', STAFF),
  ...files('/api/v1/voices/places', STAFF),
  ...files('/api/v1/voices/weeks', STAFF, { empty: true }),
  list('get /api/v1/notices', STAFF),
  ...files('/api/v1/notices', STAFF),
  own('get /api/v1/rota/mine', CREW),
  own('get /api/v1/weather', STAFF),
  open('get /api/v1/rota/calendar/{key}', { key: KEY }),
  open('get /api/v1/open-data/stations.geojson'),
  open('get /api/v1/station-photos/{id}', { id: 'none' }),
  open('get /api/v1/stations/{id}/notices', { id: at('st') }),
  open('get /api/v1/displays/{station}', { station: at('st') }, { query: 'key=wrong' }),

  record('get /api/v1/register/stations/{id}', STAFF, { id: at('st') }),
  record('get /api/v1/register/stations/{id}/qr.svg', STAFF, { id: at('st') }, { empty: true }),
  record('get /api/v1/stations/{id}/life-cycle', STAFF, { id: at('st') }),
  record('get /api/v1/stations/{id}/rota', CREW, { id: at('st') }),
  record('get /api/v1/stations/{id}/display', ['manager', 'administrator', 'keeper', 'hardware'], { id: at('st') }),
  record('get /api/v1/stock/{id}/history', CREW, { id: staffAt('item') }),
  ...['csv', 'xlsx', 'pdf'].map(ending =>
    record(
      `get /api/v1/notice-receipts.${ending}`,
      STAFF,
      {},
      { query: place => `notice=${staffAt('notice')(place)}`, oneRole: ending !== 'csv', empty: ending === 'pdf' },
    ),
  ),
  record('get /api/v1/notices/{id}', STAFF, { id: staffAt('notice') }),

  act(
    'post /api/v1/register/stations',
    GOVERN,
    {},
    {
      body: (place: string) => ({
        ...facts(place),
        district: streetOf(place).slice(0, 6),
        street: streetOf(place),
        position: { system: 'WGS84', latDeg: 29.6, lngDeg: 106.5 },
      }),
    },
  ),
  own(
    'post /api/v1/register/check',
    GOVERN,
    {},
    {
      body: {
        station: at('st')('b1'),
        district: districtAt('b1'),
        position: { system: 'WGS84', latDeg: 29.6, lngDeg: 106.5 },
        hours: '24/7',
      },
    },
  ),
  act(
    'post /api/v1/register/import',
    GOVERN,
    {},
    {
      query: 'dry=false&system=WGS84',
      bytes: place => ({ type: 'text/csv', data: `id,nameZh\n${at('st')(place)},x\n` }),
      // All rows or none; that there is such a station is no secret.
      says: 'not_yours',
      refusedOnly: 'a row needs all that a station is',
    },
  ),
  act(
    'put /api/v1/register/stations/{id}',
    GOVERN,
    { id: at('st') },
    {
      body: (place: string) => ({ ...facts(place), hours: '24/7', street: streetOf(place), revision: 0 }),
    },
  ),
  act('post /api/v1/register/stations/{id}/photos', GOVERN, { id: at('st') }, { bytes: JPEG, refusedOnly: NO_PICTURE }),
  act(
    'delete /api/v1/register/stations/{id}/photos/{photo}',
    GOVERN,
    { id: at('st'), photo: 'none' },
    { refusedOnly: NO_PICTURE },
  ),
  act('post /api/v1/stations/{id}/life-cycle', GOVERN, { id: at('st') }, { body: { state: 'suspended', reason: 'x' } }),

  act('post /api/v1/stations/{id}/display/renew', GOVERN, { id: at('st') }, { body: {} }),
  act('put /api/v1/stations/{id}/rota', GOVERN, { id: at('st') }, { body: { needsKeeper: true } }),
  act('post /api/v1/stations/{id}/rota/members', GOVERN, { id: at('st') }, { body: { name: 'x' } }),
  act(
    'post /api/v1/stations/{id}/rota/shifts',
    GOVERN,
    { id: at('st') },
    {
      body: { day: dateIn(5), from: '08:00', halfHours: 4 },
    },
  ),
  act('delete /api/v1/rota/patterns/{id}', GOVERN, { id: staffAt('pattern') }, { refusedOnly: 'it ended long ago' }),
  act(
    'post /api/v1/rota/shifts/{id}/acts',
    CREW,
    { id: staffAt('shift') },
    {
      body: { act: 'cancel' },
      refusedOnly: 'a keeper cancels nothing',
    },
  ),
  act(
    'delete /api/v1/stations/{id}/rota/members',
    GOVERN,
    { id: at('st') },
    {
      query: place => `person=volunteer:${staffAt('volunteer')(place)}`,
    },
  ),
  act('post /api/v1/stations/{id}/stock', CREW, { id: at('st') }, { body: { kind: 'other', name: 'x', unit: 'x' } }),
  act(
    'post /api/v1/stations/{id}/stock-checks',
    CREW,
    { id: at('st') },
    {
      body: { key: KEY, filledAt: inDays(0), counts: [] },
    },
  ),
  act(
    'post /api/v1/stock/import',
    CREW,
    {},
    {
      query: 'dry=false',
      bytes: place => ({
        type: 'text/csv',
        data: `Station code,Item,Kind,Unit,Quantity\n${at('st')(place)},x,other,x,1\n`,
      }),
      // All rows or none; that there is such a station is no secret.
      says: 'other_district',
    },
  ),
  act(
    'put /api/v1/stock-checks/{key}/photos/{batch}/{n}',
    CREW,
    { key: KEY, batch: staffAt('batch'), n: '1' },
    { bytes: JPEG, refusedOnly: NO_PICTURE },
  ),
  act(
    'get /api/v1/stock-checks/{key}/photos/{photo}',
    CREW,
    { key: KEY, photo: '0'.repeat(64) },
    { refusedOnly: NO_PICTURE },
  ),
  act('post /api/v1/stock/{id}/batches', CREW, { id: staffAt('item') }, { body: { quantity: 1 } }),
  act('post /api/v1/stock-batches/{id}/acts', CREW, { id: staffAt('batch') }, { body: { act: 'used', quantity: 1 } }),

  act('post /api/v1/notices/preview', GOVERN, {}, { body: (place: string) => ({ stations: [at('st')(place)] }) }),
  act(
    'post /api/v1/notices',
    GOVERN,
    {},
    {
      body: (place: string) => ({
        key: KEY,
        kind: 'other',
        severity: 'info',
        titleZh: 'x',
        titleEn: 'x',
        textZh: 'x',
        textEn: 'x',
        to: { stations: [at('st')(place)] },
        expected: 1,
      }),
      refusedOnly: 'whom it reaches depends on who keeps the station',
    },
  ),
  act(
    'post /api/v1/notices/{id}/acts',
    STAFF,
    { id: staffAt('notice') },
    {
      body: { key: KEY, act: 'read', receipts: [1] },
      refusedOnly: 'a receipt is for a keeper of the station',
    },
  ),
  act(
    'post /api/v1/notices/{id}/remind',
    GOVERN,
    { id: staffAt('notice') },
    { refusedOnly: 'only whoever governs it reminds' },
  ),
  act(
    'post /api/v1/notices/{id}/withdraw',
    GOVERN,
    { id: staffAt('notice') },
    {
      body: { reason: 'x' },
      refusedOnly: 'only whoever wrote it takes it back',
    },
  ),
  act(
    'post /api/v1/notices/{id}/receipts/{n}/photos',
    STAFF,
    { id: staffAt('notice'), n: '1' },
    {
      bytes: JPEG,
      refusedOnly: NO_PICTURE,
    },
  ),
  act(
    'get /api/v1/notices/{id}/receipts/{n}/photos/{name}',
    STAFF,
    { id: staffAt('notice'), n: '1', name: '0'.repeat(32) },
    {
      refusedOnly: NO_PICTURE,
    },
  ),
  district(
    'post /api/v1/weather',
    GOVERN,
    {},
    {
      body: (place: string) => ({ district: districtAt(place as ScopePlace), outdoorC: 30 }),
    },
  ),
  district(
    'get /api/v1/heat/proposal',
    GOVERN,
    {},
    {
      query: place => `district=${districtAt(place as ScopePlace)}&until=22:00`,
    },
  ),
]
