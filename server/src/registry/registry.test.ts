import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fleetSchema, hasCode } from '@harbor/protocol'
import * as fc from 'fast-check'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { twoDistrictFleet } from '../../test/fleet-fixture.ts'
import { accountsAfter, latestRevision, renumberAfter, setGatewayAccounts } from './accounts.ts'
import { type Directory, loadDirectory } from './directory.ts'
import { demoGatewaySecret, importFleet, parseFleet, readFleet, sha256Hex } from './fleet-import.ts'
import { MIGRATIONS } from './migrations.ts'
import { type RegistryDb, openRegistry, probeRegistry } from './open-registry.ts'
import { readSecret } from './secret-file.ts'

let dir: string
let file: string
let db: RegistryDb

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'harbor-registry-'))
  file = join(dir, 'registry.sqlite')
  db = await openRegistry(file)
})

afterEach(async () => {
  await db.destroy()
  await rm(dir, { recursive: true, force: true })
})

const secretOf = (gateway: string) => demoGatewaySecret('key', gateway)
/** What a directory holds, without what it does. */
const held = ({ stations, devices, appliances, ruleOverrides }: Directory) => ({
  stations,
  devices,
  appliances,
  ruleOverrides,
})
const everything = async () => {
  const directory = held(await loadDirectory(db))
  return { directory, accounts: await accountsAfter(db, 0, 100) }
}

describe('opening', () => {
  test('brings a new file to the present schema, and an up-to-date one stays as it is', async () => {
    await importFleet(db, twoDistrictFleet(), secretOf)
    const before = await everything()
    await db.destroy()
    db = await openRegistry(file)
    expect(await everything()).toEqual(before)
    const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
    expect(rows.map(row => row.name)).toEqual(Object.keys(MIGRATIONS))
  })

  test('keeps what was committed through a power cut: write-ahead log, synchronous FULL', async () => {
    const { rows: journal } = await sql<{ journal_mode: string }>`pragma journal_mode`.execute(db)
    const { rows: synchronous } = await sql<{ synchronous: number }>`pragma synchronous`.execute(db)
    expect([journal[0]?.journal_mode, synchronous[0]?.synchronous]).toEqual(['wal', 2]) // 2 is FULL
  })

  test('makes files that only their owner may read, the side files too', async () => {
    await importFleet(db, twoDistrictFleet(), secretOf)
    for (const name of ['registry.sqlite', 'registry.sqlite-wal']) {
      const { mode } = await stat(join(dir, name))
      expect(mode & 0o077).toBe(0)
    }
  })

  test('refuses a file of a newer release, naming the step that it does not know, and leaves it alone', async () => {
    await sql`insert into kysely_migration (name, timestamp) values ('9999_future', '2030-01-01')`.execute(db)
    await db.destroy()
    await expect(openRegistry(file)).rejects.toSatisfy(
      error => hasCode(error, 'REGISTRY_NEWER') && /9999_future/.test(error.message) && !error.message.includes('\n'),
    )
    db = await openRegistry(join(dir, 'another.sqlite'))
  })

  test('says what is wrong with a file that is no database', async () => {
    const broken = join(dir, 'broken.sqlite')
    await writeFile(broken, 'this is no database '.repeat(500))
    await expect(openRegistry(broken)).rejects.toSatisfy(error => hasCode(error, 'REGISTRY_UNUSABLE'))
  })

  test('a healthy registry proves that it takes writes, again and again', async () => {
    expect(await probeRegistry(db, 1)).toMatchObject({ ok: true })
    expect(await probeRegistry(db, 2)).toMatchObject({ ok: true })
    await sql`pragma query_only = 1`.execute(db)
    expect(await probeRegistry(db, 3)).toMatchObject({ ok: false })
  })
})

describe('taking a fleet over', () => {
  test('what was imported is what the directory holds', async () => {
    const fleet = twoDistrictFleet()
    await importFleet(db, fleet, secretOf)
    const directory = await loadDirectory(db)
    expect([...directory.stations.values()].map(entry => entry.record)).toEqual(
      fleet.stations.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    )
    expect([...directory.devices.values()].map(entry => entry.record)).toEqual(
      fleet.devices.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    )
    expect(directory.appliances.get('yuzhong-1-fridge')).toEqual(fleet.appliances[0])
    expect(directory.ruleOverrides).toEqual(fleet.ruleOverrides)
    expect(directory.devices.get('yubei-fridge-temp')).toMatchObject({
      station: 'yubei-1',
      address: { district: '500112', gateway: 'gw-yubei-1' },
    })
  })

  test('doing it again changes nothing, not even a revision', async () => {
    await importFleet(db, twoDistrictFleet(), secretOf)
    const before = await everything()
    await importFleet(db, twoDistrictFleet(), secretOf)
    expect(await everything()).toEqual(before)
  })

  test('takes changes over, removes devices that a gateway no longer has, and keeps stations it does not name', async () => {
    await importFleet(db, twoDistrictFleet(), secretOf)
    const { stations, devices, ...rest } = twoDistrictFleet()
    const yuzhong = stations.filter(station => station.id === 'yuzhong-1')
    await importFleet(
      db,
      {
        ...rest,
        stations: yuzhong.map(station => ({ ...station, nameEn: 'Renamed' })),
        appliances: rest.appliances.filter(appliance => appliance.station === 'yuzhong-1'),
        gateways: rest.gateways.filter(gateway => gateway.station === 'yuzhong-1'),
        devices: devices.filter(device => device.id === 'yuzhong-room'),
      },
      secretOf,
    )
    const directory = await loadDirectory(db)
    expect([...directory.devices.keys()]).toEqual(['yubei-fridge-temp', 'yuzhong-room'])
    expect(directory.stations.get('yuzhong-1')?.record.nameEn).toBe('Renamed')
    expect(directory.stations.has('yubei-1')).toBe(true)
    await importFleet(db, { ...twoDistrictFleet(), ruleOverrides: [] }, secretOf)
    expect((await loadDirectory(db)).ruleOverrides).toEqual([])
  })

  test('names every error of a document, and takes nothing of it over', async () => {
    const fleet = twoDistrictFleet()
    const [station] = fleet.stations
    const [gateway] = fleet.gateways
    const wrong = {
      ...fleet,
      stations: [...fleet.stations, { ...station, district: '500999' }],
      appliances: [...fleet.appliances, { id: 'lost-fridge', station: 'nowhere', kind: 'fridge' }],
      gateways: [...fleet.gateways, { ...gateway, id: 'gw-moved', district: '500112' }],
      devices: [
        ...fleet.devices,
        { id: 'stray', gateway: 'gw-none', vendor: 'shelly', address: 'a', appliance: 'no-appliance' },
        { id: 'across', gateway: 'gw-yubei-1', vendor: 'shelly', address: 'b', appliance: 'yuzhong-1-fridge' },
        { id: 'same-address', gateway: 'gw-yubei-1', vendor: 'zigbee2mqtt', address: 'fridge' },
      ],
    }
    const error = await importFleet(db, wrong, secretOf).catch((reason: unknown) => reason as Error)
    for (const named of [
      'station yuzhong-1: given twice',
      'district 500999 is not among',
      'appliance lost-fridge: no station nowhere',
      'gateway gw-moved: district 500112, but its station yuzhong-1 is in 500103',
      'device stray: no gateway gw-none',
      'device stray: no appliance no-appliance',
      'device across: appliance yuzhong-1-fridge is at yuzhong-1, its gateway gw-yubei-1 at yubei-1',
      'address gw-yubei-1/zigbee2mqtt/fridge: given twice',
    ])
      expect((error as Error).message).toContain(named)
    expect((await loadDirectory(db)).stations.size).toBe(0)
  })

  test('a document of the wrong shape is refused with the field; a missing file with its path', async () => {
    expect(() => parseFleet({ ...twoDistrictFleet(), stations: [{ id: 'UPPER' }] })).toThrow(/stations\.0\.id/)
    await expect(readFleet(join(dir, 'none.json'))).rejects.toThrow(/none\.json.*DEMO_FLEET_FILE/)
    await writeFile(join(dir, 'cut.json'), '{"regions": [')
    await expect(readFleet(join(dir, 'cut.json'))).rejects.toSatisfy(error => hasCode(error, 'FLEET_INVALID'))
  })

  test('a fleet of more rows than one statement takes comes over whole', async () => {
    const many = Array.from({ length: 1_203 }, (_, n) => n)
    const fleet = fleetSchema.parse({
      ...twoDistrictFleet(),
      appliances: many.map(n => ({ id: `a-${n}`, station: 'yubei-1', kind: 'microwave' })),
      devices: many.map(n => ({
        id: `d-${n}`,
        gateway: 'gw-yubei-1',
        vendor: 'shelly',
        address: `s-${n}`,
        appliance: `a-${n}`,
      })),
    })
    await importFleet(db, fleet, secretOf)
    expect((await loadDirectory(db)).devices.size).toBe(1_203)
    await importFleet(db, { ...fleet, devices: [] }, secretOf)
    expect((await loadDirectory(db)).devices.size).toBe(0)
  })
})

describe("gateways' accounts", () => {
  test('a demo gateway has the HMAC-SHA256 of its id as secret, and the registry only its hash', async () => {
    // The value is of `printf gw-yubei-1 | openssl dgst -sha256 -hmac key`.
    await importFleet(db, twoDistrictFleet(), secretOf)
    const account = (await accountsAfter(db, 0, 10)).find(candidate => candidate.gateway === 'gw-yubei-1')
    expect(account).toMatchObject({ district: '500112', secretSha256: sha256Hex(secretOf('gw-yubei-1')) })
    expect(secretOf('gw-yubei-1')).toBe('00b587ead9a946205ee114c54b81db0227908f258adec60bbc0948fe9e50b278')
  })

  test('each change takes the next revision; who has all up to one is told the rest, oldest first', async () => {
    await importFleet(db, twoDistrictFleet(), secretOf)
    expect(await latestRevision(db)).toBe(2)
    await setGatewayAccounts(db, [
      { gateway: 'gw-yuzhong-1', district: '500103', secretSha256: null },
      { gateway: 'gw-yubei-1', district: '500112', secretSha256: sha256Hex(secretOf('gw-yubei-1')) },
    ])
    expect(await accountsAfter(db, 2, 10)).toEqual([
      { revision: 3, gateway: 'gw-yuzhong-1', district: '500103', secretSha256: null },
    ])
    expect((await accountsAfter(db, 0, 1)).map(account => account.gateway)).toEqual(['gw-yubei-1'])
  })

  test('accounts numbered anew keep their order and all lie above the revision given', async () => {
    await importFleet(db, twoDistrictFleet(), secretOf)
    const before = (await accountsAfter(db, 0, 10)).map(account => account.gateway)
    await renumberAfter(db, 40)
    const after = await accountsAfter(db, 40, 10)
    expect(after.map(account => account.gateway)).toEqual(before)
    expect(after.map(account => account.revision)).toEqual([41, 42])
  })

  test('a broker that asks for what follows its revision ends with the same accounts, however small the steps', async () => {
    const change = fc.record({
      gateway: fc.constantFrom('a', 'b', 'c'),
      district: fc.constantFrom('500103', '500112'),
      secretSha256: fc.constantFrom(null, 'aa', 'bb'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 12 }), fc.integer({ min: 1, max: 3 }), async (changes, limit) => {
        await db.deleteFrom('gateway_account').execute()
        const broker = new Map<string, unknown>()
        let revision = 0
        const sync = async () => {
          for (;;) {
            const accounts = await accountsAfter(db, revision, limit)
            if (accounts.length === 0) return
            for (const { gateway, district, secretSha256 } of accounts) broker.set(gateway, { district, secretSha256 })
            revision = accounts.at(-1)?.revision ?? revision
          }
        }
        for (const [n, account] of changes.entries()) {
          await setGatewayAccounts(db, [account])
          if (n % 3 === 0) await sync()
        }
        await sync()
        const expected = new Map(changes.map(({ gateway, ...rest }) => [gateway, rest]))
        expect(broker).toEqual(expected)
        expect(revision).toBe(await latestRevision(db))
      }),
      { numRuns: 25 },
    )
  })
})

test('a secret comes without its line end; a missing or empty one is refused without its text', async () => {
  await writeFile(join(dir, 'good'), 'abc\n')
  await writeFile(join(dir, 'empty'), '\n')
  expect(await readSecret(dir, 'good')).toBe('abc')
  await expect(readSecret(dir, 'empty')).rejects.toThrow(/empty/)
  await expect(readSecret(dir, 'none')).rejects.toSatisfy(error => hasCode(error, 'SECRET_MISSING'))
})

test("a gateway's devices read again are as if the whole directory had been read again", async () => {
  await importFleet(db, twoDistrictFleet(), secretOf)
  const directory = await loadDirectory(db)
  await db.deleteFrom('device').where('id', '=', 'yuzhong-room').execute()
  const added = { id: 'a-plug', gateway: 'gw-yuzhong-1', vendor: 'tasmota', address: 'plug', appliance: null } as const
  await db.insertInto('device').values(added).execute()
  expect(await directory.refreshGateway('gw-yuzhong-1')).toBe('yuzhong-1')
  const afresh = await loadDirectory(db)
  expect(new Map([...directory.devices].sort())).toEqual(new Map([...afresh.devices].sort()))
  expect(held(directory)).toEqual(held(afresh))
})
