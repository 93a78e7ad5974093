import type { Metric } from '@harbor/protocol'
import type { Collector, Placement } from './collector.ts'
import { type Fields, asFields, field } from './payload.ts'

/** One component's status, whole or in part. */
export interface Component {
  type: string
  /** The number after the colon, from 0 (100 and up: on an add-on board). */
  channel: number | undefined
  fields: Fields
  /** The device's own probe is `temperature:0`. */
  hasInnerProbe: boolean
}

type FieldTable = readonly (readonly [name: string, metric: Metric])[]

/** switch, pm1, cover and the lights: one metered circuit. */
const CIRCUIT: FieldTable = [
  ['apower', 'power'],
  ['aprtpower', 'apparent_power'],
  ['voltage', 'voltage'],
  ['current', 'current'],
  ['pf', 'power_factor'],
  ['freq', 'frequency'],
]
/** em1, and each phase of em under `a_`, `b_`, `c_`. */
const PHASE: FieldTable = [
  ['act_power', 'power'],
  ['aprt_power', 'apparent_power'],
  ['voltage', 'voltage'],
  ['current', 'current'],
  ['pf', 'power_factor'],
  ['freq', 'frequency'],
]
const EM_TOTAL: FieldTable = [
  ['total_act_power', 'power'],
  ['total_aprt_power', 'apparent_power'],
  ['total_current', 'current'],
]
/** Counters of em1data, and of each phase of emdata; Wh. */
const PHASE_ENERGY: FieldTable = [
  ['total_act_energy', 'energy'],
  ['total_act_ret_energy', 'energy_returned'],
]
const EM_TOTAL_ENERGY: FieldTable = [
  ['total_act', 'energy'],
  ['total_act_ret', 'energy_returned'],
]

/** The readings of one component; one that is not known gives none. */
export function collectComponent(collector: Collector, component: Component): void {
  const { type, channel, fields } = component
  const place: Placement = channel === undefined ? {} : { channel }
  switch (type) {
    case 'switch':
      collector.state('relay', field(fields, 'output'), place)
      return collectCircuit(collector, fields, place)
    case 'pm1':
    case 'cover':
    case 'light':
    case 'cct':
    case 'rgb':
    case 'rgbw':
      return collectCircuit(collector, fields, place)
    case 'em1':
      return collectTable(collector, { fields, place, table: PHASE })
    case 'em1data':
      return collectTable(collector, { fields, place, table: PHASE_ENERGY })
    case 'em':
      collectTable(collector, { fields, place, table: EM_TOTAL })
      return collectPhases(collector, fields, PHASE)
    case 'emdata':
      collectTable(collector, { fields, place, table: EM_TOTAL_ENERGY })
      return collectPhases(collector, fields, PHASE_ENERGY)
    case 'temperature':
      if (component.hasInnerProbe && channel === 0) return collector.number('device_temperature', field(fields, 'tC'))
      return collector.number('temperature', field(fields, 'tC'), place)
    case 'humidity':
      return collector.number('humidity', field(fields, 'rh'), place)
    case 'illuminance':
      return collector.number('illuminance', field(fields, 'lux'), place)
    case 'flood':
      return collector.state('leak', field(fields, 'alarm'), place)
    case 'smoke':
      return collector.state('smoke', field(fields, 'alarm'), place)
    case 'presencezone':
      return collector.state('occupancy', field(fields, 'value'), place)
    case 'devicepower':
      return collectBattery(collector, fields)
    case 'bthomedevice':
      collector.number('battery', field(fields, 'battery'), place)
      return collector.number('rssi', field(fields, 'rssi'), place)
    case 'blutrv':
      collector.number('temperature', field(fields, 'current_C'), place)
      collector.number('battery', field(fields, 'battery'), place)
      return collector.number('rssi', field(fields, 'rssi'), place)
    case 'wifi':
      return collector.number('rssi', field(fields, 'rssi'))
  }
}

/** aenergy and ret_aenergy count in Wh. */
function collectCircuit(collector: Collector, fields: Fields, place: Placement): void {
  collectTable(collector, { fields, place, table: CIRCUIT })
  const temperature = asFields(field(fields, 'temperature'))
  if (temperature !== undefined) collector.number('device_temperature', field(temperature, 'tC'), place)
  for (const [name, metric] of [
    ['aenergy', 'energy'],
    ['ret_aenergy', 'energy_returned'],
  ] as const) {
    const energy = asFields(field(fields, name))
    if (energy !== undefined) collector.number(metric, field(energy, 'total'), place)
  }
}

/** The phases a, b and c are channels 1 to 3; the whole meter is channel 0. */
function collectPhases(collector: Collector, fields: Fields, table: FieldTable): void {
  for (const [index, phase] of ['a', 'b', 'c'].entries()) {
    for (const [name, metric] of table)
      collector.number(metric, field(fields, `${phase}_${name}`), { channel: index + 1 })
  }
}

/** On mains the battery's figure means nothing: a Plus H&T on USB power reports 0 %. */
function collectBattery(collector: Collector, fields: Fields): void {
  const external = asFields(field(fields, 'external'))
  const battery = asFields(field(fields, 'battery'))
  if (battery === undefined || (external !== undefined && field(external, 'present') === true)) return
  collector.number('battery', field(battery, 'percent'))
}

function collectTable(
  collector: Collector,
  { fields, place, table }: { fields: Fields; place: Placement; table: FieldTable },
): void {
  for (const [name, metric] of table) collector.number(metric, field(fields, name), place)
}
