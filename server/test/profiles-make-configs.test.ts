import {
  type ConfigPreview,
  type ConfigVersionList,
  type Confirmation,
  type ExplainedConfig,
  type FleetAuditPage,
  type ProfileList,
  type ProfileVersion,
  type ProfileView,
  encodeJson,
  topics,
} from '@harbor/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, type RunningServer, startServer } from './running-server.ts'

const GATEWAY = 'gw-yuzhong-1'
const CONFIG = `/api/v1/fleet/gateways/${GATEWAY}/config`

let server: RunningServer
let admin: string

beforeAll(async () => {
  server = await startServer()
  admin = await server.signIn('admin')
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

const get = (path: string, cookie = admin) => server.request('GET', path, { cookie })
const post = (path: string, body: object, cookie = admin) => server.request('POST', path, { cookie, body })
const errorOf = ({ body }: Answer) =>
  (body as { error: { code: string; message: string; details?: Record<string, unknown> } }).error

/** The devices that the fleet's document registered for the gateway, and one more. */
const document = (more: object = {}) => ({
  appliances: [
    { key: 'fridge', kind: 'fridge' },
    { key: 'microwave', kind: 'microwave' },
  ],
  devices: [
    { key: 'temp', id: 'yuzhong-fridge-temp', vendor: 'zigbee2mqtt', address: 'fridge', appliance: 'fridge' },
    { key: 'room', id: 'yuzhong-room', vendor: 'esphome', address: 'room', reportEveryS: 60 },
    { key: 'people', id: 'yuzhong-people', vendor: 'esphome', address: 'counter' },
    {
      key: 'microwave-plug',
      vendor: 'tasmota',
      address: '{station}-microwave',
      appliance: 'microwave',
      safety: { ratedCurrentA: 10 },
    },
  ],
  ...more,
})
const text = (more?: object) => JSON.stringify(document(more), undefined, 2)

async function made(answer: Promise<Answer>): Promise<ProfileVersion> {
  const { status, body } = await answer
  expect([status, status === 201 ? '' : JSON.stringify(body)]).toEqual([201, ''])
  return body as ProfileVersion
}

describe('a profile', () => {
  test('comes with the system, with the four appliances of a station', async () => {
    const { profiles } = (await get('/api/v1/fleet/profiles')).body as ProfileList
    expect(profiles).toContainEqual(
      expect.objectContaining({ profile: 'standard', version: 1, savedBy: 'server', appliances: 4, devices: 8 }),
    )
  })

  test('is saved as versions that never change; who saves after a version that is not the newest is told so', async () => {
    const wanted = { profile: 'kiosk', nameZh: '小亭', nameEn: 'Kiosk' }
    await made(post('/api/v1/fleet/profiles', { ...wanted, text: text() }))
    expect(errorOf(await post('/api/v1/fleet/profiles', { ...wanted, text: text() })).code).toBe('conflict')
    const next = { text: text({ lanPort: 1884 }), note: 'another port', after: 1 }
    const second = await made(post('/api/v1/fleet/profiles/kiosk/versions', next))
    expect(second).toMatchObject({ version: 2, note: 'another port', savedBy: 'admin', document: { lanPort: 1884 } })
    const late = await post('/api/v1/fleet/profiles/kiosk/versions', next)
    expect([late.status, errorOf(late).message]).toEqual([409, 'the newest version of kiosk is 2, not 1'])
    const first = (await get('/api/v1/fleet/profiles/kiosk/versions/1')).body as ProfileVersion
    expect([first.text, first.document.lanPort]).toEqual([text(), undefined])
    const diff = (await get('/api/v1/fleet/profiles/kiosk/diff?from=1&to=2')).body
    expect(diff).toEqual({ from: 1, to: 2, changes: [{ path: '/lanPort', change: 'added', after: 1884 }] })
  })

  test('two who save at once after the same version get one version and one refusal', async () => {
    await made(post('/api/v1/fleet/profiles', { profile: 'race', nameZh: 'x', nameEn: 'x', text: text() }))
    const save = () => post('/api/v1/fleet/profiles/race/versions', { text: text(), after: 1 })
    const answers = await Promise.all([save(), save()])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
  })

  test('with an error is refused with the line and the reason, and nothing is saved', async () => {
    const wrong = text().replace('"tasmota"', '"tasmoto"')
    const line = wrong.split('\n').findIndex(one => one.includes('tasmoto')) + 1
    const answer = await post('/api/v1/fleet/profiles', { profile: 'wrong', nameZh: 'x', nameEn: 'x', text: wrong })
    expect(answer.status).toBe(400)
    expect(errorOf(answer).message).toMatch(new RegExp(`^text: line ${line}, /devices/3/vendor: `))
    expect(errorOf(answer).details).toMatchObject({ problems: [{ path: '/devices/3/vendor', line }] })
    const check = (await post('/api/v1/fleet/profiles/check', { text: wrong })).body
    expect(check).toEqual({ problems: errorOf(answer).details?.problems })
    expect((await get('/api/v1/fleet/profiles/wrong')).status).toBe(404)
  })

  test('is nothing for maintainers', async () => {
    const yuzhong = await server.signIn('yuzhong')
    expect((await get('/api/v1/fleet/profiles', yuzhong)).status).toBe(403)
  })
})

describe("a gateway's config", () => {
  test('is profile, station and overrides, and says of each value where it comes from', async () => {
    await made(post('/api/v1/fleet/profiles', { profile: 'booth', nameZh: '岗亭', nameEn: 'Booth', text: text() }))
    const overrides = { devices: { room: { address: 'room-2' } } }
    const preview = (await post(`${CONFIG}/preview`, { profile: 'booth', overrides })).body as ConfigPreview
    expect(preview).toMatchObject({ problems: [], losses: [], config: { version: 1 } })
    expect(preview.changes).toContainEqual({
      path: '/devices/yuzhong-room/address',
      change: 'changed',
      before: 'room',
      after: 'room-2',
    })
    const answer = await post(`${CONFIG}/profile`, { profile: 'booth', overrides })
    expect(answer.status).toBe(201)
    const explained = answer.body as ExplainedConfig
    expect(explained).toMatchObject({
      version: 1,
      issuedBy: 'admin',
      source: { profile: 'booth', version: 1, overrides },
    })
    expect(explained.config).toEqual(preview.config)
    expect(explained.origins).toEqual(preview.origins)
    const from = Object.fromEntries(explained.origins.map(origin => [origin.path, origin.from]))
    expect(from).toMatchObject({
      '/station': 'station',
      '/mqttUrl': 'default',
      '/devices/yuzhong-room/address': 'override',
      '/devices/yuzhong-room/vendor': 'profile',
      '/devices/yuzhong-1-microwave-plug/appliance': 'station',
      '/devices/yuzhong-1-microwave-plug/safety/ratedCurrentA': 'profile',
    })
    expect(explained.config.devices).toContainEqual(
      expect.objectContaining({
        id: 'yuzhong-1-microwave-plug',
        address: 'yuzhong-1-microwave',
        appliance: 'yuzhong-1-microwave',
        applianceKind: 'microwave',
      }),
    )
    const { versions } = (await get('/api/v1/fleet/profiles/booth')).body as ProfileView
    expect(versions.map(({ version, gateways }) => [version, gateways])).toEqual([[1, 1]])
  })

  test('keeps its overrides with the next version of its profile', async () => {
    await made(post('/api/v1/fleet/profiles/booth/versions', { text: text({ lanPort: 1884 }), after: 1 }))
    const { body } = await post(`${CONFIG}/profile`, { profile: 'booth' })
    expect(body).toMatchObject({
      version: 2,
      source: { version: 2, overrides: { devices: { room: { address: 'room-2' } } } },
    })
    const diff = (await get(`${CONFIG}/diff?from=1&to=2`)).body
    expect(diff).toEqual({ from: 1, to: 2, changes: [{ path: '/lanPort', change: 'added', after: 1884 }] })
  })

  test('that would drop a device or a limit is asked twice: what is confirmed is just that change, once', async () => {
    const { devices } = document()
    const less = devices.slice(1).map(({ safety: _, ...device }) => device)
    await made(post('/api/v1/fleet/profiles/booth/versions', { text: text({ devices: less }), after: 2 }))
    const asked = await post(`${CONFIG}/profile`, { profile: 'booth' })
    expect([asked.status, errorOf(asked).code]).toEqual([409, 'confirmation_required'])
    const { losses, confirm } = errorOf(asked).details as unknown as Confirmation
    expect(losses).toEqual([
      expect.objectContaining({ kind: 'safety', path: '/devices/yuzhong-1-microwave-plug/safety/ratedCurrentA' }),
      expect.objectContaining({ kind: 'device', device: 'yuzhong-fridge-temp' }),
    ])
    const confirmed = `${CONFIG}/profile?confirm=${confirm}`
    // Another change than the one that was shown.
    const other = await post(confirmed, { profile: 'booth', overrides: { devices: { room: { isAbsent: true } } } })
    expect([other.status, errorOf(other).code]).toEqual([409, 'confirmation_required'])
    expect((await post(confirmed, { profile: 'booth' })).status).toBe(201)
    // Back again nothing is lost, and then the old word no longer holds.
    expect((await post(`${CONFIG}/profile`, { profile: 'booth', version: 2 })).status).toBe(201)
    expect((await post(confirmed, { profile: 'booth' })).status).toBe(409)
  })

  test('by hand is asked twice, too, and has no profile then', async () => {
    const asked = await post(CONFIG, { devices: [] })
    expect([asked.status, errorOf(asked).code]).toEqual([409, 'confirmation_required'])
    const { confirm } = errorOf(asked).details as unknown as Confirmation
    expect((await post(`${CONFIG}?confirm=${confirm}`, { devices: [] })).status).toBe(201)
    const explained = (await get(`${CONFIG}/explained`)).body as ExplainedConfig
    expect(explained.source).toBeUndefined()
    const { versions } = (await get(`${CONFIG}/versions`)).body as ConfigVersionList
    expect(versions.map(({ source }) => source?.version)).toEqual([undefined, 2, 3, 2, 1])
    const first = (await get(`${CONFIG}/explained?version=1`)).body as ExplainedConfig
    expect(first.origins.find(({ path }) => path === '/devices/yuzhong-room/address')?.from).toBe('override')
  })

  test('of a profile that does not fit the station says why', async () => {
    const kinds = { appliances: [{ key: 'ac', kind: 'air_conditioner' }] }
    const devices = [{ key: 'plug', vendor: 'shelly', address: 'x', appliance: 'ac' }]
    const cold = { profile: 'cold', nameZh: 'x', nameEn: 'x', text: JSON.stringify({ ...kinds, devices }) }
    await made(post('/api/v1/fleet/profiles', cold))
    const answer = await post(`${CONFIG}/profile`, { profile: 'cold' })
    expect([answer.status, errorOf(answer).message]).toEqual([
      400,
      'body: appliance ac: yuzhong-1-ac is not at yuzhong-1; none there is a air_conditioner',
    ])
    const preview = (await post(`${CONFIG}/preview`, { profile: 'cold' })).body as ConfigPreview
    expect(preview.problems).toHaveLength(1)
    expect(preview.config).toBeUndefined()
  })

  test('of another district is as none', async () => {
    const yubei = await server.signIn('yubei-hardware')
    for (const path of ['versions', 'explained', 'diff?from=1&to=2'])
      expect([path, (await get(`${CONFIG}/${path}`, yubei)).status]).toEqual([path, 404])
    for (const path of ['preview', 'profile'])
      expect([path, (await post(`${CONFIG}/${path}`, { profile: 'standard' }, yubei)).status]).toEqual([path, 404])
  })

  test('and what the gateway says of it are in its record, with who did it and of which profile', async () => {
    const said = { version: 1, state: 'applied', atMs: Date.now() } as const
    const topic = topics.configReported({ district: '500103', gateway: GATEWAY })
    await server.bus.receive(topic, encodeJson(said))
    // It says so again after each connection; that is written down once.
    await server.bus.receive(topic, encodeJson(said))
    const { rows } = (await get(`/api/v1/fleet/gateways/${GATEWAY}/audit`)).body as FleetAuditPage
    expect(rows.filter(({ act }) => act === 'config-applied')).toHaveLength(1)
    expect(rows.find(({ act, detail }) => act === 'config-issued' && detail.version === 1)).toMatchObject({
      by: 'admin',
      gateway: GATEWAY,
      station: 'yuzhong-1',
      district: '500103',
      detail: { profile: 'booth', profileVersion: 1, devices: 4 },
    })
    expect((await get(`/api/v1/fleet/gateways/${GATEWAY}/audit`, await server.signIn('yubei-hardware'))).status).toBe(
      404,
    )
  })
})
