import { NO_BYTE } from './log-byte.ts'
import { learnDay } from './baseline.ts'
import type { PowerSample, PowerSpec } from './power-spec.ts'
import { DUTY_HOURS, NEVER, type PowerState, round } from './power-state.ts'

const HOUR_MS = 3_600_000
const HOURS_PER_DAY = 24
const SPELL_MS = 600_000
/** Spells of ten minutes that are remembered: an hour. */
const SPELLS = 6
/** An hour of which less is known has no duty. */
const MIN_KNOWN_MS = 40 * 60_000

/** Begins a new spell of ten minutes when it is time. */
export function rollSpells(state: PowerState, timeMs: number): void {
  const spell = Math.floor(timeMs / SPELL_MS)
  if (state.spell === spell) return
  const passed = state.spell === NEVER ? SPELLS : Math.min(SPELLS, spell - state.spell)
  for (let n = 0; n < passed; n++) {
    state.runs.push(0)
    state.shortRuns.push(0)
  }
  state.runs = state.runs.slice(-SPELLS)
  state.shortRuns = state.shortRuns.slice(-SPELLS)
  state.spell = spell
}

/** Ends the hours, and the days, that have passed since the last reading. True when one did. */
export function rollHours(spec: PowerSpec, state: PowerState, { localHour, roomC }: PowerSample): boolean {
  if (state.hour === localHour) return false
  if (state.hour === NEVER) {
    state.hour = localHour
    state.day = Math.floor(localHour / HOURS_PER_DAY)
    return false
  }
  const passed = localHour - state.hour
  for (let n = 0; n < Math.min(passed, DUTY_HOURS); n++) {
    // What is used in sessions has no habit of running.
    if (spec.heatW === 0) endHour(state, { isCounted: n === 0, roomC })
    const day = Math.floor((state.hour + n + 1) / HOURS_PER_DAY)
    if (day !== state.day) endDay(spec, state, day)
  }
  state.hourKnownMs = 0
  state.hourRunMs = 0
  state.hour = localHour
  state.day = Math.floor(localHour / HOURS_PER_DAY)
  return true
}

interface HourInput {
  /** False for an hour that was passed over in silence. */
  isCounted: boolean
  roomC: PowerSample['roomC']
}

function endHour(state: PowerState, { isCounted, roomC }: HourInput): void {
  const isKnown = isCounted && state.hourKnownMs >= MIN_KNOWN_MS
  const kept = state.duty.subarray(Math.max(0, state.duty.length - DUTY_HOURS + 1))
  const duty = new Uint8Array(DUTY_HOURS).fill(NO_BYTE)
  duty.set(kept, DUTY_HOURS - 1 - kept.length)
  if (isKnown) duty[DUTY_HOURS - 1] = Math.round((100 * state.hourRunMs) / state.hourKnownMs)
  state.duty = duty
  const room = isCounted ? roomC() : undefined
  if (room === undefined) return
  state.dayRoomSum = round(state.dayRoomSum + room, 10)
  state.dayRooms += 1
}

/** Closed for less than this in a day, the night says nothing. */
const MIN_NIGHT_MS = 4 * HOUR_MS

function endDay(spec: PowerSpec, state: PowerState, day: number): void {
  if (state.duty.length > 0) learnDay(state)
  if (state.closedMs >= MIN_NIGHT_MS) {
    state.nightWh = state.closedWh
    state.wastedNights = state.closedWh > spec.nightWh ? Math.min(99, state.wastedNights + 1) : 0
  }
  state.peakW = round(state.peakW * 0.995, 100)
  state.day = day
  state.closedWh = 0
  state.closedMs = 0
  state.dayFaulty = 0
  state.dayRuns = 0
  state.dayRunS = 0
  state.dayMaxRunS = 0
  state.dayRests = 0
  state.dayMaxRestS = 0
  state.dayRoomSum = 0
  state.dayRooms = 0
}

/** Mean duty of the last `hours` hours, %; undefined when less than four fifths of them are known. */
export function dutyOf({ duty }: PowerState, hours: number): number | undefined {
  let [sum, known] = [0, 0]
  for (let at = Math.max(0, duty.length - hours); at < duty.length; at++) {
    const byte = duty[at] as number
    if (byte === NO_BYTE) continue
    sum += byte
    known += 1
  }
  return known * 5 < hours * 4 || known === 0 ? undefined : sum / known
}

/** The least duty of the thirds of the last `hours` hours, %, by what is known of each; undefined when nothing of one is. */
export function leastThirdOf({ duty }: PowerState, hours: number): number | undefined {
  let least: number | undefined
  for (let third = 0; third < 3; third++) {
    const [from, to] = [
      duty.length - hours + Math.round((third * hours) / 3),
      duty.length - hours + Math.round(((third + 1) * hours) / 3),
    ]
    const known = duty.subarray(Math.max(0, from), Math.max(0, to)).filter(byte => byte !== NO_BYTE)
    if (known.length === 0) return undefined
    const mean = known.reduce((sum, byte) => sum + byte, 0) / known.length
    least = Math.min(least ?? mean, mean)
  }
  return least
}
