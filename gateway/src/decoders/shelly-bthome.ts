import { createCollector } from './collector.ts'
import type { Decoded, DeviceTime } from './decoder.ts'
import { type Fields, field } from './payload.ts'

/** A device's hardware address as it is written in topics and events. */
export const MAC = /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i

/**
 * A BLU sensor's advertisement (BTHome, https://bthome.io/format) as Shelly's own script passes it on, in Celsius and
 * per cent: under `{prefix}/events/{mac}`, or as the event `shelly-blu` of the script. Its address is the sensor's MAC.
 */
export function decodeBthome(mac: string, fields: Fields, time?: DeviceTime): Decoded {
  // What is encrypted and could not be read has no values.
  if (field(fields, 'encryption') === true) return { kind: 'ignored', why: 'an encrypted advertisement' }
  const collector = createCollector(mac.toLowerCase(), time)
  collector.number('temperature', field(fields, 'temperature'))
  collector.number('humidity', field(fields, 'humidity'))
  collector.number('illuminance', field(fields, 'illuminance'))
  collector.number('battery', field(fields, 'battery'))
  collector.number('rssi', field(fields, 'rssi'))
  // BLU Door/Window: 1 is open. BLU Motion: 1 is somebody.
  collector.state('door', field(fields, 'window'))
  collector.state('occupancy', field(fields, 'motion'))
  return collector.result('no readings in this advertisement')
}
