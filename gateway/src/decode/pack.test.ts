import { decodePack } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { VendorReading } from '../decoders/decoder.ts'
import { idOf, packOf } from './pack.ts'

const AT_MS = 1_785_398_400_000
const tells = (readings: VendorReading[], vendor: 'tasmota' | 'shelly' = 'tasmota', device?: string) =>
  decodePack(packOf(readings, { vendor, device, instantOf: () => AT_MS })).readings.map(
    one => `${one.device} ${one.metric} ${one.value}`,
  )
const power = (value: number, more: Partial<VendorReading> = {}): VendorReading => ({
  address: 'Plug_1',
  metric: 'power',
  value,
  ...more,
})

describe('a pack at the bench', () => {
  it("gives the whole and the first channel the address's id, other channels one of their own", () => {
    expect(tells([power(1)])).toEqual(['plug-1 power 1'])
    expect(tells([power(1, { channel: 1 }), power(2, { channel: 2 })])).toEqual(['plug-1 power 1', 'plug-1-2 power 2'])
    expect(tells([power(1, { channel: 0 }), power(2, { channel: 1 })], 'shelly')).toEqual([
      'plug-1 power 1',
      'plug-1-1 power 2',
    ])
  })

  it('tells a sum from its terms, and sensors of one kind from each other', () => {
    expect(tells([power(3), power(1, { channel: 1 })])).toEqual(['plug-1 power 3', 'plug-1-1 power 1'])
    const probes = ['DS18B20-1', 'DS18B20-2'].map((part, value): VendorReading => ({
      address: 'x',
      metric: 'temperature',
      value,
      part,
    }))
    expect(tells(probes)).toEqual(['x temperature 0', 'x-ds18b20-2 temperature 1'])
  })

  it('takes the id that it is given', () => {
    expect(tells([power(1), power(2, { channel: 2 })], 'tasmota', 'fridge')).toEqual([
      'fridge power 1',
      'fridge-2 power 2',
    ])
  })

  it('can be read again whatever the addresses, and keeps devices apart', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ maxLength: 90 }), { maxLength: 8 }), addresses => {
        const readings = addresses.map(address => power(1, { address }))
        const { readings: read, rejected } = decodePack(
          packOf(readings, { vendor: 'tasmota', device: undefined, instantOf: () => AT_MS }),
        )
        expect(rejected).toEqual([])
        expect(read.length).toBe(readings.length)
      }),
    )
  })

  it('makes an id of any address', () => {
    expect(idOf('shellies/Plug-S_AB')).toBe('shellies-plug-s-ab')
    expect(idOf('a4:cf')).toBe('a4-cf')
    expect(idOf('冰箱')).toMatch(/^device-[0-9a-f]{8}$/)
    expect(idOf('x'.repeat(100))).toMatch(/^x{31}-[0-9a-f]{8}$/)
    expect(idOf('x'.repeat(100))).not.toBe(idOf('x'.repeat(101)))
  })
})
