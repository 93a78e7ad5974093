import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeJson } from './codec.ts'
import { decodeTelemetry, encodeTelemetry } from './messages.ts'
import { ProtocolError, type RejectReason } from './protocol-error.ts'
import { MAX_PACK_RECORDS, decodePack, encodePack } from './senml.ts'
import { anyJsonArb, idArb, readingArb } from './test-arbitraries.ts'

const T = 1_780_000_000
const GOOD = { bn: 'urn:harbor:plug:', bt: T, n: 'power', u: 'W', v: 80 }
const NEXT = { n: 'voltage', u: 'V', v: 220, t: 1 }
const NEXT_READ = { device: 'plug', metric: 'voltage', timeMs: (T + 1) * 1000, value: 220 }

describe('what is encoded decodes to itself', () => {
  test('a pack, through JSON', () => {
    fc.assert(
      fc.property(fc.array(readingArb), readings => {
        const sent: unknown = JSON.parse(JSON.stringify(encodePack(readings)))
        expect(decodePack(sent)).toEqual({ readings, rejected: [] })
      }),
    )
  })

  test('a telemetry message, through bytes', () => {
    const seqArb = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
    fc.assert(
      fc.property(
        fc.array(readingArb),
        fc.tuple(seqArb, fc.option(seqArb, { nil: undefined })),
        idArb,
        (readings, [seq, base], boot) => {
          const bytes = encodeTelemetry({ seq, boot, readings, ...(base !== undefined && { base }) })
          expect(decodeTelemetry(bytes)).toEqual({ seq, boot, base, readings, rejected: [] })
        },
      ),
    )
  })
})

describe('whatever comes, a decoder throws a ProtocolError or nothing', () => {
  const onlyProtocolErrors = (decode: () => unknown) => {
    try {
      decode()
      return undefined
    } catch (error) {
      return error instanceof ProtocolError ? undefined : error
    }
  }

  test('for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        expect(onlyProtocolErrors(() => decodeTelemetry(bytes))).toBeUndefined()
      }),
    )
  })

  test('for any JSON, and every record is read or refused for a reason', () => {
    fc.assert(
      fc.property(anyJsonArb, pack => {
        expect(onlyProtocolErrors(() => decodePack(pack))).toBeUndefined()
        expect(onlyProtocolErrors(() => decodeTelemetry(encodeJson({ seq: 1, boot: 'a', pack })))).toBeUndefined()
        expect(onlyProtocolErrors(() => decodeTelemetry(encodeJson(pack)))).toBeUndefined()
      }),
    )
  })

  test('for lists nested as deep as a payload can hold', () => {
    const deep = '['.repeat(120_000) + ']'.repeat(120_000)
    const bytes = new TextEncoder().encode(`{"seq":1,"boot":"a","pack":${deep}}`)
    expect(decodeTelemetry(bytes)).toMatchObject({ readings: [], rejected: [{ reason: 'not_a_pack' }] })
  })
})

describe('a bad record costs itself, not its neighbours', () => {
  test.each<[string, object, RejectReason]>([
    ['a name that is no text', { n: 7, u: 'W', v: 1 }, 'bad_record'],
    ['a sum', { n: 'energy', u: 'Wh', v: 1, s: 5 }, 'bad_record'],
    ['a metric that is none', { n: 'magic', v: 1 }, 'unknown_metric'],
    ['a metric named as a property of every object', { n: 'constructor', v: 1 }, 'unknown_metric'],
    ['no metric', { v: 1 }, 'unknown_metric'],
    ['a time that is no number', { ...NEXT, t: '5' }, 'bad_time'],
    ['a time before 1978', { ...NEXT, t: -T }, 'bad_time'],
    ['a time beyond counting', { ...NEXT, t: 1e300 }, 'bad_time'],
    ['text for a number', { n: 'power', u: 'W', v: '80' }, 'wrong_type'],
    ['no value', { n: 'power', u: 'W' }, 'wrong_type'],
    ['nothing for a number', { n: 'power', u: 'W', v: null }, 'wrong_type'],
    ['a number for a state', { n: 'door', v: 1 }, 'wrong_type'],
    ['a state for a number', { n: 'power', u: 'W', vb: true }, 'wrong_type'],
    ['another unit', { n: 'power', u: 'kW', v: 1 }, 'wrong_unit'],
    ['no unit', { n: 'power', v: 1 }, 'wrong_unit'],
    ['a number beyond all numbers', { n: 'power', u: 'W', v: Infinity }, 'not_finite'],
    ['an absurd number', { n: 'power', u: 'W', v: 50_001 }, 'out_of_range'],
  ])('%s', (_what, record, reason) => {
    const { readings, rejected } = decodePack([GOOD, record, NEXT])
    expect(rejected).toEqual([{ reason, device: 'plug', detail: expect.any(String) }])
    expect(readings).toEqual([{ device: 'plug', metric: 'power', timeMs: T * 1000, value: 80 }, NEXT_READ])
  })

  test('unless the next ones stand on what cannot be read', () => {
    const reasons = (base: object) => decodePack([GOOD, base, NEXT]).rejected.map(({ reason }) => reason)
    const other = { n: 'power', u: 'W', v: 5 }
    expect(reasons({ ...other, bn: 5 })).toEqual(['bad_record', 'bad_name'])
    expect(reasons({ ...other, bn: 'urn:other:plug:' })).toEqual(['bad_name', 'bad_name'])
    // Otherwise the next record would be the other device's, at the first one's time.
    expect(reasons({ ...other, bn: 'urn:harbor:other:', bt: 'now' })).toEqual(['bad_record', 'bad_time'])
    expect(reasons({ ...other, bv: 100 })).toEqual(['bad_record', 'bad_record'])
    expect(reasons({ ...other, bs: 100 })).toEqual(['bad_record', 'bad_record'])
    const { rejected } = decodePack([GOOD, { ...other, bu: 7 }, { n: 'power', v: 1 }])
    expect(rejected.map(({ reason }) => reason)).toEqual(['bad_record', 'wrong_unit'])
  })

  test.each([
    '',
    'plug:power',
    'urn:harbor:',
    'urn:harbor::power',
    'urn:harbor:Plug:power',
    'urn:harbor:plug',
    `urn:harbor:${'a'.repeat(41)}:power`,
  ])('the name %s is no device’s', n => {
    expect(decodePack([{ bt: T, n, u: 'W', v: 1 }]).rejected).toMatchObject([{ reason: 'bad_name', device: undefined }])
  })

  test('what is said of a megabyte of name is short', () => {
    const [rejected] = decodePack([{ bt: T, n: 'x'.repeat(1_000_000), v: 1 }]).rejected
    expect(rejected?.detail.length).toBeLessThan(200)
  })
})

test('base fields may come in a record of their own, and a base unit counts', () => {
  const pack = [
    { bn: 'urn:harbor:plug:', bt: T, bu: 'W' },
    { n: 'power', v: 80 },
    { n: 'voltage', u: 'V', v: 220, t: 1 },
  ]
  expect(decodePack(pack)).toEqual({
    readings: [{ device: 'plug', metric: 'power', timeMs: T * 1000, value: 80 }, NEXT_READ],
    rejected: [],
  })
})

test('a pack of another device does not take the time of the one before', () => {
  const readings = [
    { device: 'a', metric: 'power', timeMs: T * 1000 + 999, value: 1 },
    { device: 'b', metric: 'power', timeMs: T * 1000 - 5_001, value: 2 },
    { device: 'a', metric: 'power', timeMs: T * 1000 + 7, value: 3 },
  ] as const
  expect(encodePack(readings).map(({ bn, bt, t }) => [bn, bt, t])).toEqual([
    ['urn:harbor:a:', T, 0.999],
    ['urn:harbor:b:', T - 6, 0.999],
    ['urn:harbor:a:', T, 0.007],
  ])
})

test('a list of more than a thousand records, or of anything but objects, is no pack', () => {
  const pack = (count: number) => Array.from({ length: count }, () => GOOD)
  expect(decodePack(pack(MAX_PACK_RECORDS)).readings).toHaveLength(MAX_PACK_RECORDS)
  for (const bad of [pack(MAX_PACK_RECORDS + 1), {}, 'pack', null, undefined, [1], [null], [[GOOD]]])
    expect(() => decodePack(bad)).toThrow(expect.objectContaining({ code: 'not_a_pack' }))
})
