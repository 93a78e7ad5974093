import { NO_BYTE, fromLogByte, median, toLogByte } from './log-byte.ts'
import { DUTY_HOURS, type PowerState } from './power-state.ts'

/** Days that are remembered, one record of bytes each (docs/domain.md 3.1: the last 14 healthy days). */
const DAYS = 14
const RECORD_BYTES = 9
/** A day of which less was known is not learnt from. */
const MIN_KNOWN_HOURS = 12
/** No drift is told of before so many days were learnt (docs/domain.md 3.1: not in the first 48 h). */
export const LEARNT_DAYS = 2
const BANDS = 4
const HOURS_PER_BAND = 24 / BANDS
/** Units of the bytes: half a minute covers 30 s to two days. */
const DURATION_UNIT_S = 30

/** What is usual for one appliance: the middle of its last healthy days. Undefined: not learnt. */
export interface Baseline {
  days: number
  /** Share of time in which it runs, %: of the whole day, and by the hours 0-6, 6-12, 12-18, 18-24. */
  duty: number | undefined
  dutyByBand: readonly (number | undefined)[]
  /** Duty divided by what the room's temperature makes of it; see dutyFactor. */
  dutyAt25: number | undefined
  runMeanS: number | undefined
  runMaxS: number | undefined
  restMaxS: number | undefined
}

const NOTHING_LEARNT: Baseline = {
  days: 0,
  duty: undefined,
  dutyByBand: [],
  dutyAt25: undefined,
  runMeanS: undefined,
  runMaxS: undefined,
  restMaxS: undefined,
}

/** Writes the day that ended into the memory, unless a fault stood in it or too little of it is known. */
export function learnDay(state: PowerState): void {
  const hours = state.duty.subarray(Math.max(0, DUTY_HOURS - 24)) // learnt at local midnight: the last 24 are that day's
  const known = hours.filter(byte => byte !== NO_BYTE)
  if (state.dayFaulty === 1 || known.length < MIN_KNOWN_HOURS) return
  const bands = Array.from({ length: BANDS }, (_, band) =>
    meanOf(hours.subarray(band * HOURS_PER_BAND, (band + 1) * HOURS_PER_BAND).filter(byte => byte !== NO_BYTE)),
  )
  const room = state.dayRooms > 0 ? Math.round(Math.max(0, Math.min(60, state.dayRoomSum / state.dayRooms))) : NO_BYTE
  const record = [
    ...bands,
    meanOf(known),
    room,
    state.dayRuns > 0 ? toLogByte(state.dayRunS / state.dayRuns, DURATION_UNIT_S) : NO_BYTE,
    state.dayRuns > 0 ? toLogByte(state.dayMaxRunS, DURATION_UNIT_S) : NO_BYTE,
    state.dayRests > 0 ? toLogByte(state.dayMaxRestS, DURATION_UNIT_S) : NO_BYTE,
  ]
  const kept = state.days.subarray(Math.max(0, state.days.length - (DAYS - 1) * RECORD_BYTES))
  const days = new Uint8Array(kept.length + RECORD_BYTES)
  days.set(kept)
  days.set(record, kept.length)
  state.days = days
}

/** What the remembered days have in common. */
export function baselineOf({ days }: PowerState): Baseline {
  const count = Math.floor(days.length / RECORD_BYTES)
  if (count === 0) return NOTHING_LEARNT
  const column = (offset: number) =>
    Array.from({ length: count }, (_, day) => days[day * RECORD_BYTES + offset] as number).filter(b => b !== NO_BYTE)
  const durationS = (offset: number) => fromLogByte(median(column(offset)), DURATION_UNIT_S)
  const atRoom: number[] = []
  for (let day = 0; day < count; day++) {
    const [duty, roomC] = [days[day * RECORD_BYTES + 4] as number, days[day * RECORD_BYTES + 5] as number]
    if (duty !== NO_BYTE && roomC !== NO_BYTE) atRoom.push(duty / dutyFactor(roomC))
  }
  return {
    days: count,
    duty: median(column(4)),
    dutyByBand: [0, 1, 2, 3].map(band => median(column(band))),
    dutyAt25: atRoom.length >= LEARNT_DAYS ? median(atRoom) : undefined,
    runMeanS: durationS(6),
    runMaxS: durationS(7),
    restMaxS: durationS(8),
  }
}

/** Room temperature and a fridge's duty relative to 25 °C (docs/domain.md 3.2, own model). */
const DUTY_BY_ROOM: readonly (readonly [roomC: number, factor: number])[] = [
  [5, 0.15],
  [10, 0.3],
  [20, 0.8],
  [25, 1],
  [30, 1.25],
  [35, 1.6],
  [40, 1.9],
]

/** How much more a fridge runs in a room of `roomC` than at 25 °C; between the points of the model by straight lines. */
export function dutyFactor(roomC: number): number {
  for (const [index, [atC, factor]] of DUTY_BY_ROOM.entries()) {
    if (roomC > atC) continue
    const before = DUTY_BY_ROOM[index - 1]
    return before === undefined ? factor : before[1] + ((factor - before[1]) * (roomC - before[0])) / (atC - before[0])
  }
  return 1.9
}

function meanOf(bytes: Uint8Array): number {
  return bytes.length === 0 ? NO_BYTE : Math.round(bytes.reduce((sum, byte) => sum + byte, 0) / bytes.length)
}
