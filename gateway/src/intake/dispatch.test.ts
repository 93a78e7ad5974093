import { describe, expect, it } from 'vitest'
import { createAnnouncedDevices } from '../decoders/homeassistant/announced-devices.ts'
import { createAddressBook } from './address-book.ts'
import { createDispatcher } from './dispatch.ts'

const newDispatcher = () =>
  createDispatcher({
    book: createAddressBook([
      { id: 'a', vendor: 'zigbee2mqtt', address: 'plug' },
      { id: 'b', vendor: 'esphome', address: 'tele/node' },
      { id: 'c', vendor: 'homeassistant', address: 'a4cf12' },
      { id: 'd', vendor: 'esphome', address: 'desk' },
      { id: 'e', vendor: 'mapping', address: 'meter-7' },
    ]),
    announced: createAnnouncedDevices(),
    mappings: [{ topic: 'tele/meters/+', address: 'meter-{1}', readings: [{ metric: 'power', value: 'p * 1000' }] }],
  })
const dispatch = newDispatcher()

describe('a message', () => {
  it.each([
    ['tele/x/STATE', '{"POWER":"ON"}', 'tasmota', 'x'],
    ['zigbee2mqtt/x', '{"state":"ON"}', 'zigbee2mqtt', 'x'],
    ['x/status/switch:0', '{"output":true}', 'shelly', 'x'],
    ['x/online', 'true', 'shelly', 'x'],
    ['x/status', 'online', 'esphome', 'x'],
    ['home/plug', '{"state":"ON"}', 'zigbee2mqtt', 'plug'],
    ['tele/node/sensor/people/state', '3', 'esphome', 'tele/node'],
    ['shellies/plug/relay/0', 'on', 'shelly', 'shellies/plug'],
    ['application/1/device/24E124136B502217/event/up', '{"object":{"total_in":3}}', 'chirpstack', '24e124136b502217'],
    // The config's own mapping goes before Tasmota, whose shape this is, too.
    ['tele/meters/7', '{"p":0.5}', 'mapping', 'meter-7'],
  ])('on %s goes to the vendor of the shape, or of the configured address', (...[topic, payload, vendor, address]) => {
    expect(dispatch(topic, Buffer.from(payload))).toMatchObject({
      vendor,
      address,
      decoded: { kind: 'readings' },
    })
  })

  it.each(['homeassistant/sensor/x/config', 'tasmota/discovery/AB/config', 'esphome/discover/x', 'shellies/announce'])(
    'on %s is an announcement',
    topic => {
      expect(dispatch(topic, Buffer.from('{}')).decoded.kind).toBe('ignored')
    },
  )

  it('without a payload takes a retained one back', () => {
    expect(dispatch('tele/x/SENSOR', Buffer.alloc(0)).decoded.kind).toBe('ignored')
  })

  it.each(['home/other', 'x', 'some/where/else', 'tele/SENSOR'])('on %s is on a wrong topic', topic => {
    expect(dispatch(topic, Buffer.from('{}')).decoded).toMatchObject({ kind: 'rejected', reason: 'wrong_topic' })
  })

  it("on a topic that a device announced is that device's, and before the announcement nobody's", () => {
    const dispatch = newDispatcher()
    const state = () => dispatch('home/plug1/power', Buffer.from('12'))
    expect(state().decoded).toMatchObject({ kind: 'rejected', reason: 'wrong_topic' })
    const announcement = {
      stat_t: 'home/plug1/power',
      dev_cla: 'power',
      unit_of_meas: 'W',
      uniq_id: 'a4cf12-power',
      dev: { ids: ['a4cf12'] },
    }
    expect(dispatch('homeassistant/sensor/plug1/config', Buffer.from(JSON.stringify(announcement)))).toMatchObject({
      vendor: undefined,
      decoded: { kind: 'ignored' },
    })
    expect(state()).toMatchObject({ vendor: 'homeassistant', address: 'a4cf12', decoded: { kind: 'readings' } })
  })

  it('of an ESPHome node is read by the unit that it announced, not by its name', () => {
    const dispatch = newDispatcher()
    const energy = () => dispatch('desk/sensor/plug_energy/state', Buffer.from('1.5'))
    const told = () => {
      const { decoded } = energy()
      return decoded.kind === 'readings' ? decoded.readings : []
    }
    expect(told()).toEqual([{ address: 'desk', part: 'plug_energy', metric: 'energy', value: 1.5 }])
    const announcement = {
      stat_t: 'desk/sensor/plug_energy/state',
      dev_cla: 'energy',
      unit_of_meas: 'kWh',
      stat_cla: 'total_increasing',
      name: 'Plug Energy',
      uniq_id: 'ESPsensorplug_energy',
      dev: { ids: 'a4cf12345678' },
    }
    dispatch('homeassistant/sensor/desk/plug_energy/config', Buffer.from(JSON.stringify(announcement)))
    expect(energy()).toMatchObject({ vendor: 'esphome', address: 'desk' })
    expect(told()).toEqual([{ address: 'desk', part: 'plug_energy', metric: 'energy', value: 1500 }])
  })
})
