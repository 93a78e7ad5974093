import type { Vendor } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DECODERS } from '../decoders/index.ts'
import { routeOfConfig, routeOfReport } from './relay-route.ts'

/** What a device says of its relay, and what it is told in return. */
const REPORTS: readonly [vendor: Vendor, topic: string, payload: string, orders: string[], asks: string[]][] = [
  ['tasmota', 'stat/fridge/POWER', 'ON', ['cmnd/fridge/POWER ON OFF'], []],
  ['tasmota', 'tele/floor1/room 2/plug/STATE', '{"POWER":"ON"}', ['cmnd/floor1/room 2/plug/POWER ON OFF'], []],
  ['tasmota', 'stat/strip/RESULT', '{"POWER3":"ON"}', ['cmnd/strip/POWER3 ON OFF'], []],
  [
    'shelly',
    'shellies/shellyplug-s-1/relay/0',
    'on',
    ['shellies/shellyplug-s-1/relay/0/command on off'],
    ['shellies/shellyplug-s-1/command update'],
  ],
  [
    'shelly',
    'shellies/shelly25-1/info',
    '{"relays":[{"ison":true}]}',
    ['shellies/shelly25-1/relay/0/command on off'],
    ['shellies/shelly25-1/command update'],
  ],
  ['tasmota', 'strip/stat/POWER2', 'OFF', ['strip/cmnd/POWER2 ON OFF'], []],
  [
    'shelly',
    'shellyplusplugs-a8032ab00001/events/rpc',
    '{"method":"NotifyStatus","params":{"switch:0":{"id":0,"output":true}}}',
    [
      'shellyplusplugs-a8032ab00001/rpc {"id":1,"src":"harbor-gateway","method":"Switch.Set","params":{"id":0,"on":true}} {"id":2,"src":"harbor-gateway","method":"Switch.Set","params":{"id":0,"on":false}}',
      'shellyplusplugs-a8032ab00001/command/switch:0 on off',
    ],
    ['shellyplusplugs-a8032ab00001/command/switch:0 status_update'],
  ],
  [
    'shelly',
    'my/prefix/status/switch:3',
    '{"id":3,"output":false}',
    [
      'my/prefix/rpc {"id":1,"src":"harbor-gateway","method":"Switch.Set","params":{"id":3,"on":true}} {"id":2,"src":"harbor-gateway","method":"Switch.Set","params":{"id":3,"on":false}}',
      'my/prefix/command/switch:3 on off',
    ],
    ['my/prefix/command/switch:3 status_update'],
  ],
  [
    'zigbee2mqtt',
    'zigbee2mqtt/water dispenser',
    '{"state":"ON"}',
    ['zigbee2mqtt/water dispenser/set {"state":"ON"} {"state":"OFF"}'],
    ['zigbee2mqtt/water dispenser/get {"state":""}'],
  ],
  [
    'zigbee2mqtt',
    'z2m/kitchen/strip',
    '{"state_l2":"OFF"}',
    ['z2m/kitchen/strip/set {"state_l2":"ON"} {"state_l2":"OFF"}'],
    ['z2m/kitchen/strip/get {"state_l2":""}'],
  ],
  [
    'zigbee2mqtt',
    'zigbee2mqtt/strip/l2',
    '{"state":"OFF"}',
    ['zigbee2mqtt/strip/set {"state_l2":"ON"} {"state_l2":"OFF"}'],
    ['zigbee2mqtt/strip/get {"state_l2":""}'],
  ],
  ['esphome', 'plug-1/switch/relay/state', 'ON', ['plug-1/switch/relay/command ON OFF'], []],
  ['esphome', 'a/b/switch/outlet_2/state', 'OFF', ['a/b/switch/outlet_2/command ON OFF'], []],
]

const shown = (route: ReturnType<typeof routeOfReport>) => [
  route?.orders.map(({ topic, on, off }) => `${topic} ${on} ${off}`),
  route?.asks.map(({ topic, payload }) => `${topic} ${payload}`),
]

describe('a relay', () => {
  it.each(REPORTS)('of %s that speaks on %s (%s) is told', (...[vendor, topic, payload, orders, asks]) => {
    const decoder = DECODERS.find(candidate => candidate.vendor === vendor)
    const decoded = decoder?.decode(topic, Buffer.from(payload))
    const relay = decoded?.kind === 'readings' ? decoded.readings.find(({ metric }) => metric === 'relay') : undefined
    expect(relay).toBeDefined()
    if (relay === undefined) return
    const route = routeOfReport({ vendor, address: relay.address, channel: relay.channel }, topic)
    expect(shown(route)).toEqual([orders, asks])
  })

  it('of a device that spoke under a name other than its own is told nothing: it would be another device', () => {
    expect(
      routeOfReport({ vendor: 'tasmota', address: 'other', channel: undefined }, 'tele/plug/STATE'),
    ).toBeUndefined()
    expect(
      routeOfReport({ vendor: 'tasmota', address: 'bridge/0x1', channel: undefined }, 'tele/bridge/SENSOR'),
    ).toBeUndefined()
    expect(routeOfReport({ vendor: 'zigbee2mqtt', address: 'b', channel: undefined }, 'zigbee2mqtt/a')).toBeUndefined()
    expect(routeOfReport({ vendor: 'homeassistant', address: 'a', channel: undefined }, 'a/state')).toBeUndefined()
  })

  it.each<[Vendor, string, string | undefined]>([
    ['tasmota', 'fridge', 'cmnd/fridge/POWER'],
    ['tasmota', 'strip#2', 'cmnd/strip/POWER2'],
    ['shelly', 'shellyplus1-1', 'shellyplus1-1/rpc'],
    ['shelly', 'shellies/shelly1-1#1', 'shellies/shelly1-1/relay/1/command'],
    ['zigbee2mqtt', 'kitchen/plug', 'zigbee2mqtt/kitchen/plug/set'],
    ['zigbee2mqtt', 'strip#2', 'zigbee2mqtt/strip/set'],
    ['esphome', 'plug/relay', 'plug/switch/relay/command'],
    ['esphome', 'plug', undefined],
    ['tasmota', 'a+b', undefined],
    ['tasmota', 'a#', undefined],
  ])('of %s called %s in the config and never heard is told on %s', (vendor, address, topic) => {
    expect(routeOfConfig(vendor, address)?.orders[0]?.topic).toBe(topic)
  })

  it('is never told on a topic with a wildcard, whatever it spoke on', () => {
    const levelArb = fc.constantFrom(
      'tele',
      'stat',
      'a',
      '+',
      '#',
      'switch',
      'state',
      'events',
      'rpc',
      'status',
      '',
      'POWER',
    )
    fc.assert(
      fc.property(
        fc.constantFrom<Vendor>('tasmota', 'shelly', 'zigbee2mqtt', 'esphome'),
        fc.array(levelArb, { minLength: 1, maxLength: 6 }),
        fc.option(fc.nat(9), { nil: undefined }),
        (vendor, levels, channel) => {
          const topic = levels.join('/')
          const places = [
            routeOfReport({ vendor, address: levels.slice(1).join('/'), channel }, topic),
            routeOfConfig(vendor, topic),
          ]
          for (const { topic: to } of places.flatMap(route => route?.orders ?? [])) expect(to).not.toMatch(/[+#\0]/)
        },
      ),
    )
  })
})
