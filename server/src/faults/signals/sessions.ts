import { fromLogByte, median, toLogByte } from './log-byte.ts'
import type { PowerSpec } from './power-spec.ts'
import { type PowerState, SESSIONS } from './power-state.ts'

/** Mains of 220 V (GB/T 12325): a magnetron's or heater's power goes with the square of the voltage. */
const NOMINAL_V = 220

/** Notes a run that ended: whether it heated, and with how much; of what is used in sessions. */
export function endSession(
  spec: PowerSpec,
  state: PowerState,
  { endedS, voltageV }: { endedS: number; voltageV: number | undefined },
): void {
  if (state.runMaxW >= spec.heatW) {
    state.heatedSessions = Math.min(999, state.heatedSessions + 1)
    state.coldSessions = 0
    if (endedS < 30) return
    const atNominalW = voltageV === undefined ? state.runMaxW : state.runMaxW * (NOMINAL_V / voltageV) ** 2
    const bytes = new Uint8Array([
      ...state.sessionBytes.subarray(state.sessionBytes.length - SESSIONS + 1),
      toLogByte(atNominalW, 1),
    ])
    state.sessionBytes = bytes
    if (state.firstSessionsW === 0 && bytes.length === SESSIONS) state.firstSessionsW = sessionsW(state) ?? 0
    return
  }
  const meanW = state.runS === 0 ? state.runMaxW : state.runWs / state.runS
  if (endedS * 1000 < spec.coldMinMs || endedS * 1000 > spec.coldMaxMs) return
  if (meanW >= spec.coldMinW && meanW <= spec.coldMaxW) state.coldSessions = Math.min(99, state.coldSessions + 1)
}

/** The middle of the remembered heating sessions' highest power, W; undefined before there are 20. */
export function sessionsW({ sessionBytes }: PowerState): number | undefined {
  if (sessionBytes.length < SESSIONS) return undefined
  const middle = fromLogByte(Math.round(median([...sessionBytes]) ?? 0), 1)
  return middle === undefined ? undefined : Math.round(middle)
}
