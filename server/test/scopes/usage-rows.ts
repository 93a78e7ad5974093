import { type ScopePlace, districtAt } from './scope-people.ts'
import { CREW, GOVERN, type Row, STAFF, act, at, district, files, list, own, record } from './scope-rows.ts'

const dayMs = 24 * 3_600_000
const dateIn = (days: number) => new Date(Date.now() + days * dayMs).toISOString().slice(0, 10)
const period = `from=${dateIn(-30)}&to=${dateIn(0)}`
const place = (name: string) => districtAt(name as ScopePlace)
const month = dateIn(-40).slice(0, 7)
const tariff = {
  from: dateIn(30),
  fenPerKWh: Array.from({ length: 24 }, () => 60),
  co2KgPerKWh: 0.5,
  source: 'the tests',
}

/**
 * Use, energy, the truth of opening, the one screen and the monthly reports. What names no station, sums, is held to the scope number by
 * number (scope-figures.ts).
 */
export const USAGE_ROWS: readonly Row[] = [
  list('get /api/v1/overview', STAFF, { empty: true }),
  list('get /api/v1/overview/stations', STAFF),
  list('get /api/v1/usage', CREW, { query: `${period}&by=station` }),
  ...files('/api/v1/usage', CREW, { query: `${period}&by=station` }),
  ...files('/api/v1/overview', STAFF, { empty: true }),
  ...files('/api/v1/overview/stations', STAFF),
  list('get /api/v1/usage/heat-map', CREW, { query: period, empty: true }),
  ...files('/api/v1/usage/heat-map', CREW, { query: period, empty: true }),
  list('get /api/v1/usage/judgements', CREW, { query: period }),
  ...files('/api/v1/usage/judgements', CREW, { query: period }),
  list('get /api/v1/usage/doubts', CREW, { query: period }),
  ...files('/api/v1/usage/doubts', CREW, { query: period }),
  ...['csv', 'xlsx', 'pdf'].map(ending =>
    record(
      `get /api/v1/usage/station-days.${ending}`,
      CREW,
      {},
      {
        query: (name: string) => `${period}&station=${at('st')(name)}`,
        ...(ending !== 'csv' && { oneRole: true }),
        ...(ending === 'pdf' && { empty: true }),
      },
    ),
  ),
  list('get /api/v1/usage/edits', CREW, { query: period }),
  list('get /api/v1/energy', CREW, { query: `${period}&by=station` }),
  ...files('/api/v1/energy', CREW, { query: `${period}&by=station` }),
  list('get /api/v1/opening-truth', CREW, { query: `${period}&by=station` }),
  ...files('/api/v1/opening-truth', CREW, { query: `${period}&by=station` }),
  list('get /api/v1/opening-truth/days', CREW, { query: period }),
  ...files('/api/v1/opening-truth/days', CREW, { query: period }),
  own('get /api/v1/energy/tariffs', CREW),
  own('get /api/v1/reports', GOVERN),
  record('get /api/v1/usage/stations/{id}', CREW, { id: at('st') }, { query: period }),
  act(
    'post /api/v1/usage/edits',
    GOVERN,
    {},
    {
      body: (name: string) => ({
        station: at('st')(name),
        date: dateIn(-3),
        figure: 'visits',
        value: 1,
        reason: 'the tests',
      }),
    },
  ),
  district(
    'put /api/v1/energy/tariffs',
    GOVERN,
    {},
    { body: (name: string) => ({ ...tariff, district: place(name) }) },
  ),
  district('put /api/v1/reports/mailed', GOVERN, {}, { body: (name: string) => ({ districts: [place(name)] }) }),
  district('post /api/v1/reports/{district}/{month}', GOVERN, { district: place, month }),
  district('get /api/v1/reports/{district}/{month}/report.pdf', GOVERN, { district: place, month }),
  district('get /api/v1/reports/{district}/{month}/report.xlsx', GOVERN, { district: place, month }),
]
