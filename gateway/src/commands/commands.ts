import { type Command, commandSchema, decodeJson, encodeJson, errorText, parseTopic, topics } from '@harbor/protocol'
import type { CommandResult, GatewayAddress } from '@harbor/protocol'
import { type ControlFile, MAX_COMMANDS, MAX_COMMAND_AGE_MS } from '../control/control-file.ts'
import type { HeardReading } from '../intake/heard.ts'
import type { Clock, Log, Stopwatch } from '../log.ts'
import {
  type CommandInput,
  type CommandRecord,
  type CommandState,
  nextTickMs,
  resumeCommands,
  stepCommands,
  untold,
} from './command-machine.ts'

/** Results that the broker has not taken are told again this often. */
const TELL_AGAIN_MS = 10_000
/** So many of them at once; the link takes the connection for dead when far more are unconfirmed. */
const MAX_TOLD_AT_ONCE = 16
const LIMITS = { maxRecords: MAX_COMMANDS, maxAgeMs: MAX_COMMAND_AGE_MS }

/** Takes commands from the server, has them done, and tells what came of them. */
export interface Commands {
  /** A message of the gateway's command topics. */
  take: (payload: Uint8Array, topic: string) => void
  heard: (readings: readonly HeardReading[]) => void
  /** Safety cut a plug. */
  cut: (device: string) => void
  linkUp: () => void
  stop: () => void
}

export interface CommandsDeps {
  file: Pick<ControlFile, 'commands' | 'putCommand' | 'removeCommands'>
  clock: Clock
  isClockTrusted: () => boolean
  stopwatch: Stopwatch
  log: Log
  /** Why a device must not do this; undefined when it may. */
  refusal: (command: Command) => string | undefined
  switch: (device: string, on: boolean, attempt: number) => void
  reset: (device: string) => void
  address: () => GatewayAddress
  /** Publishes with QoS 1; `onTaken` is called when the broker has it, and never when the link is down. */
  publish: (topic: string, payload: Uint8Array, onTaken: () => void) => void
}

export function createCommands(deps: CommandsDeps): Commands {
  const { file, log } = deps
  const moment = () => ({
    clockMs: deps.clock(),
    isClockTrusted: deps.isClockTrusted(),
    stopwatchMs: deps.stopwatch(),
  })
  let state: CommandState = resumeCommands(file.commands(), moment())
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  const give = (input: CommandInput) => {
    const stepped = stepCommands(state, input, { moment: moment(), limits: LIMITS })
    const { effects } = stepped
    for (const device of effects.reset) deps.reset(device)
    try {
      file.removeCommands(effects.remove)
      for (const record of effects.put) file.putCommand(record)
    } catch (error) {
      log.error({ error: errorText(error) }, 'a command could not be kept')
      // What might run twice after a restart does not run at all; the server says it again.
      if (input.kind === 'received') return
    }
    state = stepped.state
    for (const { device, on, attempt } of effects.switch) deps.switch(device, on, attempt)
    for (const record of effects.tell) tell(record)
    sleep()
  }

  const tell = (record: CommandRecord) => {
    const { id, reason, finishedMs } = record
    if (record.state === 'running') return
    const result: CommandResult = {
      state: record.state,
      atMs: Math.max(0, Math.round(finishedMs ?? deps.clock())),
      ...(reason === undefined ? {} : { reason: reason.slice(0, 500) }),
    }
    deps.publish(topics.commandResult(deps.address(), id), encodeJson(result), () => {
      if (!isStopped) give({ kind: 'taken', id })
    })
  }

  const sleep = () => {
    clearTimeout(timer)
    timer = undefined
    if (isStopped) return
    const waitMs = (nextTickMs(state) ?? Infinity) - deps.stopwatch()
    const againMs = untold(state).length > 0 ? TELL_AGAIN_MS : Infinity
    const sleepMs = Math.min(waitMs, againMs)
    if (sleepMs !== Infinity) timer = setTimeout(() => wake(waitMs > againMs), Math.max(0, sleepMs))
  }
  const wake = (isForTelling: boolean) => {
    if (isForTelling) tellAll()
    give({ kind: 'tick' })
  }
  const tellAll = () => {
    for (const record of untold(state).slice(0, MAX_TOLD_AT_ONCE)) tell(record)
  }
  sleep()

  return {
    take: (payload, topic) => {
      const parsed = parseTopic(topic)
      if (parsed?.kind !== 'command') return
      const id = parsed.commandId
      let command: Command
      try {
        command = decodeJson(commandSchema, payload)
      } catch (error) {
        // Not answered: what cannot be read names no time until which an answer would have to be remembered.
        log.warn({ id, error: errorText(error) }, 'a command cannot be read')
        return
      }
      give({ kind: 'received', id, command, refusal: deps.refusal(command) })
    },
    heard: readings => {
      const said = new Map<string, boolean | undefined>()
      for (const { device, metric, value } of readings) {
        if (metric === 'online' && value === 0) continue
        said.set(device, metric === 'relay' ? value === 1 : said.get(device))
      }
      for (const [device, relay] of said) {
        // Nothing runs most of the time: then only what relays say is remembered.
        if (state.runs.size > 0 || (relay !== undefined && state.relays.get(device) !== relay)) {
          give({ kind: 'heard', device, relay })
        }
      }
    },
    cut: device => give({ kind: 'cut', device }),
    linkUp: tellAll,
    stop: () => {
      isStopped = true
      clearTimeout(timer)
      timer = undefined
    },
  }
}
