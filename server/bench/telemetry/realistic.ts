import type { Reading } from '@harbor/protocol'

/** What a fleet of plugs and rooms measures, one report a device and moment; the same seed gives the same readings. */
export interface FleetCourse {
  /** All devices' readings at moments in [fromMs, toMs), time ascending but for some seconds of jitter, in pieces of about `size`. */
  pieces: (span: { fromMs: number; toMs: number }, size: number) => Generator<Reading[]>
  devices: readonly string[]
}

/**
 * Three in five devices are plugs (power, voltage, current, energy: a compressor that runs a third of the time, an appliance that mostly
 * rests), one a room (temperature, humidity, pressure, rssi), one a counter of people (people, in, out, battery). Steps are those of the
 * devices: 0.1 W, 0.1 V, 1 Wh, 0.1 °C.
 */
export function createFleetCourse(count: number, everyMs: number, seed: number): FleetCourse {
  const random = mulberry32(seed)
  const devices = Array.from({ length: count }, (_, n) => `50${100_000 + (n >> 3)}-${n & 7}-device`)
  const energyWh = new Float64Array(count).map(() => Math.floor(random() * 1e6))
  const ins = new Float64Array(count)
  const jitterMs = Float64Array.from(devices, () => Math.floor(random() * everyMs))

  function report(n: number, atMs: number): Reading[] {
    const device = devices[n] ?? ''
    const timeMs = atMs + (jitterMs[n] ?? 0) + Math.floor(random() * 40)
    const hour = (atMs / 3_600_000 + 8) % 24
    const of = (metric: Reading['metric'], value: number): Reading => ({ device, metric, timeMs, value })
    const round = (value: number, step: number) => Math.round(value / step) / Math.round(1 / step)
    if (n % 5 === 3)
      return [
        of('temperature', round(24 + 4 * Math.sin((hour / 24) * 2 * Math.PI) + random() * 0.4, 0.1)),
        of('humidity', Math.round(60 + random() * 5)),
        of('pressure', round(985 + random(), 0.1)),
        of('rssi', -60 - Math.floor(random() * 8)),
      ]
    if (n % 5 === 4) {
      const isOpen = hour > 7 && hour < 21
      const came = isOpen && random() < 0.3 ? 1 : 0
      ins[n] = (ins[n] ?? 0) + came
      return [
        of('people', isOpen ? Math.floor(random() * 6) : 0),
        of('people_in', ins[n] ?? 0),
        of('people_out', Math.max(0, (ins[n] ?? 0) - 2)),
        of('battery', 80),
      ]
    }
    const runs = n % 5 === 0 ? (atMs / 60_000 + n) % 36 < 12 : random() < 0.05
    const power = runs ? round(90 + (n % 7) * 10 + random() * 6, 0.1) : n % 5 === 0 ? 1.8 : 0
    energyWh[n] = (energyWh[n] ?? 0) + (power * everyMs) / 3_600_000
    const voltage = round(226 + 6 * Math.sin(hour) + random() * 2, 0.1)
    return [
      of('power', power),
      of('voltage', voltage),
      of('current', round(power / voltage, 0.001)),
      of('energy', Math.floor(energyWh[n] ?? 0)),
    ]
  }

  return {
    devices,
    *pieces({ fromMs, toMs }, size) {
      let piece: Reading[] = []
      for (let atMs = fromMs; atMs < toMs; atMs += everyMs)
        for (let n = 0; n < count; n += 1) {
          piece.push(...report(n, atMs))
          if (piece.length < size) continue
          yield piece
          piece = []
        }
      if (piece.length > 0) yield piece
    },
  }
}

/** Tommy Ettinger's mulberry32 (public domain): small, and the same everywhere. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
