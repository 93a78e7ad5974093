import { describe, expect, it } from 'vitest'
import { createAddressBook } from './address-book.ts'
import { dispatch } from './dispatch.ts'

const BOOK = createAddressBook([
  { id: 'a', vendor: 'zigbee2mqtt', address: 'plug' },
  { id: 'b', vendor: 'esphome', address: 'tele/node' },
])

describe('a message', () => {
  it.each([
    ['tele/x/STATE', '{"POWER":"ON"}', 'tasmota', 'x'],
    ['zigbee2mqtt/x', '{"state":"ON"}', 'zigbee2mqtt', 'x'],
    ['x/status/switch:0', '{"output":true}', 'shelly', 'x'],
    ['x/online', 'true', 'shelly', 'x'],
    ['x/status', 'online', 'esphome', 'x'],
    ['home/plug', '{"state":"ON"}', 'zigbee2mqtt', 'plug'],
    ['tele/node/sensor/people/state', '3', 'esphome', 'tele/node'],
  ])('on %s goes to the vendor of the shape, or of the configured address', (...[topic, payload, vendor, address]) => {
    expect(dispatch(topic, Buffer.from(payload), BOOK)).toMatchObject({
      vendor,
      address,
      decoded: { kind: 'readings' },
    })
  })

  it.each(['homeassistant/sensor/x/config', 'tasmota/discovery/AB/config', 'esphome/discover/x', 'shellies/announce'])(
    'on %s is an announcement',
    topic => {
      expect(dispatch(topic, Buffer.from('{}'), BOOK).decoded.kind).toBe('ignored')
    },
  )

  it('without a payload takes a retained one back', () => {
    expect(dispatch('tele/x/SENSOR', Buffer.alloc(0), BOOK).decoded.kind).toBe('ignored')
  })

  it.each(['home/other', 'x', 'some/where/else', 'tele/SENSOR'])('on %s is on a wrong topic', topic => {
    expect(dispatch(topic, Buffer.from('{}'), BOOK).decoded).toMatchObject({ kind: 'rejected', reason: 'wrong_topic' })
  })
})
