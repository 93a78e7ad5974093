import type { GatewayConfig, Vendor } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import type { VendorReading } from '../decoders/decoder.ts'
import { createAddressBook } from './address-book.ts'

const book = (...addresses: [Vendor, string][]) =>
  createAddressBook(
    addresses.map(([vendor, address]): GatewayConfig['devices'][number] => ({
      id: address.toLowerCase().replaceAll(/[^a-z0-9]/g, '-'),
      vendor,
      address,
    })),
  )
const reading = (more: Partial<VendorReading>): VendorReading => ({ address: 'x', metric: 'power', value: 1, ...more })

describe('an address', () => {
  it('with a number is that channel only', () => {
    const { assign } = book(['tasmota', 'x#1'], ['tasmota', 'x#2'])
    const found = assign('tasmota', [
      reading({ channel: 1 }),
      reading({ channel: 2 }),
      reading({ channel: 3 }),
      reading({}),
    ])
    expect(found.map(({ devices }) => devices)).toEqual([['x-1'], ['x-2'], [], []])
  })

  it.each<[Vendor, number]>([
    ['shelly', 0],
    ['tasmota', 1],
    ['zigbee2mqtt', 1],
    ['esphome', 1],
    ['chirpstack', 1],
    ['mapping', 1],
  ])('without a number is the whole, and for %s channel %i', (vendor, first) => {
    const { assign } = book([vendor, 'x'])
    expect(assign(vendor, [reading({ channel: first })])[0]?.devices).toEqual(['x'])
    expect(assign(vendor, [reading({ channel: first + 1 })])[0]?.devices).toEqual([])
  })

  it('without a number prefers the sum to its first term', () => {
    const { assign } = book(['tasmota', 'x'])
    const both = [reading({ value: 30 }), reading({ channel: 1, value: 10 })]
    expect(assign('tasmota', both).map(({ devices }) => devices)).toEqual([['x'], []])
    expect(assign('tasmota', both.toReversed()).map(({ devices }) => devices)).toEqual([[], ['x']])
  })

  it('of channels has what the channels share', () => {
    const { assign } = book(['tasmota', 'x#1'], ['tasmota', 'x#2'])
    expect(assign('tasmota', [reading({ metric: 'voltage' })])[0]?.devices).toEqual(['x-1', 'x-2'])
    expect(assign('tasmota', [reading({ metric: 'energy' })])[0]?.devices).toEqual([])
  })

  it('with a part is the sensor of that name', () => {
    const { assign, knows } = book(['tasmota', 'x'], ['tasmota', 'x/DS18B20'], ['tasmota', 'y/AM2301'])
    const probe = reading({ metric: 'temperature', part: 'DS18B20' })
    const room = reading({ metric: 'temperature', part: 'AM2301' })
    expect(assign('tasmota', [probe, room]).map(({ devices }) => devices)).toEqual([['x-ds18b20'], ['x']])
    expect(knows('tasmota', 'y')).toBe(true)
    expect(knows('shelly', 'y')).toBe(false)
  })

  it('of an announced device is its own, and of one component its unique id, with the device or alone', () => {
    const { assign } = book(['homeassistant', 'x'], ['homeassistant', 'x/left'], ['homeassistant', 'right'])
    const parts = ['power', 'left', 'right'].map(part =>
      reading({ metric: part === 'power' ? 'power' : 'relay', part }),
    )
    expect(assign('homeassistant', parts).map(({ devices }) => devices)).toEqual([['x'], ['x-left'], ['right']])
  })

  it('behind a bridge is heard through it, and is not the bridge', () => {
    const { assign, knows } = book(['tasmota', 'bridge'], ['tasmota', 'bridge/Room'])
    expect(knows('tasmota', 'bridge')).toBe(true)
    const found = assign('tasmota', [reading({ address: 'bridge/Room' }), reading({ address: 'bridge/0x1A2B' })])
    expect(found.map(({ devices }) => devices)).toEqual([['bridge-room'], []])
  })

  it('is not given either of two sensors of one kind, also when later only one of them speaks', () => {
    const { assign } = book(['tasmota', 'x'])
    const one = reading({ metric: 'temperature', part: 'DS18B20-1' })
    const two = reading({ metric: 'temperature', part: 'DS18B20-2' })
    expect(assign('tasmota', [one, two]).map(({ devices }) => devices)).toEqual([[], []])
    expect(assign('tasmota', [one])[0]?.devices).toEqual([])
    expect(assign('tasmota', [reading({ metric: 'humidity', part: 'DS18B20-1' })])[0]?.devices).toEqual(['x'])
  })
})
