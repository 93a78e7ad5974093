import type { Command, CommandAction } from '@harbor/protocol'

/**
 * What becomes of commands: a pure state machine. Each command runs once, whatever is repeated, lost or restarted; the
 * device's own report ends it, or its time does; its result is told until the broker has it.
 */

/** A command as it is kept. */
export interface CommandRecord {
  id: string
  device: string
  action: CommandAction
  /** Milliseconds since 1970, as are the others. */
  expiresMs: number
  receivedMs: number
  state: 'running' | 'done' | 'refused' | 'failed'
  reason?: string
  finishedMs?: number
  /** The broker has the result. */
  isTaken: boolean
}

/** What only this run of the process knows of a running command. On the stopwatch, not the clock. */
interface Run {
  wantsOn: boolean
  startedMs: number
  attempts: number
  /** When the order is sent again; undefined: never, after a restart. */
  retryMs: number | undefined
  /** The device said anything since the order. */
  isHeard: boolean
}

export interface CommandState {
  records: ReadonlyMap<string, CommandRecord>
  runs: ReadonlyMap<string, Run>
  /** The last that each device said of its relay in this run of the process. */
  relays: ReadonlyMap<string, boolean>
}

export type CommandInput =
  /** A command from the server. `refusal`: why the device may not be switched, as the adapter found. */
  | { kind: 'received'; id: string; command: Command; refusal: string | undefined }
  /** The device said something; `relay`: of its relay. */
  | { kind: 'heard'; device: string; relay: boolean | undefined }
  /** Safety cut the device, which ends what was asked of it. */
  | { kind: 'cut'; device: string }
  /** The broker took the result. */
  | { kind: 'taken'; id: string }
  /** The link is up: what it may have lost is told again. */
  | { kind: 'up' }
  | { kind: 'tick' }

/** What is to be done, in this order: reset, keep, forget, switch, tell. */
export interface CommandEffects {
  /** Devices whose cut a person lifts. */
  reset: readonly string[]
  put: readonly CommandRecord[]
  remove: readonly string[]
  switch: readonly { device: string; on: boolean; attempt: number }[]
  tell: readonly CommandRecord[]
}

export interface CommandMoment {
  /** Milliseconds since 1970. */
  clockMs: number
  /** Whether the clock can be believed; until then nothing can be said to have expired or not. */
  isClockTrusted: boolean
  /** Milliseconds, never set back. */
  stopwatchMs: number
}

export interface CommandLimits {
  /** Records kept at most, and for how long after they were finished. */
  maxRecords: number
  maxAgeMs: number
}

/** The device has this long to report; chosen: a Zigbee plug behind two routers answers within 2 s, a busy Wi-Fi plug within 5. */
export const CONFIRM_MS = 10_000
/** The order is sent again this often until then; setting a relay twice is setting it once. */
export const RETRY_MS = 3_000
/** A command may not be meant for later than this: its id must be remembered until then. */
export const MAX_VALID_MS = 3_600_000

export const NO_COMMANDS: CommandState = { records: new Map(), runs: new Map(), relays: new Map() }

const NOTHING: CommandEffects = { reset: [], put: [], remove: [], switch: [], tell: [] }

/** The state after a restart: what ran is not sent again, for nobody knows whether it was; the device's report may still end it. */
export function resumeCommands(records: Iterable<CommandRecord>, { stopwatchMs }: CommandMoment): CommandState {
  const kept = new Map([...records].map(record => [record.id, record]))
  const runs = new Map<string, Run>()
  for (const { id, state, action } of kept.values()) {
    if (state !== 'running') continue
    runs.set(id, {
      wantsOn: action === 'relay-on',
      startedMs: stopwatchMs,
      attempts: 0,
      retryMs: undefined,
      isHeard: false,
    })
  }
  return { records: kept, runs, relays: new Map() }
}

export function stepCommands(
  state: CommandState,
  input: CommandInput,
  { moment, limits }: { moment: CommandMoment; limits: CommandLimits },
): { state: CommandState; effects: CommandEffects } {
  switch (input.kind) {
    case 'received':
      return receive(state, input, { moment, limits })
    case 'heard': {
      const relays = input.relay === undefined ? state.relays : new Map(state.relays).set(input.device, input.relay)
      const found = [...state.runs].find(([id]) => state.records.get(id)?.device === input.device)
      if (found === undefined) return { state: { ...state, relays }, effects: NOTHING }
      const [id, run] = found
      if (input.relay === run.wantsOn) return finish({ ...state, relays }, [[id, 'done', undefined]], moment)
      const runs = run.isHeard ? state.runs : new Map(state.runs).set(id, { ...run, isHeard: true })
      return { state: { ...state, relays, runs }, effects: NOTHING }
    }
    case 'cut': {
      const ended = [...state.runs.keys()].filter(id => state.records.get(id)?.device === input.device)
      return finish(
        state,
        ended.map(id => [id, 'failed', 'the gateway cut the plug for safety meanwhile']),
        moment,
      )
    }
    case 'taken': {
      const record = state.records.get(input.id)
      if (record === undefined || record.isTaken || record.state === 'running') return { state, effects: NOTHING }
      const taken = { ...record, isTaken: true }
      return {
        state: { ...state, records: new Map(state.records).set(record.id, taken) },
        effects: { ...NOTHING, put: [taken] },
      }
    }
    case 'up':
      return { state, effects: { ...NOTHING, tell: untold(state) } }
    case 'tick':
      return tick(state, moment)
  }
}

/** Results that the broker does not have, oldest first. */
export function untold(state: CommandState): CommandRecord[] {
  return [...state.records.values()].filter(record => record.state !== 'running' && !record.isTaken)
}

/** When the next tick is due, on the stopwatch; undefined: not before something else happens. */
export function nextTickMs(state: CommandState): number | undefined {
  let due: number | undefined
  for (const { startedMs, retryMs } of state.runs.values()) {
    due = Math.min(due ?? Infinity, startedMs + CONFIRM_MS, retryMs ?? Infinity)
  }
  return due
}

function receive(
  state: CommandState,
  { id, command, refusal }: Extract<CommandInput, { kind: 'received' }>,
  { moment, limits }: { moment: CommandMoment; limits: CommandLimits },
): { state: CommandState; effects: CommandEffects } {
  const known = state.records.get(id)
  if (known !== undefined) {
    // Said again because the answer was lost, or is not there yet.
    return { state, effects: known.state === 'running' ? NOTHING : { ...NOTHING, tell: [known] } }
  }
  const pruned = prune(state.records, { moment, limits })
  const records = new Map(state.records)
  for (const old of pruned) records.delete(old)
  const record: CommandRecord = {
    id,
    device: command.device,
    action: command.action,
    expiresMs: command.expires,
    receivedMs: moment.clockMs,
    state: 'running',
    isTaken: false,
  }
  const problem = untimely(command, moment) ?? refusal
  // What could not be remembered must not run, or it would run twice. Nothing is answered: it is said again until it expires.
  if (records.size >= limits.maxRecords) {
    return { state: { ...state, records }, effects: { ...NOTHING, remove: pruned } }
  }
  if (problem !== undefined || command.action === 'safety-reset') {
    const ended = ending(record, problem === undefined ? 'done' : 'refused', { reason: problem, moment })
    records.set(id, ended)
    const reset = problem === undefined ? [command.device] : []
    return { state: { ...state, records }, effects: { reset, put: [ended], remove: pruned, switch: [], tell: [ended] } }
  }
  // The last word on a device counts: what was asked of it before is over.
  const superseded = [...state.runs.keys()].filter(other => state.records.get(other)?.device === command.device)
  const before = finish(
    { ...state, records },
    superseded.map(other => [other, 'failed', `command ${id} came after it`]),
    moment,
  )
  const wantsOn = command.action === 'relay-on'
  const run: Run = {
    wantsOn,
    startedMs: moment.stopwatchMs,
    attempts: 1,
    retryMs: moment.stopwatchMs + RETRY_MS,
    isHeard: false,
  }
  return {
    state: {
      ...before.state,
      records: new Map(before.state.records).set(id, record),
      runs: new Map(before.state.runs).set(id, run),
    },
    effects: {
      reset: [],
      put: [...before.effects.put, record],
      remove: pruned,
      switch: [{ device: command.device, on: wantsOn, attempt: 1 }],
      tell: before.effects.tell,
    },
  }
}

/** Why a command's time is wrong; undefined when it is right. */
function untimely({ expires }: Command, { clockMs, isClockTrusted }: CommandMoment): string | undefined {
  if (!isClockTrusted) return "the gateway's clock is not set yet: nobody can say whether the command has expired"
  if (expires <= clockMs) return `expired ${Math.round((clockMs - expires) / 1000)} s before it came`
  if (expires > clockMs + MAX_VALID_MS) return 'expires: expected within an hour'
  return undefined
}

function tick(state: CommandState, moment: CommandMoment): { state: CommandState; effects: CommandEffects } {
  const ended: Ending[] = []
  const orders: { device: string; on: boolean; attempt: number }[] = []
  const runs = new Map(state.runs)
  for (const [id, run] of state.runs) {
    const record = state.records.get(id)
    if (record === undefined) continue
    if (moment.stopwatchMs >= run.startedMs + CONFIRM_MS) ended.push(verdict(state, { record, run }))
    else if (run.retryMs !== undefined && moment.stopwatchMs >= run.retryMs) {
      const attempts = run.attempts + 1
      runs.set(id, { ...run, attempts, retryMs: moment.stopwatchMs + RETRY_MS })
      orders.push({ device: record.device, on: run.wantsOn, attempt: attempts })
    }
  }
  const after = finish({ ...state, runs }, ended, moment)
  return { state: after.state, effects: { ...after.effects, switch: orders } }
}

/** What a command came to whose time is up. */
function verdict(state: CommandState, { record, run }: { record: CommandRecord; run: Run }): Ending {
  const { id, device } = record
  const relay = state.relays.get(device)
  // Some devices report changes alone: one that is there, and last said that it is so, has obeyed.
  if (run.isHeard && relay === run.wantsOn) return [id, 'done', 'it was so already']
  if (run.retryMs === undefined) {
    return [id, 'failed', 'the gateway was restarted before the device confirmed it, and does not send it again']
  }
  const heard = run.isHeard
    ? relay === undefined
      ? 'the device is there, but says nothing of its relay'
      : `the device says that it is ${relay ? 'on' : 'off'}`
    : 'the device was not heard'
  return [id, 'failed', `not confirmed within ${CONFIRM_MS / 1000} s: ${heard}`]
}

type Ending = [id: string, state: 'done' | 'failed', reason: string | undefined]

function finish(
  state: CommandState,
  endings: readonly Ending[],
  moment: CommandMoment,
): { state: CommandState; effects: CommandEffects } {
  if (endings.length === 0) return { state, effects: NOTHING }
  const records = new Map(state.records)
  const runs = new Map(state.runs)
  const finished: CommandRecord[] = []
  for (const [id, outcome, reason] of endings) {
    const record = records.get(id)
    runs.delete(id)
    if (record === undefined) continue
    const ended = ending(record, outcome, { reason, moment })
    records.set(id, ended)
    finished.push(ended)
  }
  return { state: { ...state, records, runs }, effects: { ...NOTHING, put: finished, tell: finished } }
}

function ending(
  record: CommandRecord,
  state: CommandRecord['state'],
  { reason, moment }: { reason: string | undefined; moment: CommandMoment },
): CommandRecord {
  return { ...record, state, finishedMs: moment.clockMs, ...(reason === undefined ? {} : { reason }) }
}

/** Records that may be forgotten: finished, and so long expired that a repetition would be refused for that. */
function prune(
  records: ReadonlyMap<string, CommandRecord>,
  { moment, limits }: { moment: CommandMoment; limits: CommandLimits },
): string[] {
  // With a wrong clock nothing can be said to be old.
  if (!moment.isClockTrusted) return []
  const over = records.size + 1 - limits.maxRecords
  const forgettable = [...records.values()]
    .filter(({ state, expiresMs }) => state !== 'running' && expiresMs <= moment.clockMs)
    .sort((a, b) => Number(b.isTaken) - Number(a.isTaken) || a.receivedMs - b.receivedMs)
  return forgettable
    .filter(({ receivedMs }, index) => index < over || receivedMs < moment.clockMs - limits.maxAgeMs)
    .map(({ id }) => id)
}
