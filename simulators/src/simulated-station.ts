import { APPLIANCE_KINDS, type ApplianceKind } from '@harbor/protocol'
import type { Logger } from 'pino'
import { type Connection, createConnection } from './devices/connection.ts'
import type { Speaker } from './devices/dialects.ts'
import type { Fault, StationFault, StationFaults } from './faults/faults.ts'
import { type StationPlan, createLivedInStation, stepStation } from './physics/station.ts'
import { createRandom } from './random.ts'

/** A station that lives: its physics, its devices, what is broken in it. */
export interface SimulatedStation {
  plan: StationPlan
  gateway: string
  setUrl: (url: string | undefined) => void
  /** Lives on until `nowMs` and lets the devices tell of it. */
  advance: (nowMs: number) => void
  faultOf: (kind: ApplianceKind) => Fault | undefined
  /** Breaks an appliance, or repairs it: then its plug is on again, too. */
  setFault: (kind: ApplianceKind, fault: Fault | undefined) => void
  /** What is wrong with the station as a whole; undefined: nothing. */
  stationFault: () => StationFault | undefined
  /** A mains failure, or its end: then every plug is on again. */
  setStationFault: (fault: StationFault | undefined) => void
  /** By its hours. */
  isOpen: () => boolean
  energyWh: () => Record<ApplianceKind, number>
  connections: () => { open: number; of: number }
  stop: () => Promise<void>
}

const ALL_DARK: Record<ApplianceKind, boolean> = {
  fridge: false,
  air_conditioner: false,
  microwave: false,
  water_dispenser: false,
}

/** Time beyond this is skipped, not lived through: the machine slept, or its clock was set. */
const LONGEST_STEP_MS = 10_000

export interface SimulatedStationInput {
  plan: StationPlan
  gateway: string
  speakers: readonly Speaker[]
  startedAtMs: number
  energyWh: Record<ApplianceKind, number>
}

export function createSimulatedStation(input: SimulatedStationInput, log: Logger): SimulatedStation {
  const { plan, gateway, speakers } = input
  const random = createRandom(`${plan.seed} ${plan.id} life`)
  const relays: Record<ApplianceKind, boolean> = {
    fridge: true,
    air_conditioner: true,
    microwave: true,
    water_dispenser: true,
  }
  const relayOf = new Map(speakers.flatMap(({ devices }) => devices.map(({ id, role }) => [id, role.relay] as const)))
  let faults: StationFaults = {}
  let stationFault: StationFault | undefined
  let livedUntilMs = input.startedAtMs
  let state = createLivedInStation(plan, { atMs: livedUntilMs, random }, input.energyWh)

  const connections: Connection[] = speakers.map(speaker =>
    createConnection(speaker, {
      log,
      random: createRandom(`${plan.seed} ${speaker.dialect.clientId} ${gateway}`),
      onOrder: (device, on) => {
        const kind = relayOf.get(device)
        if (kind !== undefined) relays[kind] = on
      },
    }),
  )

  return {
    plan,
    gateway,
    setUrl: url => connections.forEach(connection => connection.setUrl(url)),
    advance: nowMs => {
      const elapsedMs = Math.min(LONGEST_STEP_MS, nowMs - livedUntilMs)
      livedUntilMs = nowMs
      if (elapsedMs > 0) {
        const step = { dtS: elapsedMs / 1_000, random }
        const powered = stationFault === undefined ? relays : ALL_DARK
        state = stepStation(plan, state, { atMs: nowMs, faults, relays: powered, step })
      }
      for (const connection of connections) connection.tell(state, nowMs)
    },
    faultOf: kind => faults[kind],
    setFault: (kind, fault) => {
      const { [kind]: _, ...others } = faults
      faults = fault === undefined ? others : { ...others, [kind]: fault }
      relays[kind] = fault !== 'plug-off'
    },
    stationFault: () => stationFault,
    setStationFault: fault => {
      stationFault = fault
      for (const connection of connections) connection.setMains(fault === undefined)
    },
    isOpen: () => state.isOpen,
    energyWh: () => {
      const counts = APPLIANCE_KINDS.map(
        kind => [kind, Math.round(state.plugs[kind].energyWh * 1_000) / 1_000] as const,
      )
      return Object.fromEntries(counts) as Record<ApplianceKind, number>
    },
    connections: () => ({
      open: connections.filter(connection => connection.isConnected()).length,
      of: connections.length,
    }),
    stop: async () => {
      await Promise.all(connections.map(connection => connection.stop()))
    },
  }
}
