import type { Reading } from '@harbor/protocol'

/** All readings are fields of one measurement; the device is its only tag, so series are as many as devices and metrics. */
export const MEASUREMENT = 'tele'
export const DEVICE_TAG = 'did'

/**
 * A tag value in line protocol. Control characters are dropped, and backslashes at the end or before what is escaped:
 * neither has an escape of its own, and one of them makes InfluxDB 2 refuse the whole request that the line is in. Undefined when nothing is left, for an empty tag is not
 * allowed.
 */
export function escapeTagValue(value: string): string | undefined {
  // eslint-disable-next-line no-control-regex -- the control characters are what is looked for
  const plain = value.replace(/[\u0000-\u001f\u007f]/g, '').replace(/\\+(?=[ ,=]|$)/g, '')
  return plain === '' ? undefined : plain.replace(/[ ,=]/g, '\\$&')
}

/**
 * Readings as lines, those of one device and moment on one; sorted by device, then time, as InfluxDB takes them fastest.
 * Times in ms. Of several readings of one identity the first stays. A device without a usable name gives no line.
 */
export function toLines(readings: readonly Reading[]): string[] {
  const fields = new Map<string, Map<number, Map<string, number>>>()
  for (const { device, metric, timeMs, value } of readings) {
    const moments = getOrMake(fields, device, () => new Map<number, Map<string, number>>())
    const moment = getOrMake(moments, timeMs, () => new Map<string, number>())
    if (!moment.has(metric)) moment.set(metric, value)
  }
  return [...fields]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([device, moments]) => {
      const tag = escapeTagValue(device)
      if (tag === undefined) return []
      return [...moments]
        .toSorted(([a], [b]) => a - b)
        .map(([timeMs, values]) => `${MEASUREMENT},${DEVICE_TAG}=${tag} ${fieldSet(values)} ${timeMs}`)
    })
}

/** Always floats: the first write fixes a field's type, and 0 written as an integer would refuse 0.5 ever after. */
function fieldSet(values: ReadonlyMap<string, number>): string {
  return [...values].map(([metric, value]) => `${metric}=${value}`).join()
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key) ?? make()
  map.set(key, found)
  return found
}
