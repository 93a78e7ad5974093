import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { MAX_PAYLOAD_BYTES, decodeJson, encodeJson, issueText } from './codec.ts'
import { DEVICE_KINDS } from './discovery.ts'
import {
  COMMAND_ACTIONS,
  EVENT_KINDS,
  ackSchema,
  brokerAccountsSchema,
  brokerStatusSchema,
  cloudEventSchema,
  commandResultSchema,
  commandSchema,
  configDesiredSchema,
  configReportedSchema,
  decodeTelemetry,
  gatewayStatusSchema,
} from './messages.ts'
import { METRIC_NAMES } from './metrics.ts'
import { ProtocolError } from './protocol-error.ts'
import { APPLIANCE_KINDS, FACILITIES, VENDORS, fleetSchema, gatewayConfigSchema } from './registry.ts'
import { SAFETY_CAUSES, SAFETY_PHASES } from './safety.ts'
import { anyJsonArb, atMsArb, districtArb, gatewayIdArb, idArb, nameArb, streetArb } from './test-arbitraries.ts'

const countArb = fc.nat()
const reasonArb = fc.string({ maxLength: 500 })
const deviceArb = fc.record(
  { id: idArb, vendor: fc.constantFrom(...VENDORS), address: nameArb, appliance: idArb },
  { requiredKeys: ['id', 'vendor', 'address'] },
)

/** Every payload that crosses the wire beside telemetry. */
const PAYLOADS: [string, z.ZodType, fc.Arbitrary<unknown>][] = [
  ['ack', ackSchema, fc.record({ boot: idArb, seq: fc.integer({ min: 1 }) })],
  [
    'gateway status',
    gatewayStatusSchema,
    fc.record(
      {
        online: fc.boolean(),
        atMs: atMsArb,
        version: fc.string({ maxLength: 64 }),
        boot: idArb,
        uptimeMs: countArb,
        outbox: fc.record({ depth: countArb, oldestMs: countArb }),
        configVersion: countArb,
        power: fc.constantFrom('mains', 'battery'),
        rejected: fc.dictionary(fc.stringMatching(/^[a-z_]{1,40}$/), countArb),
        unconfigured: fc.array(fc.string({ maxLength: 120 }), { maxLength: 50 }),
        missing: fc.array(idArb, { maxLength: 5 }),
        discovered: fc.array(
          fc.record({
            vendor: fc.constantFrom(...VENDORS),
            address: fc.string({ minLength: 1, maxLength: 120 }),
            metrics: fc.uniqueArray(fc.constantFrom(...METRIC_NAMES), { maxLength: 5 }),
            firstSeenMs: atMsArb,
            lastSeenMs: atMsArb,
            kind: fc.constantFrom(...DEVICE_KINDS),
          }),
          { maxLength: 5 },
        ),
        safety: fc.array(
          fc.record({
            device: idArb,
            cause: fc.constantFrom(...SAFETY_CAUSES),
            phase: fc.constantFrom(...SAFETY_PHASES),
            severity: fc.constantFrom('P0', 'P1', 'P2'),
            isStanding: fc.boolean(),
            source: idArb,
            metric: fc.constantFrom(...METRIC_NAMES),
            threshold: fc.integer(),
            observed: fc.integer(),
            fromMs: atMsArb,
            atMs: atMsArb,
            recuts: countArb,
          }),
          { maxLength: 5 },
        ),
      },
      { requiredKeys: ['online'] },
    ),
  ],
  ['config as sent', configDesiredSchema, fc.stringMatching(/^[\w-]{1,60}\.[\w-]{1,60}\.[\w-]{1,60}$/)],
  [
    'config as reported',
    configReportedSchema,
    fc.record(
      { version: countArb, state: fc.constantFrom('applied', 'refused'), reason: reasonArb, atMs: atMsArb },
      { requiredKeys: ['version', 'state', 'atMs'] },
    ),
  ],
  [
    'command',
    commandSchema,
    fc.record({ device: idArb, action: fc.constantFrom(...COMMAND_ACTIONS), expires: atMsArb }),
  ],
  [
    'command result',
    commandResultSchema,
    fc.record(
      { state: fc.constantFrom('done', 'refused', 'failed'), reason: reasonArb, atMs: atMsArb },
      { requiredKeys: ['state', 'atMs'] },
    ),
  ],
  [
    'event',
    cloudEventSchema,
    fc.record(
      {
        specversion: fc.constant('1.0'),
        id: nameArb,
        source: nameArb,
        type: fc.constantFrom(...EVENT_KINDS.map(kind => `harbor.${kind}`)),
        subject: nameArb,
        time: atMsArb.map(ms => new Date(ms).toISOString()),
        datacontenttype: fc.constant('application/json'),
        data: fc.jsonValue({ maxDepth: 2 }).map(value => JSON.parse(JSON.stringify(value)) as unknown),
      },
      { requiredKeys: ['specversion', 'id', 'source', 'type', 'time', 'datacontenttype', 'data'] },
    ),
  ],
  [
    'broker accounts',
    brokerAccountsSchema,
    fc.record({
      accounts: fc.array(
        fc.record({
          revision: fc.integer({ min: 1 }),
          gateway: gatewayIdArb,
          district: districtArb,
          secretSha256: fc.option(fc.stringMatching(/^[0-9a-f]{64}$/)),
        }),
        { maxLength: 20 },
      ),
    }),
  ],
  ['broker status', brokerStatusSchema, fc.record({ accountsRevision: countArb })],
  [
    'gateway config',
    gatewayConfigSchema,
    fc.record({
      version: countArb,
      gateway: gatewayIdArb,
      station: idArb,
      district: districtArb,
      timeZone: fc.constantFrom('Asia/Shanghai', 'UTC'),
      devices: fc.array(deviceArb, { maxLength: 5 }),
    }),
  ],
  [
    'fleet',
    fleetSchema,
    fc.record({
      regions: fc.array(fc.record({ district: districtArb, nameZh: nameArb, nameEn: nameArb }), { maxLength: 3 }),
      streets: fc.array(fc.record({ street: streetArb, nameZh: nameArb, nameEn: nameArb }), { maxLength: 3 }),
      stations: fc.array(
        fc.record(
          {
            id: idArb,
            district: districtArb,
            street: streetArb,
            nameZh: nameArb,
            nameEn: nameArb,
            addressZh: nameArb,
            latDeg: fc.integer({ min: -90, max: 90 }),
            lngDeg: fc.integer({ min: -180, max: 180 }),
            hours: nameArb,
            capacity: fc.integer({ min: 1, max: 10_000 }),
            facilities: fc.subarray([...FACILITIES]),
          },
          { requiredKeys: ['id', 'district', 'nameZh', 'nameEn', 'latDeg', 'lngDeg', 'facilities'] },
        ),
        { maxLength: 3 },
      ),
      appliances: fc.array(
        fc.record(
          { id: idArb, station: idArb, kind: fc.constantFrom(...APPLIANCE_KINDS), model: nameArb, assetTag: nameArb },
          { requiredKeys: ['id', 'station', 'kind'] },
        ),
        { maxLength: 3 },
      ),
      gateways: fc.array(fc.record({ id: gatewayIdArb, station: idArb, district: districtArb }), { maxLength: 3 }),
      devices: fc.array(
        deviceArb.chain(device => gatewayIdArb.map(gateway => ({ ...device, gateway }))),
        { maxLength: 3 },
      ),
      ruleOverrides: fc.array(
        fc.record({ rule: nameArb, model: nameArb, timeScale: fc.integer({ min: 1, max: 10_000 }) }),
        { maxLength: 3 },
      ),
    }),
  ],
]

describe.each(PAYLOADS)('a payload: %s', (_name, schema, payloadArb) => {
  test('that is encoded decodes to itself', () => {
    fc.assert(
      fc.property(payloadArb, payload => {
        expect(decodeJson(schema, encodeJson(payload))).toEqual(payload)
      }),
      { numRuns: 50 },
    )
  })

  test('that is any JSON decodes or is refused by a ProtocolError', () => {
    fc.assert(
      fc.property(anyJsonArb, value => {
        expect(thrownBy(() => decodeJson(schema, encodeJson(value)))).toSatisfy(isRefusalOrNothing)
      }),
      { numRuns: 50 },
    )
  })

  test('that is not JSON in UTF-8 is refused', () => {
    for (const bytes of [[], [0x7b], [0xff, 0xfe], [0x22, 0xc3, 0x28, 0x22], [0xef, 0xbb, 0xbf]])
      expect(() => decodeJson(schema, Uint8Array.from(bytes))).toThrow(expect.objectContaining({ code: 'not_json' }))
  })
})

test('a payload is read up to 256 KB, and one byte more is too large whatever is in it', () => {
  const padded = (size: number) => new TextEncoder().encode(`"${'x'.repeat(size - 2)}"`)
  expect(decodeJson(z.string(), padded(MAX_PAYLOAD_BYTES))).toHaveLength(MAX_PAYLOAD_BYTES - 2)
  const refusal = expect.objectContaining({ code: 'too_large' })
  expect(() => decodeJson(z.string(), padded(MAX_PAYLOAD_BYTES + 1))).toThrow(refusal)
  expect(() => decodeTelemetry(new Uint8Array(1_000_000))).toThrow(refusal)
})

test('a wrong shape is told with the field, in one short line', () => {
  const refusal = thrownBy(() => decodeJson(ackSchema, encodeJson({ boot: 'UPPER', seq: 0 })))
  expect(refusal).toMatchObject({ code: 'wrong_shape', message: expect.stringMatching(/^boot: .*; seq: [^\n]*$/) })
})

test('of many faults the first three are told and the rest are counted, in at most about 400 characters', () => {
  const schema = z.object(Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`field${n}`, z.string()])))
  const text = (value: unknown) => {
    const { error } = schema.safeParse(value)
    return error === undefined ? '' : issueText(error)
  }
  expect(text({})).toMatch(/^field0: .*; field1: .*; field2: .*; and 6 more$/)
  const long = z.object({ [`f${'x'.repeat(1_000)}`]: z.string() }).safeParse({})
  expect(long.error && issueText(long.error)).toHaveLength(401)
})

function thrownBy(run: () => unknown): unknown {
  try {
    run()
    return undefined
  } catch (error) {
    return error
  }
}

function isRefusalOrNothing(thrown: unknown): boolean {
  return thrown === undefined || (thrown instanceof ProtocolError && thrown.code === 'wrong_shape')
}
