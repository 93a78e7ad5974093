import type { Metric } from '@harbor/protocol'
import type { Collector, Placement } from './collector.ts'
import { type Fields, asFields, field } from './payload.ts'

/** Fields of ENERGY that are readings. Total and ExportActive are kWh since the meter's start; Today and the like are not the meter. */
const ENERGY_FIELDS: readonly { name: string; metric: Metric; scale?: number }[] = [
  { name: 'Total', metric: 'energy', scale: 1000 },
  { name: 'ExportActive', metric: 'energy_returned', scale: 1000 },
  { name: 'Power', metric: 'power' },
  { name: 'ApparentPower', metric: 'apparent_power' },
  { name: 'ReactivePower', metric: 'reactive_power' },
  { name: 'Factor', metric: 'power_factor' },
  { name: 'Voltage', metric: 'voltage' },
  { name: 'Current', metric: 'current' },
  { name: 'Frequency', metric: 'frequency' },
]

/**
 * Blocks whose Temperature is that of a chip inside the plug: the ESP32 itself, metering and power chips, motion sensors,
 * and the NDIR cell of the MH-Z19.
 */
const INSIDE = /^(ESP32|BL09\d\d|CSE77\d\d|AXP\d+|MPU\d+|HLW\d+|ADE\d+|MHZ19)/i

const ESP = /^ESP32/i

/** Not blocks of one sensor of ours: ENERGY is read apart, the others carry other devices' radio traffic. */
const OTHER_BLOCKS = new Set(['ENERGY', 'ZbReceived', 'ZbInfo', 'BLEOperation', 'BLEAlias', 'IBEACON'])

/** All readings of a SENSOR message. */
export function collectSensors(collector: Collector, fields: Fields): void {
  collectEnergy(collector, field(fields, 'ENERGY'))
  let isInsideTold = false
  for (const [name, value] of blocksOf(fields)) {
    const isInside = INSIDE.test(name)
    const block = isInside && isInsideTold ? undefined : asFields(value)
    if (block === undefined) continue
    if (isInside) isInsideTold = true
    collectClimate(collector, { name, block, isInside, units: fields })
  }
}

/** The sensors' blocks; the ESP's own comes last, for a metering chip sits nearer to what gets hot in a plug. */
function blocksOf(fields: Fields): [name: string, value: unknown][] {
  const blocks = Object.entries(fields).filter(([name]) => !OTHER_BLOCKS.has(name))
  return [...blocks.filter(([name]) => !ESP.test(name)), ...blocks.filter(([name]) => ESP.test(name))]
}

function collectEnergy(collector: Collector, value: unknown): void {
  if (value === undefined || value === null) return
  const energy = asFields(value)
  if (energy === undefined) {
    return collector.reject({ reason: 'wrong_shape', detail: 'ENERGY: expected an object' })
  }
  for (const { name, metric, scale } of ENERGY_FIELDS) {
    const unit: Placement = scale === undefined ? {} : { scale }
    const said = field(energy, name)
    if (isTariffs(energy, said)) collectTariffs(collector, metric, said)
    else
      for (const [channel, raw] of channelsOf(said)) {
        collector.number(metric, raw, channel === undefined ? unit : { ...unit, channel })
      }
  }
}

/** A meter of one phase counts by tariff: its Total is a list then, and its Power is none. */
function isTariffs(energy: Fields, said: unknown): said is readonly unknown[] {
  if (!Array.isArray(said)) return false
  const power = field(energy, 'Power')
  if (power !== undefined) return !Array.isArray(power)
  return JSON.stringify(said) === JSON.stringify(field(energy, 'TotalTariff'))
}

/** The sum and its two tariffs; in any other form it is not known what the whole is. */
function collectTariffs(collector: Collector, metric: Metric, said: readonly unknown[]): void {
  const [sum, first, second] = said
  const isSum =
    said.length === 3 &&
    typeof sum === 'number' &&
    typeof first === 'number' &&
    typeof second === 'number' &&
    // Each is rounded to three decimals of a kWh at most.
    Math.abs(sum - first - second) < 0.002
  if (isSum) collector.number(metric, sum, { scale: 1000 })
  else collector.reject({ reason: 'wrong_shape', detail: `${metric}: a list by tariff without its sum` })
}

/** A scalar is the device's; a list has one value a channel, from 1; an object names the channels by their number. */
function channelsOf(value: unknown): [channel: number | undefined, raw: unknown][] {
  if (Array.isArray(value)) return value.slice(0, 32).map((raw, index) => [index + 1, raw])
  const fields = asFields(value)
  if (fields === undefined) return [[undefined, value]]
  return Object.entries(fields).flatMap(([name, raw]): [number, unknown][] => {
    const number = /^(?:L|CH|Phase|Channel)?_?(\d{1,2})$/i.exec(name)?.[1]
    return number === undefined ? [] : [[Number(number), raw]]
  })
}

interface ClimateBlock {
  name: string
  isInside: boolean
  block: Fields
  /** The message: it carries TempUnit and PressureUnit. */
  units: Fields
}

/** A sensor's block (DS18B20, SHT3X-0x45, BME280, ANALOG, …); which of several sensors it is goes along as `part`. */
function collectClimate(collector: Collector, { name, block, isInside, units }: ClimateBlock): void {
  for (const [key, raw] of Object.entries(block)) {
    const match = /^(Temperature|Humidity|Pressure|Illuminance|CarbonDioxide|Battery)(\d{0,2})$/.exec(key)
    if (match === null) continue
    const part = match[2] ? `${name}-${match[2]}` : name
    switch (match[1]) {
      case 'Temperature':
        collectTemperature(collector, { raw, unit: field(units, 'TempUnit'), ...(isInside ? {} : { part }) })
        break
      case 'Humidity':
        collector.number('humidity', raw, { part })
        break
      case 'Pressure':
        collectPressure(collector, { raw, unit: field(block, 'PressureUnit') ?? field(units, 'PressureUnit'), part })
        break
      case 'Illuminance':
        collector.number('illuminance', raw, { part })
        break
      case 'CarbonDioxide':
        collector.number('co2', raw, { part })
        break
      case 'Battery':
        collector.number('battery', raw, { part })
        break
    }
  }
}

interface Measured {
  raw: unknown
  unit: unknown
  part?: string
}

/** Without a `part` it is the inside of the device that was measured. */
function collectTemperature(collector: Collector, { raw, unit, part }: Measured): void {
  const metric = part === undefined ? 'device_temperature' : 'temperature'
  const placement = part === undefined ? {} : { part }
  if (unit === undefined || unit === 'C') return collector.number(metric, raw, placement)
  // Tasmota sends tenths by default: the conversion is rounded to a millionth, not to a tenth.
  if (unit === 'F') return collector.number(metric, raw, { ...placement, offset: -32, scale: 5 / 9 })
  collector.reject({ reason: 'wrong_unit', detail: 'TempUnit: expected C or F' })
}

/** hPa in one of each unit that Tasmota knows (SetOption24); conventional mercury. */
const HPA_IN: Readonly<Record<string, number>> = { hPa: 1, mmHg: 1.333_224, inHg: 33.863_89 }

function collectPressure(collector: Collector, { raw, unit, part }: Measured): void {
  const scale =
    unit === undefined
      ? 1
      : typeof unit === 'string'
        ? Object.hasOwn(HPA_IN, unit)
          ? HPA_IN[unit]
          : undefined
        : undefined
  if (scale === undefined) {
    return collector.reject({ reason: 'wrong_unit', detail: 'PressureUnit: expected hPa, mmHg or inHg' })
  }
  collector.number('pressure', raw, { ...(part === undefined ? {} : { part }), ...(scale === 1 ? {} : { scale }) })
}
