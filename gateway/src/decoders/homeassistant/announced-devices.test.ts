import * as fc from 'fast-check'
import { METRICS, implausible } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import { bytes, lines } from '../readings.test-support.ts'
import { createAnnouncedDevices } from './announced-devices.ts'

type Announcement = [topic: string, payload: object]

const DEVICE = { identifiers: ['plug-1'], name: 'Plug' }
const sensor = (more: object, name = 'power'): Announcement => [
  `homeassistant/sensor/plug-1/${name}/config`,
  { unique_id: `plug-1-${name}`, state_topic: 'plug-1/state', device: DEVICE, ...more },
]
const POWER = { device_class: 'power', unit_of_measurement: 'W', value_template: '{{ value_json.power }}' }

const after = (...announcements: Announcement[]) => {
  const devices = createAnnouncedDevices()
  for (const [topic, payload] of announcements) devices.hear(topic, bytes(payload))
  return devices
}
const tells = (announcements: Announcement[], topic: string, payload: unknown) =>
  lines(after(...announcements).decode(topic, bytes(payload)))

describe('a device that announces itself', () => {
  it.each<[string, Announcement, unknown, string[]]>([
    ['a sensor', sensor(POWER), { power: 12.5 }, ['plug-1/plug-1-power power 12.5']],
    ['kilowatts', sensor({ ...POWER, unit_of_measurement: 'kW' }), { power: 1.5 }, ['plug-1/plug-1-power power 1500']],
    [
      'Fahrenheit',
      sensor({ device_class: 'temperature', unit_of_measurement: '°F' }),
      '50',
      ['plug-1/plug-1-power temperature 10'],
    ],
    [
      'energy, whose unit makes a factor of a thousand',
      sensor({ device_class: 'energy', unit_of_measurement: 'kWh', state_class: 'total_increasing' }),
      '1.5',
      ['plug-1/plug-1-power energy 1500'],
    ],
    [
      'energy fed back, by its name',
      sensor({ device_class: 'energy', unit_of_measurement: 'Wh', name: 'Produced energy' }),
      '5',
      ['plug-1/plug-1-power energy_returned 5'],
    ],
    [
      'the chip, by its category',
      sensor({ device_class: 'temperature', unit_of_measurement: '°C', entity_category: 'diagnostic' }),
      '51',
      ['plug-1/plug-1-power device_temperature 51'],
    ],
    [
      'people, by their name',
      sensor({ name: 'People count', unit_of_measurement: 'people' }),
      '3',
      ['plug-1/plug-1-power people 3'],
    ],
    [
      'an open door, by its own words',
      [
        'homeassistant/binary_sensor/d/contact/config',
        {
          state_topic: 'plug-1/state',
          device_class: 'door',
          payload_on: false,
          payload_off: true,
          value_template: '{{ value_json.contact }}',
          unique_id: 'd',
        },
      ],
      { contact: false },
      ['d door 1'],
    ],
    [
      'a relay, as Python writes it',
      [
        'homeassistant/switch/s/config',
        {
          stat_t: 'plug-1/state',
          uniq_id: 's',
          stat_on: 'true',
          stat_off: 'false',
          val_tpl: '{{ value_json.output }}',
          pl_on: '{"on":1}',
        },
      ],
      { output: true },
      ['s relay 1'],
    ],
    [
      'abbreviations and the base topic',
      [
        'homeassistant/sensor/x/config',
        {
          '~': 'plug-1',
          stat_t: '~/state',
          dev_cla: 'humidity',
          unit_of_meas: '%',
          uniq_id: 'u',
          dev: { cns: [['mac', 'AA:BB']] },
        },
      ],
      '55',
      ['AA:BB/u humidity 55'],
    ],
    [
      'all components of a device in one announcement',
      [
        'homeassistant/device/plug-1/config',
        {
          dev: { ids: 'plug-1' },
          o: { name: 'maker' },
          stat_t: 'plug-1/state',
          cmps: {
            p: { p: 'sensor', dev_cla: 'power', unit_of_meas: 'W', val_tpl: '{{ value_json.p }}', uniq_id: 'p' },
            r: { p: 'switch', val_tpl: '{{ value_json.r }}', uniq_id: 'r' },
          },
        },
      ],
      { p: 5, r: 'ON' },
      ['plug-1/p power 5', 'plug-1/r relay 1'],
    ],
  ])('is understood: %s', (...[, announcement, payload, expected]) => {
    expect(tells([announcement], 'plug-1/state', payload)).toEqual(expected)
  })

  it.each<[string, Announcement, unknown, string[]]>([
    ['a unit that is none of its class', sensor({ ...POWER, unit_of_measurement: 'hp' }), { power: 1 }, ['ignored']],
    [
      'energy of a day',
      sensor({ device_class: 'energy', unit_of_measurement: 'kWh', name: 'Energy today' }),
      '1',
      ['ignored'],
    ],
    [
      'energy measured anew each time',
      sensor({ device_class: 'energy', unit_of_measurement: 'Wh', state_class: 'measurement' }),
      '1',
      ['ignored'],
    ],
    ["a water pipe's pressure", sensor({ device_class: 'pressure', unit_of_measurement: 'bar' }), '1', ['ignored']],
    [
      'a child lock',
      ['homeassistant/switch/s/config', { stat_t: 'plug-1/state', uniq_id: 's', ent_cat: 'config' }],
      'ON',
      ['ignored'],
    ],
    ['a value that is not there', sensor(POWER), { voltage: 230 }, ['ignored']],
    ['a default', sensor({ ...POWER, value_template: '{{ value_json.power | default(0) }}' }), {}, ['ignored']],
    ['None', sensor({ ...POWER, value_template: undefined }), 'None', ['ignored']],
    ['unavailable', sensor({ ...POWER, value_template: undefined }), 'unavailable', ['rejected wrong_type']],
    ['nan', sensor({ ...POWER, value_template: undefined }), 'nan', ['rejected not_finite']],
    ['what is no JSON', sensor(POWER), 'offline', ['rejected not_json']],
    [
      'a template that does not work out',
      sensor({ ...POWER, value_template: '{{ value_json.s | float }}' }),
      { s: 'x' },
      ['rejected wrong_type'],
    ],
    [
      'another state',
      ['homeassistant/switch/s/config', { stat_t: 'plug-1/state', uniq_id: 's' }],
      'DIM',
      ['rejected wrong_type'],
    ],
    ['a topic with wildcards', sensor({ ...POWER, state_topic: '+/state' }), { power: 1 }, ['ignored']],
  ])('makes no wrong value of %s', (...[, announcement, payload, expected]) => {
    expect(tells([announcement], 'plug-1/state', payload)).toEqual(expected)
  })

  it('is refused and counted when its template asks for more than is understood', () => {
    const [topic, payload] = sensor({ ...POWER, value_template: '{{ states("x") }}' })
    expect(createAnnouncedDevices().hear(topic, bytes(payload))).toMatchObject({
      kind: 'rejected',
      reason: 'wrong_shape',
    })
  })

  it('takes its announcement back with an empty message, and changes it with another', () => {
    const [topic, payload] = sensor(POWER)
    const devices = after([topic, payload])
    expect(devices.addressesOf('plug-1/state')).toEqual(['plug-1', 'plug-1-power'])
    devices.hear(topic, bytes({ ...payload, state_topic: 'elsewhere' }))
    expect(devices.addressesOf('plug-1/state')).toEqual([])
    expect(devices.addressesOf('elsewhere')).toEqual(['plug-1', 'plug-1-power'])
    devices.hear(topic, new Uint8Array())
    expect(devices.addressesOf('elsewhere')).toEqual([])
  })

  it('is online once, however many components say where', () => {
    const online = { availability_topic: 'plug-1/online', payload_available: 'yes', payload_not_available: 'no' }
    const both = [sensor({ ...POWER, ...online }), sensor({ ...POWER, ...online }, 'other')]
    expect(tells(both, 'plug-1/online', 'yes')).toEqual(['plug-1 online 1'])
    expect(tells(both, 'plug-1/online', 'no')).toEqual(['plug-1 online 0'])
    expect(tells(both, 'plug-1/online', 'perhaps')).toEqual(['rejected wrong_type'])
  })

  it('is online when all say so, where all must, and offline when one says no', () => {
    const availability = [{ t: 'bridge', val_tpl: '{{ value_json.state }}' }, { topic: 'plug-1/online' }]
    const devices = after(sensor({ ...POWER, avty: availability, avty_mode: 'all' }))
    const say = (topic: string, payload: unknown) => lines(devices.decode(topic, bytes(payload)))
    expect(say('plug-1/online', 'online')).toEqual(['ignored'])
    expect(say('bridge', { state: 'online' })).toEqual(['plug-1 online 1'])
    expect(say('bridge', { state: 'offline' })).toEqual(['plug-1 online 0'])
    expect(say('plug-1/online', 'online')).toEqual(['plug-1 online 0'])
  })

  it('is not remembered beyond a thousand components', () => {
    const devices = createAnnouncedDevices()
    const announce = (index: number) =>
      devices.hear(`homeassistant/sensor/x${index}/config`, bytes({ ...sensor(POWER)[1], state_topic: `x${index}` }))
    for (let index = 0; index < 1_000; index += 1) expect(announce(index)).toMatchObject({ kind: 'ignored' })
    expect(announce(1_000)).toMatchObject({ kind: 'rejected', reason: 'too_large' })
    // One that is known may change.
    expect(announce(5)).toMatchObject({ kind: 'ignored' })
  })

  it('never throws, and gives only what can be measured, whatever it announces and says', () => {
    const word = fc.oneof(
      fc.constantFrom(
        't',
        'power',
        'W',
        'temperature',
        '°F',
        'energy',
        'kWh',
        '%',
        '{{ value_json.a | float * 2 }}',
        '~',
        'ON',
        'all',
        'sensor',
        'switch',
      ),
      fc.string({ maxLength: 6 }),
    )
    const key = fc.constantFrom(
      '~',
      'stat_t',
      'state_topic',
      'val_tpl',
      'dev_cla',
      'unit_of_meas',
      'uniq_id',
      'avty_t',
      'avty',
      'avty_mode',
      'dev',
      'ids',
      'cns',
      'pl_on',
      'pl_off',
      'cmps',
      'p',
      'topic',
      'a',
      '__proto__',
      'name',
    )
    const value = fc.letrec(tie => ({
      any: fc.oneof(
        { maxDepth: 3 },
        word,
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(key, tie('any'), { maxKeys: 6 }),
      ),
    })).any
    fc.assert(
      fc.property(
        fc.dictionary(key, value, { maxKeys: 12 }),
        fc.constantFrom('sensor', 'binary_sensor', 'switch', 'device'),
        value,
        (announcement, component, said) => {
          const devices = createAnnouncedDevices()
          devices.hear(`homeassistant/${component}/x/config`, bytes({ stat_t: 't', ...announcement }))
          const decoded = devices.decode('t', bytes(JSON.stringify(said) ?? ''))
          for (const { metric, value: number } of decoded.kind === 'readings' ? decoded.readings : []) {
            expect(METRICS).toHaveProperty(metric)
            expect(implausible(metric, number)).toBeUndefined()
          }
        },
      ),
      { numRuns: 1_000 },
    )
  })
})
