/** What a plug's watts have said so far of the appliance on it. Plain numbers, changed in place: this runs for every reading. */
export interface PowerState {
  /** The first reading ever, and the last. */
  firstAt: number
  lastAt: number
  lastW: number

  /** What it is doing: 0 unknown, 1 rest, 2 run. Since when, and whether that beginning was seen. */
  phase: 0 | 1 | 2
  phaseAt: number
  phaseSeen: 0 | 1
  /** From here on it seems to be doing the other thing, not yet long enough to be believed. -1: no. */
  otherAt: number
  otherMaxW: number
  /** Of the run in progress or the last one: energy, length of what was measured, highest power. */
  runWs: number
  runS: number
  runMaxW: number
  /** The last whole run and rest, seconds; -1: none yet. */
  lastRunS: number
  lastRestS: number
  /** Whole runs since the beginning, at most 999. */
  cycles: number

  /** Learnt: the middle of the running power, its 15th and 85th percentile, and seconds that they rest on. */
  runW: number
  runLowW: number
  runHighW: number
  learntRunS: number
  /** Learnt: the middle of the resting power, the share of resting time in which it was there, and seconds of it. */
  restW: number
  restSteady: number
  learntRestS: number
  /** Learnt: the highest power held for minutes. */
  peakW: number

  /** Since when the power has been within 5 % of `levelW`, and the appliance's own temperature then (-99: not known). */
  levelAt: number
  levelW: number
  levelC: number

  /** The hour that is being counted, and how long of it was known, and run. */
  hour: number
  hourKnownMs: number
  hourRunMs: number
  /** Share of each of the last 48 hours in which it ran, newest last: 0 to 100 %, 255 unknown. */
  duty: Uint8Array

  /** Runs that ended in each of the last 6 spells of 10 minutes, and how many of them were short; newest last. */
  spell: number
  runs: number[]
  shortRuns: number[]
  /** When it last tried to start and did not: up to 4, oldest first. */
  bursts: number[]

  /** Sessions one after another that drew like a lamp, and sessions that heated. */
  coldSessions: number
  heatedSessions: number
  /** Highest power of up to 20 heating sessions (log bytes, oldest first), and the middle of the first 20, W (0: not yet). */
  sessionBytes: Uint8Array
  firstSessionsW: number

  /** The local day that is being counted, its energy, the energy within closed hours and how long they were. */
  day: number
  dayWh: number
  closedWh: number
  closedMs: number
  /** Closed nights one after another with more heating than `nightWh`; see the rule. */
  wastedNights: number
  /** A fault stood in this day: what it was like is not learnt. */
  dayFaulty: 0 | 1
  dayRuns: number
  dayRunS: number
  dayMaxRunS: number
  dayRests: number
  dayRestS: number
  dayMaxRestS: number
  /** Room temperature of the day: sum and count of hourly looks. */
  dayRoomSum: number
  dayRooms: number
  /** The last 14 healthy days, oldest first; see baseline.ts. */
  days: Uint8Array
  /** Room temperature every 10 minutes of the last hour, tenths of a degree, oldest first; while a rule asks for it. */
  room: number[]
  roomAt: number
}

/** Kept is what was reckoned with: numbers are rounded before they are used, never only when they are written. */
export const round = (value: number, perUnit: number) => Math.round(value * perUnit) / perUnit

export const NEVER = -1
export const DUTY_HOURS = 48
export const SESSIONS = 20
export const UNKNOWN_C = -99

/** What is known before the first reading. */
export function freshPowerState(atMs: number): PowerState {
  return {
    firstAt: atMs,
    lastAt: NEVER,
    lastW: 0,
    phase: 0,
    phaseAt: atMs,
    phaseSeen: 0,
    otherAt: NEVER,
    otherMaxW: 0,
    runWs: 0,
    runS: 0,
    runMaxW: 0,
    lastRunS: NEVER,
    lastRestS: NEVER,
    cycles: 0,
    runW: 0,
    runLowW: 0,
    runHighW: 0,
    learntRunS: 0,
    restW: 0,
    restSteady: 0,
    learntRestS: 0,
    peakW: 0,
    levelAt: atMs,
    levelW: 0,
    levelC: UNKNOWN_C,
    hour: NEVER,
    hourKnownMs: 0,
    hourRunMs: 0,
    duty: new Uint8Array(0),
    spell: NEVER,
    runs: [],
    shortRuns: [],
    bursts: [],
    coldSessions: 0,
    heatedSessions: 0,
    sessionBytes: new Uint8Array(0),
    firstSessionsW: 0,
    day: NEVER,
    dayWh: 0,
    closedWh: 0,
    closedMs: 0,
    wastedNights: 0,
    dayFaulty: 0,
    dayRuns: 0,
    dayRunS: 0,
    dayMaxRunS: 0,
    dayRests: 0,
    dayRestS: 0,
    dayMaxRestS: 0,
    dayRoomSum: 0,
    dayRooms: 0,
    days: new Uint8Array(0),
    room: [],
    roomAt: NEVER,
  }
}

/** Fields that hold an instant, or instants: kept as what they are before the newest reading. */
const TIMES: ReadonlySet<string> = new Set([
  'firstAt',
  'lastAt',
  'phaseAt',
  'otherAt',
  'levelAt',
  'roomAt',
  'bursts',
] satisfies (keyof PowerState)[])

type Row = (number | string | number[])[]

/** As a short row of JSON: times are milliseconds before `atMs`, bytes are base64; null is for an instant that never was. */
export function powerStateToRow(state: PowerState, atMs: number): unknown[] {
  return Object.entries(state).map(([name, value]: [string, PowerState[keyof PowerState]]) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
    if (!TIMES.has(name)) return value
    if (typeof value !== 'number') return value.map(at => atMs - at)
    return value === NEVER ? null : atMs - value
  })
}

/** Undefined for what is no such row. */
export function powerStateFromRow(row: unknown, atMs: number): PowerState | undefined {
  if (!Array.isArray(row)) return undefined
  const state = freshPowerState(atMs)
  const names = Object.keys(state) as (keyof PowerState)[]
  if (row.length !== names.length) return undefined
  const values: Row = []
  for (const [index, name] of names.entries()) {
    const value = restoreValue(state[name], { raw: row[index], atMs, isTime: TIMES.has(name) })
    if (value === undefined) return undefined
    values.push(value as Row[number])
  }
  return Object.assign(state, Object.fromEntries(names.map((name, index) => [name, values[index]])))
}

function restoreValue(
  preset: PowerState[keyof PowerState],
  { raw, atMs, isTime }: { raw: unknown; atMs: number; isTime: boolean },
): PowerState[keyof PowerState] | undefined {
  if (preset instanceof Uint8Array)
    return typeof raw === 'string' ? new Uint8Array(Buffer.from(raw, 'base64')) : undefined
  if (typeof preset !== 'number') {
    if (!Array.isArray(raw) || raw.length > 10 || !raw.every(Number.isFinite)) return undefined
    return isTime ? (raw as number[]).map(ms => atMs - ms) : [...(raw as number[])]
  }
  if (isTime && raw === null) return NEVER
  if (typeof raw !== 'number' || !Number.isFinite(raw)) return undefined
  return isTime ? atMs - raw : raw
}
