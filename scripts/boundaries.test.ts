import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from './child-process.ts'

const WORKSPACES = ['protocol', 'broker', 'gateway', 'server', 'web', 'node-red-flows', 'simulators']

/** Each third-party library that needs one, with the only folders of a workspace that may import it. */
const OWNERS: Record<string, string[]> = {
  aedes: ['broker/src/engine/', 'gateway/src/lan/'],
  'aedes-persistence-level': ['broker/src/engine/'],
  '@peculiar/x509': ['broker/src/ca/'],
  '@duckdb/node-api': ['server/src/telemetry/', 'simulators/bench/'],
  '@influxdata/influxdb-client': ['server/src/telemetry/'],
  kysely: [
    'server/src/registry/',
    'server/src/automation/',
    'server/src/people/',
    'server/src/alerts/',
    'server/src/fleet/',
    'server/src/work-orders/',
    'server/src/assets/',
    'server/src/plans/',
    'server/src/register/',
    'server/src/notices/',
    'server/src/usage/',
    'server/bench/usage/',
  ],
  '@redis/client': ['server/src/realtime/cluster.ts'],
  '@socket.io/redis-streams-adapter': ['server/src/realtime/cluster.ts'],
  'mqtt-packet': ['broker/', 'simulators/src/load/'],
  pg: ['server/src/registry/'],
  fflate: ['server/src/fleet/bundles/'],
  hucre: ['server/src/tables/'],
  pdfkit: ['server/src/pdf/'],
  qrcode: ['server/src/assets/labels/'],
  'rrule-temporal': ['server/src/plans/'],
  'web-push': ['server/src/tell/push-sender.ts'],
  nodemailer: ['server/src/tell/mail-sender.ts'],
  jose: ['server/src/fleet/', 'gateway/src/config/'],
  jsonata: ['gateway/src/decoders/'],
  opening_hours: ['server/src/stations/'],
  kdbush: ['server/src/finder/'],
  supercluster: ['server/src/finder/', 'web/'],
  'pinyin-pro': ['server/src/finder/'],
  '@vant/area-data': ['server/src/finder/', 'server/bench/finder/'],
  leaflet: ['web/shared/map/'],
  idb: [
    'web/finder/offline/',
    'web/console/checklists/',
    'web/console/offline/',
    'web/console/stock/',
    'web/console/notices/',
  ],
  'workbox-precaching': ['web/finder/offline/', 'web/shared/worker/'],
  'workbox-routing': ['web/finder/offline/', 'web/shared/worker/'],
  lighthouse: ['web/bench/'],
  gcoord: ['protocol/src/coordinates.ts', 'web/shared/map/', 'web/scripts/'],
  echarts: ['web/console/'],
  'esp-web-tools': ['web/console/fleet/flash/'],
  '@node-rs/argon2': ['server/src/people/'],
  sharp: ['server/src/photos/'],
  'node-red': ['node-red-flows/src/'],
  yaml: ['scripts/compose-file.ts'],
}

interface Import {
  file: string
  from: string
}

const imports: Import[] = globSync(`{${WORKSPACES.join(',')}}/**/*.{ts,tsx}`, {
  cwd: ROOT,
  exclude: ['**/node_modules/**', '**/dist/**'],
}).flatMap(file =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^'\n]+)'/g)].map(match => ({
    file,
    from: match[1] as string,
  })),
)

const say = (found: Import[]) => found.map(({ file, from }) => `${file} imports ${from}`)

test('a workspace imports no other workspace but protocol', () => {
  const foreign = imports.filter(({ file, from }) => {
    const own = file.split('/', 1)[0] as string
    if (from.startsWith('@harbor/')) return !/^@harbor\/protocol(\/|$)/.test(from) || own === 'protocol'
    return from.startsWith('.') && relative(own, join(dirname(file), from)).startsWith('..')
  })
  expect(say(foreign)).toEqual([])
})

test('protocol imports no built-in module of Node, so that a browser can use it', () => {
  const nodeOnly = imports.filter(
    ({ file, from }) => file.startsWith('protocol/') && !file.endsWith('.test.ts') && from.startsWith('node:'),
  )
  expect(say(nodeOnly)).toEqual([])
})

test('a library with an owner is imported by its owner alone, tests apart', () => {
  const strays = imports.filter(({ file, from }) => {
    if (/\.test\.tsx?$/.test(file) || file.includes('/test/')) return false
    const owners = Object.entries(OWNERS).find(([library]) => from === library || from.startsWith(`${library}/`))?.[1]
    return owners !== undefined && !owners.some(owner => file.startsWith(owner))
  })
  expect(say(strays)).toEqual([])
})

test('the command for scripts imports nothing of the server that it asks over HTTP', () => {
  const own = 'server/src/harbor-cli'
  const inside = imports.filter(
    ({ file, from }) =>
      file.startsWith(`${own}/`) && from.startsWith('.') && relative(own, join(dirname(file), from)).startsWith('..'),
  )
  expect(say(inside)).toEqual([])
})

test('the check has something to check', () => {
  expect(imports.length).toBeGreaterThan(100)
})
