import { METRIC_NAMES, type Metric, type Reading } from '@harbor/protocol'

/**
 * The newest reading of every (device, metric), by small device number: 16 bytes each in typed arrays, so that a million
 * devices cost megabytes and a look-up costs an index.
 */
export interface NewestIndex {
  /** Newest time in ms since 1970, or -1 when there is none. */
  timeMs(device: number, metric: Metric): number
  /** Keeps the reading when it is newer than what is known. */
  take(device: number, metric: Metric, reading: { timeMs: number; value: number }): void
  /** All of them; `name` gives a device number's id. */
  readings(name: (device: number) => string): Reading[]
}

interface Column {
  timesMs: Float64Array
  values: Float64Array
}

const FIRST_SIZE = 1_024

export function createNewestIndex(): NewestIndex {
  const columns = new Map<Metric, Column>()

  function columnFor(metric: Metric, device: number): Column {
    const column = columns.get(metric)
    if (column !== undefined && device < column.timesMs.length) return column
    const size = Math.max(FIRST_SIZE, 2 ** Math.ceil(Math.log2(device + 1)))
    const grown = { timesMs: new Float64Array(size).fill(-1), values: new Float64Array(size) }
    if (column !== undefined) {
      grown.timesMs.set(column.timesMs)
      grown.values.set(column.values)
    }
    columns.set(metric, grown)
    return grown
  }

  return {
    timeMs: (device, metric) => columns.get(metric)?.timesMs[device] ?? -1,
    take(device, metric, { timeMs, value }) {
      const column = columnFor(metric, device)
      if (timeMs <= (column.timesMs[device] ?? -1)) return
      column.timesMs[device] = timeMs
      column.values[device] = value
    },
    readings(name) {
      const found: Reading[] = []
      for (const metric of METRIC_NAMES) {
        const column = columns.get(metric)
        if (column === undefined) continue
        column.timesMs.forEach((timeMs, device) => {
          if (timeMs >= 0) found.push({ device: name(device), metric, timeMs, value: column.values[device] ?? 0 })
        })
      }
      return found
    },
  }
}
