import type { Metric, Vendor } from '@harbor/protocol'
import type { DeviceReading } from '../devices/device-reading.ts'
import { rounded } from '../devices/device-reading.ts'
import { type Random, normal } from '../random.ts'

/** A meter's error, as a share of what it measures, and a probe's, in K and %RH (chosen: docs/domain.md 3.6 and 3.8). */
const METER_SHARE = 0.004
const PROBE_K = 0.05
const PROBE_RH = 0.3

export type MetricValues = Partial<Record<Metric, number>>

/** What a gateway makes of a device's word: its values as that vendor rounds them, with the sensor's noise. */
export function meterValues(reading: DeviceReading, vendor: Vendor, random: Random): MetricValues {
  switch (reading.kind) {
    case 'plug': {
      const digits = vendor === 'shelly' ? 1 : 0
      const powerW = Math.max(0, reading.powerW * (1 + METER_SHARE * normal(random)))
      return {
        power: rounded(powerW, digits),
        voltage: rounded(reading.voltageV + 0.3 * normal(random), digits),
        current: rounded(reading.currentA, 2),
        energy: rounded(reading.energyWh, vendor === 'zigbee2mqtt' ? -1 : 0),
        relay: reading.on ? 1 : 0,
        ...(vendor === 'shelly' && { device_temperature: rounded(31 + reading.powerW / 120, 1) }),
      }
    }
    case 'climate': {
      const temperature = rounded(reading.temperatureC + PROBE_K * normal(random), vendor === 'esphome' ? 1 : 2)
      if (reading.humidityPercent === undefined) return { temperature }
      return { temperature, humidity: rounded(reading.humidityPercent + PROBE_RH * normal(random), 1) }
    }
    case 'contact':
      return { door: reading.open ? 1 : 0, ...(vendor === 'zigbee2mqtt' && { battery: 80 }) }
    case 'people':
      return { people: reading.count }
  }
}
