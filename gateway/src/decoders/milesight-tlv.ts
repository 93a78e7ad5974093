/**
 * Milesight's payload format: fields of (channel, type, value), the value's length known only from the two bytes before it
 * (Milesight's user guides of each sensor, chapter "Device Payload"). The same pair means different things in different
 * models, so a payload can be read only by whoever knows the model. Multi-byte values are little-endian.
 */

/** A payload's values, under the names that the vendor's own codec for the network server gives them. */
export type MilesightFields = Record<string, number | string>

/** How long the value of a field is, and what it says; without `read`, nothing that is a reading. */
interface TlvField {
  /** Bytes; or found from those that follow, undefined when there are too few. */
  length: number | ((rest: Uint8Array) => number | undefined)
  read?: (value: DataView) => MilesightFields
}

type TlvTable = Readonly<Record<string, TlvField>>

/** Model families whose payloads are read; undefined for a model that is none of them. */
export function tableOf(model: string): TlvTable | undefined {
  const [, series = '', number = ''] = /(?:^|[^a-z0-9])(am|em|vs|ws)[-_ ]?(\d{3})/i.exec(model) ?? []
  const name = `${series.toLowerCase()}${number}`
  return Object.hasOwn(TABLES, name) ? TABLES[name] : undefined
}

/**
 * The family of a people counter that nobody named, told by its payload alone: the only one in which that reads to its end
 * and says a number of people.
 */
export function guessCounter(bytes: Uint8Array): TlvTable | undefined {
  const fitting = [PASSAGE, CEILING, HEADS].filter(table => {
    const { fields, fault } = readTlv(table, bytes)
    return fault === undefined && Object.keys(fields).some(name => /(^|_)(in|out|count|count_all)$/.test(name))
  })
  return fitting.length === 1 ? fitting[0] : undefined
}

/** The values of a payload; `fault` says why it was not read to its end. */
export function readTlv(table: TlvTable, bytes: Uint8Array): { fields: MilesightFields; fault?: string } {
  const fields: MilesightFields = {}
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < bytes.length;) {
    const key = [bytes[at] ?? 0, bytes[at + 1] ?? 0].map(byte => byte.toString(16).padStart(2, '0')).join('')
    const known = table[key]
    // Its length is not known either, so nothing after it can be read.
    if (known === undefined) return { fields, fault: `a field ${key} that is not known` }
    const length = typeof known.length === 'number' ? known.length : known.length(bytes.subarray(at + 2))
    if (length === undefined || at + 2 + length > bytes.length)
      return { fields, fault: `a field ${key} that is cut off` }
    if (known.read !== undefined) {
      Object.assign(fields, known.read(new DataView(view.buffer, view.byteOffset + at + 2, length)))
    }
    at += 2 + length
  }
  return { fields }
}

const skip = (length: number): TlvField => ({ length })
const byte = (name: string): TlvField => ({ length: 1, read: v => ({ [name]: v.getUint8(0) }) })
const word = (name: string): TlvField => ({ length: 4, read: v => ({ [name]: v.getUint32(0, true) }) })
const flag = (name: string, off: string, on: string): TlvField => ({
  length: 1,
  // Any third value is a fault code and says neither.
  read: v => ({ [name]: [off, on][v.getUint8(0)] ?? 'unknown' }),
})
const tenths = (name: string, length = 2): TlvField => ({ length, read: v => ({ [name]: v.getInt16(0, true) / 10 }) })
const inAndOut = (name: string, length = 4): TlvField => ({
  length,
  read: v => ({ [`${name}_in`]: v.getUint16(0, true), [`${name}_out`]: v.getUint16(2, true) }),
})
const regions = (first: number, count: number): TlvField => ({
  length: count,
  read: v =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`region_${first + index}_count`, v.getUint8(index)]),
    ),
})

/** What any model may send beside its measurements: versions, serial number, class, start. */
const BASICS: TlvTable = {
  ff01: skip(1),
  ff09: skip(2),
  ff0a: skip(2),
  ff0b: skip(1),
  ff0f: skip(1),
  ff16: skip(8),
  ff1f: skip(4),
  fffe: skip(1),
  ffff: skip(2),
  '0175': byte('battery'),
}

/** VS350 and VS351, over a door; VS360, a pair of posts. History (20ce) is of times long past and dated apart. */
const PASSAGE: TlvTable = {
  ...BASICS,
  '0275': skip(1),
  '03f4': skip(2),
  '0367': tenths('temperature'),
  '8367': tenths('temperature', 3),
  '04cc': inAndOut('total'),
  '84cc': inAndOut('total', 5),
  '05cc': skip(4),
  '85cc': skip(5),
  '0aef': skip(4),
  '81ee': skip(1),
  ffac: skip(4),
  ffad: skip(1),
  ffcc: skip(1),
  '20ce': { length: rest => (rest[4] === 1 ? 13 : 9) },
}

/** VS132, VS133 and VS135, on the ceiling: four lines, each with people in and out, and four regions. */
const CEILING: TlvTable = {
  ...BASICS,
  ...Object.fromEntries(
    [0, 1, 2, 3].flatMap((line): [string, TlvField][] => [
      [`${hex(3 + 3 * line)}d2`, word(`line_${line + 1}_total_in`)],
      [`${hex(4 + 3 * line)}d2`, word(`line_${line + 1}_total_out`)],
      [`${hex(5 + 3 * line)}cc`, skip(4)],
      // Children, who are in the totals above as well.
      [`${hex(0x11 + 3 * line)}d2`, skip(4)],
      [`${hex(0x12 + 3 * line)}d2`, skip(4)],
      [`${hex(0x13 + 3 * line)}cc`, skip(4)],
    ]),
  ),
  '0fe3': regions(1, 4),
  '1de3': skip(4),
  '10e4': skip(5),
  '1ee4': skip(5),
  '50fc': skip(3),
  '20ce': { length: rest => (rest[4] === 0x10 || rest[4] === 0x20 ? 8 : 9) },
}

/** VS121, a camera that counts heads. `05cc` is since the last report, `0dcc` since the last reset. */
const HEADS: TlvTable = {
  ...BASICS,
  // The serial number has 6 bytes, or 8 in newer ones, after which the next field begins with 0xff, which is in none.
  ff08: { length: rest => (isFieldOfBasics(rest[6]) || !isFieldOfBasics(rest[8]) ? 6 : 8) },
  '04c9': { length: 4, read: v => ({ people_count_all: v.getUint8(0) }) },
  '05cc': skip(4),
  '06cd': skip(1),
  '07d5': regions(1, 8),
  '08d5': regions(9, 8),
  '09da': skip(8),
  '0ada': skip(8),
  '0bda': skip(8),
  '0cda': skip(8),
  '0dcc': inAndOut('people_total'),
  '0ee4': skip(5),
  '0f85': skip(4),
  '10f7': skip(4),
}

const OCCUPANCY = flag('occupancy', 'vacant', 'occupied')
const TEMPERATURE_AND_HUMIDITY: TlvTable = {
  ...BASICS,
  '0367': tenths('temperature'),
  '0468': { length: 1, read: v => ({ humidity: v.getUint8(0) / 2 }) },
}

const TABLES: Readonly<Record<string, TlvTable>> = {
  vs121: HEADS,
  vs132: CEILING,
  vs133: CEILING,
  vs135: CEILING,
  vs321: {
    ...BASICS,
    // 0xffff and 0xff: the sensor could not be read.
    '0367': {
      length: 2,
      read: v => (v.getUint16(0, true) === 0xffff ? {} : { temperature: v.getInt16(0, true) / 10 }),
    },
    '0468': { length: 1, read: v => (v.getUint8(0) === 0xff ? {} : { humidity: v.getUint8(0) / 2 }) },
    '05fd': { length: 2, read: v => ({ people_total_counts: v.getUint16(0, true) }) },
    '06fe': skip(4),
    '07ff': skip(1),
    '08f4': skip(2),
    '0aef': skip(4),
  },
  vs330: {
    ...BASICS,
    '0282': skip(2),
    '02a5': skip(8),
    '038e': OCCUPANCY,
    '048e': skip(1),
    '04a8': skip(1),
    '06a6': skip(4),
    '07a7': skip(4),
    '08a8': skip(1),
    '09a9': skip(4),
  },
  vs340: { ...BASICS, '0300': OCCUPANCY },
  vs341: { ...BASICS, '0300': OCCUPANCY },
  vs350: PASSAGE,
  vs351: PASSAGE,
  vs360: PASSAGE,
  vs370: { ...BASICS, '0300': OCCUPANCY, '0400': skip(1) },
  am102: TEMPERATURE_AND_HUMIDITY,
  em300: { ...TEMPERATURE_AND_HUMIDITY, '20ce': skip(8) },
  em320: TEMPERATURE_AND_HUMIDITY,
  ws301: {
    ...BASICS,
    '0300': flag('magnet_status', 'closed', 'open'),
    // The vendor's guide and its codec disagree which of the two says that the case was opened.
    '0400': skip(1),
  },
  ws303: { ...BASICS, '0300': flag('leakage_status', 'normal', 'leak') },
}

function isFieldOfBasics(first: number | undefined): boolean {
  return first === undefined || first === 0xff
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0')
}
