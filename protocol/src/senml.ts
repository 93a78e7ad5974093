import { isId } from './ids.ts'
import { METRICS, implausible, isMetric } from './metrics.ts'
import { ProtocolError, type RejectReason } from './protocol-error.ts'
import type { Reading } from './reading.ts'

/** A SenML record (RFC 8428 section 4) as far as our packs use it: base name, base time, name, unit, time, value. */
export interface SenmlRecord {
  bn?: string
  /** Base time, in seconds since 1970. */
  bt?: number
  n?: string
  u?: string
  /** Seconds, added to the base time. */
  t?: number
  v?: number
  vb?: boolean
}

/** A pack holds at most this many records, so that one message bounds what a receiver must hold. */
export const MAX_PACK_RECORDS = 1_000

const NAME_PREFIX = 'urn:harbor:'

/** RFC 8428 4.5.3: times below 2^28 are relative to "now". On our wire time is always absolute, so they are refused. */
const FIRST_ABSOLUTE_TIME_S = 2 ** 28

/** One rejected record of a pack that was otherwise read. */
export interface RejectedRecord {
  reason: RejectReason
  /** What was wrong, naming the field. */
  detail: string
  device: string | undefined
}

/** What a pack gave: the readings that can be believed, and the records that cannot. */
export interface DecodedPack {
  readings: Reading[]
  rejected: RejectedRecord[]
}

/** Readings as a SenML pack: one base name per run of readings of one device, times in seconds with three decimals. */
export function encodePack(readings: readonly Reading[]): SenmlRecord[] {
  let device: string | undefined
  let baseTimeMs = 0
  return readings.map(reading => {
    const record: SenmlRecord = {}
    if (reading.device !== device) {
      device = reading.device
      record.bn = `${NAME_PREFIX}${device}:`
      // The base time is a whole second so that offsets stay short and exact.
      baseTimeMs = Math.floor(reading.timeMs / 1000) * 1000
      record.bt = baseTimeMs / 1000
    }
    const offsetMs = reading.timeMs - baseTimeMs
    record.n = reading.metric
    if (offsetMs !== 0) record.t = offsetMs / 1000
    const { kind, unit } = METRICS[reading.metric]
    if (kind === 'state') {
      record.vb = reading.value === 1
    } else {
      if (unit !== undefined) record.u = unit
      record.v = reading.value
    }
    return record
  })
}

/** Looked at by hand: a schema's answer for every record of every pack was a tenth of what a server does. */
function isPack(pack: unknown): pack is Record<string, unknown>[] {
  return (
    Array.isArray(pack) &&
    pack.length <= MAX_PACK_RECORDS &&
    pack.every(record => typeof record === 'object' && record !== null && !Array.isArray(record))
  )
}

/**
 * A pack's readings. One bad record costs itself, not its neighbours.
 *
 * @throws ProtocolError `not_a_pack` when `pack` is not a list of at most MAX_PACK_RECORDS objects.
 */
export function decodePack(pack: unknown): DecodedPack {
  if (!isPack(pack)) {
    throw new ProtocolError('not_a_pack', `pack: expected a list of at most ${MAX_PACK_RECORDS} SenML records`)
  }
  const decoded: DecodedPack = { readings: [], rejected: [] }
  const base: Base = { name: '', timeS: 0, unit: undefined, unusable: undefined }
  for (const record of pack) {
    const result = decodeRecord(record, base)
    if (result === undefined) continue
    if ('reason' in result) decoded.rejected.push(result)
    else decoded.readings.push(result)
  }
  return decoded
}

interface Base {
  name: string
  timeS: number
  unit: string | undefined
  /** Set by a base field that changes the meaning of all that follows and is not used on this wire. */
  unusable: string | undefined
}

/** A reading, a rejection, or undefined for a record that only sets base fields (RFC 8428 4.6). Updates `base`. */
function decodeRecord(record: Record<string, unknown>, base: Base): Reading | RejectedRecord | undefined {
  const problem = updateBase(record, base)
  if (problem !== undefined) return { reason: 'bad_record', detail: problem, device: deviceOf(base.name) }
  if (record['n'] === undefined && record['v'] === undefined && record['vb'] === undefined) return undefined
  if (record['n'] !== undefined && typeof record['n'] !== 'string') {
    return { reason: 'bad_record', detail: 'n: expected text', device: deviceOf(base.name) }
  }
  const name = base.name + (record['n'] ?? '')
  const device = deviceOf(name)
  const reject = (reason: RejectReason, detail: string): RejectedRecord => ({ reason, detail, device })
  if (device === undefined)
    return reject('bad_name', `name: expected ${NAME_PREFIX}{device}:{metric}, got ${clip(name)}`)
  const metric = name.slice(NAME_PREFIX.length + device.length + 1)
  if (!isMetric(metric)) return reject('unknown_metric', `name: no metric called ${clip(metric)}`)
  const timeMs = recordTimeMs(record['t'], base)
  if (timeMs === undefined) return reject('bad_time', 'bt + t: expected seconds since 1970, from 2^28 on')
  const { kind, unit } = METRICS[metric]
  const unitSent = record['u'] ?? base.unit
  if (kind === 'state') {
    if (typeof record['vb'] !== 'boolean') return reject('wrong_type', `${metric}: expected vb, true or false`)
    return { device, metric, timeMs, value: record['vb'] ? 1 : 0 }
  }
  const value = record['v']
  if (typeof value !== 'number') return reject('wrong_type', `${metric}: expected v, a number`)
  if (unitSent !== unit) return reject('wrong_unit', `${metric}: expected unit ${unit}, got ${clip(String(unitSent))}`)
  const fault = implausible(metric, value)
  if (fault !== undefined) return reject(fault, `${metric}: ${value} ${unit} is outside what can be measured`)
  return { device, metric, timeMs, value }
}

/**
 * Takes over the base fields of a record; returns what is wrong with them, if anything. A base field that cannot be read
 * leaves none, for with the one before it the records that follow would be read as another device's or another time's.
 */
function updateBase(record: Record<string, unknown>, base: Base): string | undefined {
  const { bn, bt, bu, bv, bs, s } = record
  let problem: string | undefined
  if (bn !== undefined) {
    base.name = typeof bn === 'string' ? bn : ''
    if (typeof bn !== 'string') problem ??= 'bn: expected text'
  }
  if (bt !== undefined) {
    const isTime = typeof bt === 'number' && Number.isFinite(bt)
    base.timeS = isTime ? bt : Number.NaN
    if (!isTime) problem ??= 'bt: expected a number of seconds'
  }
  if (bu !== undefined) {
    base.unit = typeof bu === 'string' ? bu : ''
    if (typeof bu !== 'string') problem ??= 'bu: expected text'
  }
  // Base values and sums would change what a record means; our packs have none, and guessing is worse than refusing.
  if (bv !== undefined || bs !== undefined) base.unusable = 'bv, bs: not used on this wire'
  if (s !== undefined) problem ??= 's: not used on this wire'
  return problem ?? base.unusable
}

function recordTimeMs(offset: unknown, base: Base): number | undefined {
  if (offset !== undefined && (typeof offset !== 'number' || !Number.isFinite(offset))) return undefined
  const timeS = base.timeS + (offset ?? 0)
  if (timeS < FIRST_ABSOLUTE_TIME_S) return undefined
  const timeMs = Math.round(timeS * 1000)
  return Number.isSafeInteger(timeMs) ? timeMs : undefined
}

function deviceOf(name: string): string | undefined {
  if (!name.startsWith(NAME_PREFIX)) return undefined
  const end = name.indexOf(':', NAME_PREFIX.length)
  const device = name.slice(NAME_PREFIX.length, end < 0 ? undefined : end)
  return isId(device) && name[NAME_PREFIX.length + device.length] === ':' ? device : undefined
}

/** User text in an error, bounded: a 1 MB name must not become a 1 MB log line. */
function clip(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
