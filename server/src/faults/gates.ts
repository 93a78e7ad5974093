import type { Metric } from '@harbor/protocol'
import type { Context } from './context.ts'
import type { DeviceState } from './device-state.ts'
import type { Gate } from './rule-schema.ts'

/** Own values older than this are not known now. */
const MAX_OWN_AGE_MS = 15 * 60_000

/** The same device's newest value of another metric; undefined when it is too old to be known now. */
export function ownValue({ series }: DeviceState, metric: Metric, timeMs: number): number | undefined {
  const last = series.get(metric)?.recent.at(-1)
  return last === undefined || timeMs - last[0] > MAX_OWN_AGE_MS ? undefined : last[1]
}

/** The instant of a look, and what is known of the station then. */
export interface GateInput {
  timeMs: number
  isOpen: boolean | undefined
  context: Context
}

/** Whether all that must also be so is so. */
export function gatesHold(gates: readonly Gate[] | undefined, state: DeviceState, input: GateInput): boolean {
  return (
    gates === undefined ||
    gates.every(({ signal, beyond, threshold, unknown }) => {
      const value = gateValue(signal, state, input)
      if (value === undefined) return unknown === 'holds'
      return beyond === 'above' ? value > threshold : value < threshold
    })
  )
}

function gateValue(
  signal: Gate['signal'],
  state: DeviceState,
  { timeMs, isOpen, context }: GateInput,
): number | undefined {
  const { station, appliance } = state
  switch (signal) {
    case 'open':
      return isOpen === undefined ? undefined : Number(isOpen)
    case 'hours':
      return isOpen === undefined ? 0 : 1
    case 'door': {
      const door = station === undefined ? undefined : context.doorAt(station, timeMs)
      return door === undefined ? undefined : Number(door.isOpen)
    }
    case 'people':
      return station === undefined ? undefined : context.valueAt(station, 'people', timeMs)
    case 'room_temperature':
      return station === undefined ? undefined : context.valueAt(station, 'temperature', timeMs)
    case 'own_temperature':
      return context.valueAt(appliance, 'temperature', timeMs)
    case 'power':
      return ownValue(state, 'power', timeMs)
    case 'relay':
      // A relay says what it does when it changes: its last word counts, however long ago.
      return state.series.get('relay')?.recent.at(-1)?.[1]
  }
}
