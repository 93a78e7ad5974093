import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type BatchView,
  type ConfigPreview,
  type ExplainedConfig,
  type FleetAuditPage,
  type IssuedBatch,
  type ProfileVersion,
} from '@harbor/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HarborRuns, errorOf, harborRuns } from './harbor-runs.ts'
import { PASSWORD, type RunningServer, startServer } from './running-server.ts'
import { twoDistrictFleet } from './fleet-fixture.ts'

const GATEWAY = 'gw-yuzhong-1'
const BLANK = 'yuzhong-blank'

let server: RunningServer
let dir: string
let runs: HarborRuns

const harbor: HarborRuns['harbor'] = (...given) => runs.harbor(...given)
const done = <Printed>(...args: string[]): Promise<Printed> => runs.done(...args)
const fileOf: HarborRuns['fileOf'] = (...given) => runs.fileOf(...given)

beforeAll(async () => {
  const fleet = twoDistrictFleet()
  const [first] = fleet.stations
  if (first === undefined) throw new Error('the fixture has no station')
  server = await startServer({ fleet: { ...fleet, stations: [...fleet.stations, { ...first, id: BLANK }] } })
  dir = await mkdtemp(join(tmpdir(), 'harbor-command-'))
  runs = harborRuns(server.url, dir)
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

describe('signing in', { timeout: 60_000 }, () => {
  test('before it every command ends with 3 and says how', async () => {
    const ran = await runs.process(['fleet', 'profiles', 'list'])
    expect([ran.code, ran.text, errorOf(ran).code]).toEqual([3, '', 'not_signed_in'])
  })

  test('takes the password from the environment, keeps the session where its owner alone can read it, and nothing else', async () => {
    const ran = await runs.process(['sign-in', '--login', 'admin'], { HARBOR_PASSWORD: PASSWORD })
    expect([ran.code, ran.out]).toMatchObject([0, { login: 'admin', role: 'administrator' }])
    expect((await stat(join(dir, 'token'))).mode & 0o777).toBe(0o600)
    expect(ran.text + (await readFile(join(dir, 'token'), 'utf8'))).not.toContain(PASSWORD)
    expect(await done('who')).toMatchObject({ login: 'admin' })
  })

  test('with a wrong password ends with 3; with none and no terminal, with 2', async () => {
    const tokens = { HARBOR_TOKEN_FILE: join(dir, 'other-token') }
    const wrong = await harbor(['sign-in', '--login', 'admin'], { ...tokens, HARBOR_PASSWORD: 'a wrong one' })
    expect([wrong.code, errorOf(wrong).code]).toEqual([3, 'wrong_credentials'])
    expect((await harbor(['sign-in', '--login', 'admin'], tokens)).code).toBe(2)
  })

  test('has no option for a password: it would stand in the list of processes', async () => {
    const ran = await harbor(['sign-in', '--login', 'admin', '--password', PASSWORD])
    expect(ran.code).toBe(2)
  })

  test('for one command alone leaves no file and ends its session', async () => {
    const env = { HARBOR_TOKEN_FILE: join(dir, 'no-token'), HARBOR_LOGIN: 'yuzhong', HARBOR_PASSWORD: PASSWORD }
    const ran = await harbor(['who'], env)
    expect([ran.code, ran.out]).toMatchObject([0, { login: 'yuzhong' }])
    await expect(stat(join(dir, 'no-token'))).rejects.toThrow(/ENOENT/)
    const denied = await harbor(['fleet', 'profiles', 'list'], env)
    expect([denied.code, errorOf(denied).code]).toEqual([3, 'forbidden'])
  })

  test('does not use a token that others can read, and sends none over a network in the clear', async () => {
    const path = join(dir, 'open-token')
    await writeFile(path, await readFile(join(dir, 'token'), 'utf8'))
    await chmod(path, 0o644)
    const ran = await harbor(['who'], { HARBOR_TOKEN_FILE: path })
    expect([ran.code, errorOf(ran).message]).toEqual([3, expect.stringContaining('can be read by others')])
    const clear = await harbor(['who'], { HARBOR_SERVER: 'http://harbor.example' })
    expect([clear.code, errorOf(clear).message]).toEqual([2, expect.stringContaining('is not encrypted')])
  })

  test('a server that is not there ends with 5', async () => {
    const ran = await harbor(['who'], { HARBOR_SERVER: 'http://127.0.0.1:9' })
    expect([ran.code, errorOf(ran).code]).toEqual([5, 'unavailable'])
  })
})

describe('profiles', { timeout: 60_000 }, () => {
  const device = { key: 'room', id: 'yuzhong-room', vendor: 'esphome', address: 'room' }
  const others = [
    { key: 'temp', id: 'yuzhong-fridge-temp', vendor: 'zigbee2mqtt', address: 'fridge', appliance: 'fridge' },
    { key: 'people', id: 'yuzhong-people', vendor: 'esphome', address: 'counter' },
  ]
  const document = { appliances: [{ key: 'fridge', kind: 'fridge' }], devices: [device, ...others] }

  test('are checked, saved, listed, shown and compared', async () => {
    const wrong = await harbor(['fleet', 'profiles', 'check', await fileOf('wrong.json', { devices: [{ key: 'a' }] })])
    expect(wrong.code).toBe(1)
    expect(wrong.out).toMatchObject({ problems: expect.arrayContaining([expect.objectContaining({ line: 3 })]) })
    const file = await fileOf('kiosk.json', document)
    expect(await done('fleet', 'profiles', 'check', file)).toMatchObject({ problems: [] })
    await done('fleet', 'profiles', 'save', 'kiosk', file, '--name-zh', '小亭', '--name-en', 'Kiosk')
    const next = await fileOf('kiosk-2.json', { ...document, lanPort: 1884 })
    await done('fleet', 'profiles', 'save', 'kiosk', next, '--after', '1', '--note', 'another port')
    expect(await done('fleet', 'profiles', 'list')).toMatchObject({
      profiles: [{ profile: 'kiosk', version: 2 }, { profile: 'standard' }],
    })
    const shown = await done<ProfileVersion>('fleet', 'profiles', 'show', 'kiosk')
    expect([shown.version, shown.document.lanPort]).toEqual([2, 1884])
    expect(await done('fleet', 'profiles', 'diff', 'kiosk', '--from', '1', '--to', '2')).toMatchObject({
      changes: [{ path: '/lanPort', change: 'added' }],
    })
  })

  test('are applied after a look at what they would change; what would be lost ends with 4 and is confirmed', async () => {
    const apply = ['fleet', 'profiles', 'apply', 'kiosk', '--gateway', GATEWAY]
    const preview = await done<ConfigPreview>(...apply, '--dry-run')
    expect(preview).toMatchObject({ problems: [], losses: [], config: { lanPort: 1884 } })
    expect(await done<ExplainedConfig>(...apply)).toMatchObject({
      version: 1,
      source: { profile: 'kiosk', version: 2 },
    })
    const less = await fileOf('less.json', { devices: { room: { isAbsent: true } } })
    const asked = await runs.process([...apply, '--overrides', less])
    expect([asked.code, asked.text]).toEqual([4, ''])
    const { code, details } = errorOf(asked)
    expect([code, details]).toMatchObject(['confirmation_required', { losses: [{ device: 'yuzhong-room' }] }])
    const confirmed = [...apply, '--overrides', less, '--confirm', String(details?.['confirm'])]
    expect(await done<ExplainedConfig>(...confirmed)).toMatchObject({ version: 2 })
    const { changes } = await done<{ changes: object[] }>(
      'fleet',
      'config',
      'diff',
      GATEWAY,
      '--from',
      '1',
      '--to',
      '2',
    )
    expect(changes).toMatchObject([{ path: '/devices/yuzhong-room', change: 'removed' }])
    const audit = await done<FleetAuditPage>('fleet', 'audit', '--gateway', GATEWAY, '--act', 'config-issued')
    expect(audit.rows.map(({ by, detail }) => [by, detail['version']])).toEqual([
      ['admin', 2],
      ['admin', 1],
    ])
  })

  test('of a gateway that is not there end with 1', async () => {
    const ran = await harbor(['fleet', 'profiles', 'apply', 'kiosk', '--gateway', 'gw-nowhere'])
    expect([ran.code, errorOf(ran).code]).toEqual([1, 'not_found'])
  })
})

describe('batches', { timeout: 60_000 }, () => {
  test('are made with their sheet, shown, packed into a bundle and revoked', async () => {
    const create = ['fleet', 'batch', 'create', '--name', 'October', '--stations', BLANK, '--expires', '2d']
    const sheet = join(dir, 'sheet.pdf')
    const issued = await done<IssuedBatch>(...create, '--server-url', 'https://harbor.example', '--sheet', sheet)
    const { batch, tokens } = issued
    expect(tokens).toMatchObject([{ station: BLANK, link: expect.stringContaining('https://harbor.example/claim#') }])
    expect((await readFile(sheet)).subarray(0, 5).toString()).toBe('%PDF-')
    expect((await stat(sheet)).mode & 0o777).toBe(0o600)
    const view = await done<BatchView>('fleet', 'batch', 'show', batch.batch)
    expect([view.name, view.tokens[0]?.state]).toEqual(['October', 'open'])
    expect(Date.parse(view.expiresAt) - Date.parse(view.createdAt)).toBe(2 * 86_400_000)
    const zip = join(dir, 'bundle.zip')
    const file = await fileOf('issued.json', issued)
    const options = ['--server-url', 'https://harbor.example', '--out', zip]
    await done('fleet', 'bundle', 'download', '--tokens', file, ...options)
    expect((await readFile(zip)).subarray(0, 2).toString()).toBe('PK')
    const revoked = await done<BatchView>('fleet', 'batch', 'revoke', batch.batch)
    expect(revoked.tokens[0]?.state).toBe('revoked')
    const late = await harbor(['fleet', 'bundle', 'download', '--tokens', file, ...options])
    expect([late.code, errorOf(late).code]).toEqual([1, 'token_revoked'])
  })

  test('are not made where their sheet cannot be written', async () => {
    const before = await done<{ batches: object[] }>('fleet', 'batch', 'list')
    const create = ['fleet', 'batch', 'create', '--name', 'x', '--stations', BLANK]
    const ran = await harbor([...create, '--sheet', join(dir, 'no/such/folder/sheet.pdf')])
    expect([ran.code, errorOf(ran).message]).toEqual([2, expect.stringContaining('ENOENT')])
    expect(await done('fleet', 'batch', 'list')).toEqual(before)
  })
})

describe('a command line', { timeout: 60_000 }, () => {
  test.each([
    [['fleet', 'nothing'], 'there is no command'],
    [['fleet', 'profiles', 'show'], 'expected harbor fleet profiles show PROFILE'],
    [['fleet', 'profiles', 'list', '--all'], "Unknown option '--all'"],
    [['fleet', 'profiles', 'diff', 'standard', '--from', '1'], '--to is missing'],
    [['fleet', 'profiles', 'apply', 'standard', '--gateway', GATEWAY, '--version', 'x'], '--version is "x"'],
    [['fleet', 'batch', 'create', '--name', 'x', '--sheet', '/x.pdf'], 'expected either --stations or --pick'],
    [
      ['fleet', 'batch', 'create', '--name', 'x', '--sheet', '/x.pdf', '--pick', '1', '--expires', '3w'],
      '--expires is "3w"',
    ],
    [['fleet', 'profiles', 'check', 'no-such.json'], 'ENOENT'],
  ])('%j that is wrong ends with 2 and says why', async (args, words) => {
    const ran = await harbor(args)
    expect([ran.code, ran.text, errorOf(ran).message]).toEqual([2, '', expect.stringContaining(words)])
  })

  test('without anything says what there is', async () => {
    const ran = await runs.process([])
    expect(ran.code).toBe(0)
    expect(ran.text).toContain('harbor fleet profiles apply PROFILE')
  })
})

test('signed out, the session is dead and its file is gone', async () => {
  const token = await readFile(join(dir, 'token'), 'utf8')
  await done('sign-out')
  await expect(stat(join(dir, 'token'))).rejects.toThrow(/ENOENT/)
  await writeFile(join(dir, 'token'), token, { mode: 0o600 })
  const ran = await harbor(['who'])
  expect([ran.code, errorOf(ran).code]).toEqual([3, 'not_signed_in'])
})
