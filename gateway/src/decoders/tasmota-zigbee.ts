import type { Metric } from '@harbor/protocol'
import type { Collector } from './collector.ts'
import { type Fields, asFields, field } from './payload.ts'

/**
 * `Power` is a relay's state, but a remote control's command, too, and says nothing of how the relay is switched: it is not
 * read. `Voltage` is a cell's. Counters come as hexadecimal text of an unknown unit.
 */
const FIELDS: readonly { name: string; metric: Metric; kind: 'number' | 'state' }[] = [
  { name: 'ActivePower', metric: 'power', kind: 'number' },
  { name: 'RMSVoltage', metric: 'voltage', kind: 'number' },
  { name: 'RMSCurrent', metric: 'current', kind: 'number' },
  { name: 'Temperature', metric: 'temperature', kind: 'number' },
  { name: 'Humidity', metric: 'humidity', kind: 'number' },
  { name: 'Pressure', metric: 'pressure', kind: 'number' },
  { name: 'Occupancy', metric: 'occupancy', kind: 'state' },
  { name: 'Battery', metric: 'battery', kind: 'number' },
  { name: 'BatteryPercentage', metric: 'battery', kind: 'number' },
]

/**
 * What a Tasmota Zigbee bridge heard (https://tasmota.github.io/docs/Zigbee/): `ZbReceived` has an object a device, under
 * its name or short address. Each is a device of its own: `{bridge}/{name}`.
 */
export function collectZigbee(collector: Collector, bridge: string, sensors: Fields): void {
  for (const [key, value] of Object.entries(asFields(field(sensors, 'ZbReceived')) ?? {})) {
    const heard = asFields(value)
    if (heard === undefined) continue
    const name = field(heard, 'Name')
    const place = { address: `${bridge}/${typeof name === 'string' && name !== '' ? name : key}` }
    for (const { name: said, metric, kind } of FIELDS) {
      if (said === 'Battery' && field(heard, 'BatteryPercentage') !== undefined) continue
      if (said === 'Pressure' && (field(heard, 'PressureUnit') ?? 'hPa') !== 'hPa') continue
      if (kind === 'state') collector.state(metric, field(heard, said), place)
      else collector.number(metric, field(heard, said), place)
    }
  }
}
