import type { Metric } from '@harbor/protocol'
import type { Placement } from '../collector.ts'
import { isDerived, meaningOf } from '../esphome-objects.ts'
import { type Fields, field } from '../payload.ts'
import type { AnnouncedComponent } from './announcement.ts'

/** What a component's values are. */
export type Meaning =
  { metric: Metric; kind: 'number'; place: Placement } | { metric: Metric; kind: 'state'; on: string; off: string }

type Units = Readonly<Record<string, Placement>>

/** A component whose unit is not among these has no reading: half a unit is worse than none. */
const SENSORS: Readonly<Record<string, { metric: Metric; units: Units }>> = {
  power: { metric: 'power', units: { W: {}, mW: { scale: 0.001 }, kW: { scale: 1000 } } },
  apparent_power: { metric: 'apparent_power', units: { VA: {}, kVA: { scale: 1000 } } },
  reactive_power: { metric: 'reactive_power', units: { var: {}, kvar: { scale: 1000 } } },
  power_factor: { metric: 'power_factor', units: { '': {}, '%': { scale: 0.01 } } },
  voltage: { metric: 'voltage', units: { V: {}, mV: { scale: 0.001 } } },
  current: { metric: 'current', units: { A: {}, mA: { scale: 0.001 } } },
  frequency: { metric: 'frequency', units: { Hz: {} } },
  energy: { metric: 'energy', units: { Wh: {}, kWh: { scale: 1000 }, MWh: { scale: 1e6 } } },
  temperature: {
    metric: 'temperature',
    units: { '°C': {}, '°F': { offset: -32, scale: 5 / 9 }, K: { offset: -273.15 } },
  },
  humidity: { metric: 'humidity', units: { '%': {} } },
  atmospheric_pressure: {
    metric: 'pressure',
    units: {
      hPa: {},
      mbar: {},
      Pa: { scale: 0.01 },
      kPa: { scale: 10 },
      // Conventional mercury.
      mmHg: { scale: 1.333_224 },
      inHg: { scale: 33.863_89 },
    },
  },
  // In bar or psi it is a water pipe's or a tyre's.
  pressure: { metric: 'pressure', units: { hPa: {}, mbar: {} } },
  illuminance: { metric: 'illuminance', units: { lx: {} } },
  carbon_dioxide: { metric: 'co2', units: { ppm: {} } },
  battery: { metric: 'battery', units: { '%': {} } },
  signal_strength: { metric: 'rssi', units: { dBm: {} } },
}

/** A window is no door; `battery` is only whether it is low. */
const BINARY_SENSORS: Readonly<Record<string, Metric>> = {
  door: 'door',
  opening: 'door',
  moisture: 'leak',
  smoke: 'smoke',
  occupancy: 'occupancy',
  presence: 'occupancy',
  motion: 'occupancy',
  tamper: 'tamper',
  connectivity: 'online',
}

/** What a component measures; undefined when it is nothing there is a metric for. */
export function meaningOfComponent({ component, part, fields }: AnnouncedComponent): Meaning | undefined {
  const name = nameOf(part, fields)
  switch (component) {
    case 'sensor':
      return sensorMeaning(name, fields)
    case 'binary_sensor': {
      const kind = text(fields, 'device_class') ?? ''
      const metric = Object.hasOwn(BINARY_SENSORS, kind) ? BINARY_SENSORS[kind] : undefined
      if (metric === undefined) return undefined
      return { metric, kind: 'state', on: said(fields, 'payload_on', 'ON'), off: said(fields, 'payload_off', 'OFF') }
    }
    case 'switch': {
      // A setting of the device (a child lock, a light on the plug) is a switch, too, and says so.
      if (field(fields, 'entity_category') !== undefined) return undefined
      const on = said(fields, 'state_on', said(fields, 'payload_on', 'ON'))
      const off = said(fields, 'state_off', said(fields, 'payload_off', 'OFF'))
      return { metric: 'relay', kind: 'state', on, off }
    }
  }
  return undefined
}

function sensorMeaning(name: string, fields: Fields): Meaning | undefined {
  const kind = text(fields, 'device_class')
  const unit = text(fields, 'unit_of_measurement')
  if (isDerived(name)) return undefined
  if (kind === undefined) return peopleMeaning(name, unit)
  const known = Object.hasOwn(SENSORS, kind) ? SENSORS[kind] : undefined
  const place = known !== undefined && Object.hasOwn(known.units, unit ?? '') ? known.units[unit ?? ''] : undefined
  if (known === undefined || place === undefined) return undefined
  let { metric }: { metric: Metric } = known
  if (metric === 'energy') {
    // Energy that is measured anew each time is no meter.
    if (field(fields, 'state_class') === 'measurement') return undefined
    if (/(^|_)(produced|production|returned|exported?|feed_?in|negative)(_|$)/.test(name)) metric = 'energy_returned'
  }
  const isInside =
    field(fields, 'entity_category') === 'diagnostic' ||
    /(^|_)(device|chip|cpu|mcu|soc|esp|esp32|internal|board)_/.test(name)
  if (metric === 'temperature' && isInside) metric = 'device_temperature'
  return { metric, kind: 'number', place }
}

/** Home Assistant has no class for people: the name tells, as in ESPHome. */
function peopleMeaning(name: string, unit: string | undefined): Meaning | undefined {
  if (unit !== undefined && !/^(people|persons?|pax|人)$/i.test(unit)) return undefined
  const metric = meaningOf('sensor', name)?.metric
  return metric?.startsWith('people') ? { metric, kind: 'number', place: {} } : undefined
}

/** How the component calls itself, in words joined by underscores. */
function nameOf(part: string, fields: Fields): string {
  const name = text(fields, 'name') ?? text(fields, 'object_id') ?? part
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '')
}

function text(fields: Fields, name: string): string | undefined {
  const value = field(fields, name)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A payload by which a state is told; booleans and numbers are compared as text. */
function said(fields: Fields, name: string, otherwise: string): string {
  const value = field(fields, name)
  if (typeof value === 'string') return value
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : otherwise
}
