/**
 * The newest reading of every (device, metric), by their small numbers: 16 bytes each in typed arrays, so that a million
 * devices cost megabytes and a look-up costs an index.
 */
export interface NewestIndex {
  /** Newest time in ms since 1970, or -1 when there is none. */
  timeMs(device: number, metric: number): number
  /** Keeps the reading when it is newer than what is known. */
  take(reading: NumberedReading): void
  /** All that are not older than `fromMs`. */
  since(fromMs: number): NewestColumns
}

/** A reading with the small numbers of its device and metric. */
export interface NumberedReading {
  device: number
  metric: number
  timeMs: number
  value: number
}

/** Newest readings as columns of equal length. */
export interface NewestColumns {
  device: Uint32Array<ArrayBuffer>
  metric: Uint16Array<ArrayBuffer>
  timeMs: Float64Array<ArrayBuffer>
  value: Float64Array<ArrayBuffer>
}

interface Column {
  timesMs: Float64Array
  values: Float64Array
}

const FIRST_SIZE = 1_024

export function createNewestIndex(): NewestIndex {
  /** By metric. */
  const columns: (Column | undefined)[] = []

  function columnFor(metric: number, device: number): Column {
    const column = columns[metric]
    if (column !== undefined && device < column.timesMs.length) return column
    const size = Math.max(FIRST_SIZE, 2 ** Math.ceil(Math.log2(device + 1)))
    const grown = { timesMs: new Float64Array(size).fill(-1), values: new Float64Array(size) }
    if (column !== undefined) {
      grown.timesMs.set(column.timesMs)
      grown.values.set(column.values)
    }
    columns[metric] = grown
    return grown
  }

  return {
    timeMs: (device, metric) => columns[metric]?.timesMs[device] ?? -1,
    take({ device, metric, timeMs, value }) {
      const column = columnFor(metric, device)
      if (timeMs <= (column.timesMs[device] ?? -1)) return
      column.timesMs[device] = timeMs
      column.values[device] = value
    },
    since(fromMs) {
      const least = Math.max(0, fromMs)
      let size = 0
      for (const column of columns) column?.timesMs.forEach(timeMs => (size += timeMs >= least ? 1 : 0))
      const found = {
        device: new Uint32Array(size),
        metric: new Uint16Array(size),
        timeMs: new Float64Array(size),
        value: new Float64Array(size),
      }
      let row = 0
      for (const [metric, column] of columns.entries()) {
        column?.timesMs.forEach((timeMs, device) => {
          if (timeMs < least) return
          found.device[row] = device
          found.metric[row] = metric
          found.timeMs[row] = timeMs
          found.value[row] = column.values[device] ?? 0
          row += 1
        })
      }
      return found
    },
  }
}
