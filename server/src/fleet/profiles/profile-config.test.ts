import {
  APPLIANCE_KINDS,
  type GatewayConfig,
  type ProfileDocument,
  type ProfileOverrides,
  type SafetyLimits,
  VENDORS,
  gatewayConfigSchema,
  profileDocumentSchema,
} from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Site, configDocument } from '../config-document.ts'
import { checkProfile } from './check-profile.ts'
import { originsOf } from './config-origins.ts'
import { diffOf, leavesOf } from './config-tree.ts'
import { confirmationOf, lossesOf } from './config-losses.ts'
import { jsonPointer } from './json-places.ts'
import { resolveProfile } from './resolve-profile.ts'

const KEYS = ['fridge-plug', 'room', 'ac-plug', 'door'] as const
const SITE: Site = {
  station: 'cq-500103-01',
  gateway: 'gw-500103-01',
  district: '500103',
  appliances: new Map(APPLIANCE_KINDS.map(kind => [`at-${kind.replaceAll('_', '-')}`, kind])),
}
const KEY = { kty: 'OKP' as const, crv: 'Ed25519' as const, x: 'x'.repeat(43), kid: 'k' }
const DEFAULTS = { timeZone: 'Asia/Shanghai', mqttUrl: 'mqtt://broker', trustedKeys: { keys: [KEY] }, version: 1 }

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 2 })
const safety: fc.Arbitrary<SafetyLimits> = fc
  .record({
    mayCut: maybe(fc.boolean()),
    ratedCurrentA: maybe(fc.integer({ min: 1, max: 63 })),
    plugTemperatureC: maybe(fc.integer({ min: 40, max: 120 })),
    overrun: maybe(
      fc.option(fc.record({ aboveW: fc.integer({ min: 1, max: 9 }), forMs: fc.constantFrom(1_000, 2_000) })),
    ),
    cutsOnLeak: maybe(fc.subarray(['p', 'q'])),
  })
  .map(limits => JSON.parse(JSON.stringify(limits)) as SafetyLimits)

const profile: fc.Arbitrary<ProfileDocument> = fc
  .record({
    timeZone: maybe(fc.constantFrom('Asia/Urumqi', 'Asia/Shanghai')),
    lanPort: maybe(fc.constantFrom(1883, 1884)),
    keys: fc.subarray([...KEYS]),
    vendors: fc.array(fc.constantFrom(...VENDORS), { minLength: KEYS.length, maxLength: KEYS.length }),
    safeties: fc.array(maybe(safety), { minLength: KEYS.length, maxLength: KEYS.length }),
    rate: maybe(fc.integer({ min: 1, max: 300 })),
  })
  .map(({ keys, vendors, safeties, rate, ...general }) =>
    profileDocumentSchema.parse(
      JSON.parse(
        JSON.stringify({
          ...general,
          appliances: APPLIANCE_KINDS.map(kind => ({ key: kind.replaceAll('_', '-'), kind })),
          devices: keys.map((key, index) => ({
            key,
            vendor: vendors[index],
            address: `{site}-${key}`,
            ...(key === 'fridge-plug' && { appliance: 'fridge' }),
            safety: safeties[index],
            reportEveryS: rate,
          })),
        }),
      ),
    ),
  )

/** Overrides of devices that the profile has. */
const withOverrides = profile.chain(document =>
  fc
    .record({
      timeZone: maybe(fc.constant('Asia/Kashgar')),
      lanPort: maybe(fc.constant(1999)),
      devices: fc.dictionary(
        fc.constantFrom(...(document.devices.length === 0 ? ['none'] : document.devices.map(({ key }) => key))),
        fc.record(
          { isAbsent: fc.boolean(), vendor: fc.constantFrom(...VENDORS), address: fc.constant('other'), safety },
          { requiredKeys: [] },
        ),
      ),
      extra: fc.boolean(),
    })
    .map(({ extra, devices, ...general }) => {
      // Two devices of one address are refused by what comes after; it is not what is asked here.
      const named = Object.entries(devices).filter(([key]) => key !== 'none')
      const own = named.map(([key, change]) => [key, { ...change, ...(change.address && { address: key }) }] as const)
      const overrides = {
        ...general,
        devices: Object.fromEntries(own),
        ...(extra && { extraDevices: [{ id: 'adopted', vendor: 'shelly', address: 'adopted' }] }),
      }
      return { document, overrides: JSON.parse(JSON.stringify(overrides)) as ProfileOverrides }
    }),
)

function configOf(document: ProfileDocument, overrides: ProfileOverrides, site = SITE): GatewayConfig {
  const { settings, problems } = resolveProfile(document, overrides, site)
  if (settings === undefined) throw new Error(problems.join('; '))
  return configDocument(settings, site, DEFAULTS)
}

test('what an override says is in the config, what none says is as the profile says, and a device that is absent is not there', () => {
  fc.assert(
    fc.property(withOverrides, ({ document, overrides }) => {
      const config = configOf(document, overrides)
      expect(config.timeZone).toBe(overrides.timeZone ?? document.timeZone ?? DEFAULTS.timeZone)
      expect(config.lanPort).toBe(overrides.lanPort ?? document.lanPort)
      const wanted = document.devices
        .filter(({ key }) => overrides.devices?.[key]?.isAbsent !== true)
        .map(({ key, ...device }) => ({
          id: `cq-500103-01-${key}`,
          vendor: overrides.devices?.[key]?.vendor ?? device.vendor,
          address: overrides.devices?.[key]?.address ?? `500103-01-${key}`,
          safety: overrides.devices?.[key]?.safety ?? device.safety,
          appliance: device.appliance === undefined ? undefined : 'at-fridge',
        }))
      const extra = (overrides.extraDevices ?? []).map(({ id, vendor, address, safety: own, appliance }) => ({
        id,
        vendor,
        address,
        safety: own,
        appliance,
      }))
      expect(
        config.devices.map(({ id, vendor, address, safety: own, appliance }) => ({
          id,
          vendor,
          address,
          safety: own,
          appliance,
        })),
      ).toEqual([...wanted, ...extra])
    }),
  )
})

test('every value of a config has an origin, once, and the same three give the same config and origins', () => {
  fc.assert(
    fc.property(withOverrides, ({ document, overrides }) => {
      const config = configOf(document, overrides)
      const madeOf = { profile: document, overrides }
      const origins = originsOf(config, madeOf)
      expect(origins.map(({ path }) => path)).toEqual(leavesOf(config).map(({ path }) => jsonPointer(path)))
      expect(configOf(document, overrides)).toEqual(config)
      expect(originsOf(gatewayConfigSchema.parse(JSON.parse(JSON.stringify(config))), madeOf)).toEqual(origins)
    }),
  )
})

test("a value whose origin is no override is the same without overrides, and one of an override is never the station's", () => {
  fc.assert(
    fc.property(withOverrides, ({ document, overrides }) => {
      const plain = originsOf(configOf(document, {}), { profile: document, overrides: {} })
      const plainOf = new Map(plain.map(origin => [origin.path, origin]))
      const origins = originsOf(configOf(document, overrides), { profile: document, overrides })
      const untouched = origins.filter(({ from }) => from !== 'override')
      expect(untouched.map(({ path, value }) => [path, value])).toEqual(
        untouched.map(({ path }) => [path, plainOf.get(path)?.value]),
      )
      const overridden = origins.filter(({ from }) => from === 'override')
      expect(overridden.map(({ path }) => plainOf.get(path)?.from)).not.toContain('station')
    }),
  )
})

test('origins name the profile, the station, the override and the default', () => {
  const document = profileDocumentSchema.parse({
    appliances: [{ key: 'fridge', kind: 'fridge' }],
    devices: [{ key: 'plug', vendor: 'tasmota', address: '{site}-plug', appliance: 'fridge' }],
  })
  const overrides = { devices: { plug: { address: 'tasmota_A1B2C3' } }, lanPort: 1884 }
  const origins = originsOf(configOf(document, overrides), { profile: document, overrides })
  expect(Object.fromEntries(origins.map(({ path, from }) => [path, from]))).toEqual({
    '/devices/cq-500103-01-plug/address': 'override',
    '/devices/cq-500103-01-plug/appliance': 'station',
    '/devices/cq-500103-01-plug/applianceKind': 'station',
    '/devices/cq-500103-01-plug/id': 'profile',
    '/devices/cq-500103-01-plug/vendor': 'profile',
    '/district': 'station',
    '/gateway': 'station',
    '/lanPort': 'override',
    '/mqttUrl': 'default',
    '/station': 'station',
    '/timeZone': 'default',
    ...Object.fromEntries(['crv', 'kid', 'kty', 'x'].map(name => [`/trustedKeys/keys/k/${name}`, 'default'])),
    '/version': 'default',
  })
})

test('a config loses nothing against itself, and what it loses against another is in their difference', () => {
  fc.assert(
    fc.property(withOverrides, withOverrides, (a, b) => {
      const before = configOf(a.document, a.overrides)
      const after = configOf(b.document, b.overrides)
      expect(lossesOf(before, before)).toEqual([])
      const changed = diffOf(before, after).map(({ path }) => path)
      for (const { path } of lossesOf(before, after))
        expect([
          path,
          changed.some(one => one === path || one.startsWith(`${path}/`) || path.startsWith(`${one}/`)),
        ]).toEqual([path, true])
    }),
  )
})

test('no device is gone, and no rating is gone or higher, without being named', () => {
  fc.assert(
    fc.property(withOverrides, withOverrides, (a, b) => {
      const before = configOf(a.document, a.overrides)
      const after = configOf(b.document, b.overrides)
      const named = new Set(lossesOf(before, after).map(({ device }) => device))
      for (const device of before.devices.filter(({ id }) => !named.has(id))) {
        const next = after.devices.find(({ id }) => id === device.id)
        expect(next).toBeDefined()
        const rating = device.safety?.ratedCurrentA ?? Infinity
        expect(next?.safety?.ratedCurrentA ?? Infinity).toBeLessThanOrEqual(rating)
      }
    }),
  )
})

test.each<[string, SafetyLimits, SafetyLimits, boolean]>([
  ['a limit that is gone', { plugTemperatureC: 70 }, {}, true],
  ['a limit that is wider', { plugTemperatureC: 70 }, { plugTemperatureC: 71 }, true],
  ['a limit that is closer', { plugTemperatureC: 70 }, { plugTemperatureC: 69 }, false],
  ['a cut that is forbidden', {}, { mayCut: false }, true],
  ['a cut that is allowed again', { mayCut: false }, {}, false],
  ['a program without an end', {}, { overrun: null }, true],
  ['a longer program', { overrun: { aboveW: 9, forMs: 1_000 } }, { overrun: { aboveW: 9, forMs: 2_000 } }, true],
  ['a plug that a leak no longer cuts', { cutsOnLeak: ['p', 'q'] }, { cutsOnLeak: ['q'] }, true],
  ['smoke that no longer cuts', { cutOnSmoke: true }, {}, true],
  ['a new limit', {}, { ratedCurrentA: 10 }, false],
])('%s is a loss or not: %j to %j', (_name, ...[before, after, isLoss]) => {
  const withSafety = (limits: SafetyLimits) => {
    const devices = [{ id: 'd', vendor: 'shelly' as const, address: 'd', safety: limits }]
    return configDocument({ devices }, SITE, DEFAULTS)
  }
  expect(lossesOf(withSafety(before), withSafety(after)).length > 0).toBe(isLoss)
})

test('a confirmation holds for one change of one version', () => {
  const config = configDocument({ devices: [] }, SITE, DEFAULTS)
  const other = { ...config, lanPort: 1884 }
  const said = confirmationOf(config, other)
  expect(confirmationOf(config, { ...other, version: 9 })).toBe(said)
  expect(new Set([said, confirmationOf(config, config), confirmationOf({ ...config, version: 2 }, other)]).size).toBe(3)
})

test.each([
  ['no fridge', [], /fridge is not at cq-500103-01; none there is a fridge/],
  [
    'two fridges',
    [
      ['f1', 'fridge'],
      ['f2', 'fridge'],
    ] as const,
    /say in the overrides which: f1, f2/,
  ],
])('a station with %s does not fit a profile with one', (_name, appliances, words) => {
  const document = profileDocumentSchema.parse({
    appliances: [{ key: 'fridge', kind: 'fridge' }],
    devices: [{ key: 'plug', vendor: 'tasmota', address: 'x', appliance: 'fridge' }],
  })
  const site = { ...SITE, appliances: new Map(appliances) }
  expect(resolveProfile(document, {}, site).problems).toEqual([expect.stringMatching(words)])
  const named = { appliances: { fridge: 'f2' } }
  expect(resolveProfile(document, named, { ...site, appliances: new Map([['f2', 'fridge']]) }).problems).toEqual([])
})

test('an override of what the profile does not have is a problem, and does not silently do nothing', () => {
  const document = profileDocumentSchema.parse({ devices: [] })
  expect(resolveProfile(document, { devices: { ghost: {} } }, SITE).problems).toEqual([
    'overrides: the profile has no device ghost',
  ])
})

test('a profile is checked: each problem with its path, its line and the reason, in the order of the text', () => {
  const text = `{
  "appliances": [{ "key": "fridge", "kind": "freezer" }],
  "devices": [
    { "key": "a", "vendor": "tasmota", "address": "{place}-a" },
    { "key": "b", "vendor": "acme", "address": "b", "safty": {} }
  ]
}`
  expect(checkProfile(text).problems.map(({ path, line }) => [path, line])).toEqual([
    ['/appliances/0/kind', 2],
    ['/devices/0/address', 4],
    ['/devices/1/vendor', 5],
    ['/devices/1/safty', 5],
  ])
})

test.each([
  ['{"devices": [', '/devices/0', 'expected a JSON value'],
  [
    '{"devices": [{"key":"a","vendor":"shelly","address":"x"},{"key":"a","vendor":"shelly","address":"y"}]}',
    '/devices/1/key',
    'is that of /devices/0, too',
  ],
  [
    '{"devices": [{"key":"a","vendor":"shelly","address":"x"},{"key":"b","vendor":"shelly","address":"x"}]}',
    '/devices/1/address',
    'is that of /devices/0, too',
  ],
  [
    '{"devices": [{"key":"a","vendor":"shelly","address":"x","appliance":"f"}]}',
    '/devices/0/appliance',
    'the profile has no appliance f',
  ],
  [`{"devices": [{"key":"${'a'.repeat(30)}","vendor":"shelly","address":"x"}]}`, '/devices/0/id', 'expected an id'],
])('%s is no profile', (text, path, reason) => {
  expect(checkProfile(text).problems).toContainEqual(
    expect.objectContaining({ path, reason: expect.stringContaining(reason) }),
  )
})
