import type { Clock } from '../log.ts'
import { type ClockSource, type StepBack, hearServer, initialTrust, offsetMs, tick } from './trust.ts'

/** A moment: since the machine's start, and its date if anybody knows it. */
export interface Moment {
  upMs: number
  atMs: number | undefined
}

/** The station's time: dates that can be believed, or none. */
export interface StationClock {
  /** Names this start of the machine. */
  boot: string
  now: () => Moment
  /** Once for each time that dates given before turned out wrong: which. Whoever keeps them takes them back. */
  takeStepBack: () => StepBack | undefined
  /** The server acknowledged something; its time, if it said it. */
  heardServer: (serverAtMs: number | undefined) => void
  source: () => ClockSource
  /** How far the machine's clock is ahead of the server's; undefined before the server told its time. */
  offsetMs: () => number | undefined
}

/** What the machine itself says of time. */
export interface MachineTime {
  /** ms since 1970, right or wrong. */
  clock: Clock
  /** Unlike any other start's; the same for all processes of one start, where the system can tell. */
  boot: string
  /** ms since that start, never set back. */
  upMs: () => number
  /** What the machine's time service says of the clock; undefined when there is none to ask. */
  isSynchronised: () => boolean | undefined
}

/** `newestMs`: the latest date that an earlier run gave; none, or a wrong one, does no harm once the server is heard. */
export function createStationClock(machine: MachineTime, newestMs: number | undefined): StationClock {
  let state = initialTrust(newestMs)
  let stepBack: StepBack | undefined

  const now = (): Moment => {
    const upMs = machine.upMs()
    const next = tick(state, { wallMs: machine.clock(), upMs, isSynchronised: machine.isSynchronised() })
    state = next.state
    stepBack = next.stepBack ?? stepBack
    return { upMs, atMs: next.atMs }
  }
  return {
    boot: machine.boot,
    now,
    takeStepBack: () => {
      const taken = stepBack
      stepBack = undefined
      return taken
    },
    heardServer: serverAtMs => {
      state = hearServer(state, serverAtMs, machine.upMs())
      now()
    },
    source: () => {
      now()
      return state.source
    },
    offsetMs: () => offsetMs(state, { wallMs: machine.clock(), upMs: machine.upMs() }),
  }
}
