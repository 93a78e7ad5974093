import type { Reading } from '@harbor/protocol'
import type { PackedReadings } from './write-batch.ts'

/**
 * Readings as columns of numbers, which another thread takes over without copying; each name is in it once.
 *
 * @throws RangeError for a time that is not whole milliseconds since 1970.
 */
export function packReadings(readings: readonly Reading[]): { packed: PackedReadings; transfer: ArrayBuffer[] } {
  const devices = new Map<string, number>()
  const metrics = new Map<string, number>()
  const numberOf = (names: Map<string, number>, name: string): number => {
    const known = names.get(name)
    if (known !== undefined) return known
    names.set(name, names.size)
    return names.size - 1
  }
  const device = new Uint32Array(readings.length)
  const metric = new Uint16Array(readings.length)
  const timeMs = new Float64Array(readings.length)
  const value = new Float64Array(readings.length)
  for (const [row, reading] of readings.entries()) {
    if (!Number.isSafeInteger(reading.timeMs) || reading.timeMs < 0)
      throw new RangeError(`expected whole milliseconds since 1970, got ${reading.timeMs}`)
    device[row] = numberOf(devices, reading.device)
    metric[row] = numberOf(metrics, reading.metric)
    timeMs[row] = reading.timeMs
    value[row] = reading.value
  }
  return {
    packed: { devices: [...devices.keys()], metrics: [...metrics.keys()], device, metric, timeMs, value },
    transfer: [device.buffer, metric.buffer, timeMs.buffer, value.buffer],
  }
}
