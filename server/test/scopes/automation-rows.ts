import { districtAt, type ScopePlace } from './scope-people.ts'
import { type Row, district, own } from './scope-rows.ts'

const ADMINISTRATOR = ['administrator'] as const
const OVERSEES = ['administrator', 'hardware'] as const
const CHANNEL = { kind: 'wecom', name: 'x', target: 'x', roles: [], severities: ['P0'], language: 'zh' }
const NOTE = {
  to: { roles: ['manager'] },
  severity: 'P3',
  title: { zh: 'x', en: 'x' },
  body: { zh: 'x', en: 'x' },
  url: '/console/',
  kind: 'x',
  dedupeKey: 'x',
}

/** Programs that act by themselves: administrators look after them; what is for programs alone is for nobody who is signed in. */
export const AUTOMATION_ROWS: readonly Row[] = [
  own('get /api/v1/automation/accounts', ADMINISTRATOR),
  district(
    'post /api/v1/automation/accounts',
    ADMINISTRATOR,
    {},
    {
      body: (place: string) => ({
        name: `of-${place}`,
        rights: ['read'],
        districts: [districtAt(place as ScopePlace)],
      }),
    },
  ),
  own('post /api/v1/automation/accounts/{name}/tokens', ADMINISTRATOR, { name: 'none' }),
  own('delete /api/v1/automation/accounts/{name}/tokens/{id}', ADMINISTRATOR, { name: 'none', id: 'none' }),
  own('delete /api/v1/automation/accounts/{name}', ADMINISTRATOR, { name: 'none' }),
  own('get /api/v1/automation/state', OVERSEES),
  own('get /api/v1/automation/acts', OVERSEES),
  // A file of what was measured, which cannot be searched here; export-api.test.ts holds it to the scope.
  own(
    'get /api/v1/telemetry/export',
    ADMINISTRATOR,
    {},
    { query: 'from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z' },
  ),
  own('get /api/v1/contact-channels', ADMINISTRATOR),
  district(
    'put /api/v1/contact-channels/{id}',
    ADMINISTRATOR,
    { id: place => `of-${place}` },
    { body: (place: string) => ({ ...CHANNEL, region: districtAt(place as ScopePlace) }) },
  ),
  own('delete /api/v1/contact-channels/{id}', ADMINISTRATOR, { id: 'none' }),
  own('get /api/v1/events', [], {}, { query: 'after=0' }),
  own('get /api/v1/events/cursors/{consumer}', [], { consumer: 'x' }),
  own('put /api/v1/events/cursors/{consumer}', [], { consumer: 'x' }, { body: { after: 0 } }),
  own('post /api/v1/notify', [], {}, { body: NOTE }),
  own('post /api/v1/notify/due', []),
  own('put /api/v1/notify/deliveries/{id}', [], { id: 'none' }, { body: { state: 'delivered' } }),
  own('post /api/v1/automation/heartbeat', [], {}, { body: { flows: [] } }),
]
