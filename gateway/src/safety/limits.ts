import type { ApplianceKind, GatewayConfig } from '@harbor/protocol'

/** The limits of one plug, complete. */
export interface PlugLimits {
  mayCut: boolean
  ratedCurrentA: number
  overcurrentHoldMs: number
  plugTemperatureC: number
  overheatHoldMs: number
  overrun: { aboveW: number; forMs: number } | undefined
  cutOnSmoke: boolean
}

const MINUTE_MS = 60_000

/** For a plug of which nobody said what is on it: the plug itself is guarded, at the largest rating of a household socket. */
const OF_ANY_PLUG: PlugLimits = {
  mayCut: true,
  // GB/T 1002: household plugs and sockets are rated 10 A or 16 A.
  ratedCurrentA: 16,
  overcurrentHoldMs: 0,
  // Chosen: a socket may warm by 45 K at its rating (GB/T 2099.1, clause 19), so 70 Cel is a fault at any room temperature below 25 Cel and
  // alarming at every other.
  plugTemperatureC: 70,
  overheatHoldMs: 2 * MINUTE_MS,
  overrun: undefined,
  // It may be the light by which people find the way out.
  cutOnSmoke: false,
}

/**
 * Defaults by what is on the plug. A fridge is not cut for smoke or a leak elsewhere: its food spoils and it is no usual
 * source; but a plug that burns is worse than spoilt food, so its own heat and overload cut it, the latter only after a
 * stalled start has had its time. What makes heat, and what drives air, goes off with smoke.
 */
const BY_KIND: Readonly<Record<ApplianceKind, Partial<PlugLimits>>> = {
  // A compressor that does not start draws several times its rating until its own protector trips, within some 30 s (chosen: twice that).
  fridge: { ratedCurrentA: 10, overcurrentHoldMs: MINUTE_MS },
  // 16 A socket; the start of a compressor without an inverter is over within a second.
  air_conditioner: { ratedCurrentA: 16, overcurrentHoldMs: 1_500, cutOnSmoke: true },
  // Timers of household microwaves go to 30 or 35 minutes; people heat a meal in 1 to 4. Above 500 W the magnetron is on.
  microwave: { ratedCurrentA: 10, overrun: { aboveW: 500, forMs: 35 * MINUTE_MS }, cutOnSmoke: true },
  water_dispenser: { ratedCurrentA: 10, cutOnSmoke: true },
}

type Device = GatewayConfig['devices'][number]

/** A device's limits: its own where its config has them, its appliance's kind's otherwise. */
export function limitsOf({ applianceKind, safety = {} }: Device): PlugLimits {
  const preset = { ...OF_ANY_PLUG, ...(applianceKind === undefined ? {} : BY_KIND[applianceKind]) }
  return {
    mayCut: safety.mayCut ?? preset.mayCut,
    ratedCurrentA: safety.ratedCurrentA ?? preset.ratedCurrentA,
    overcurrentHoldMs: safety.overcurrentHoldMs ?? preset.overcurrentHoldMs,
    plugTemperatureC: safety.plugTemperatureC ?? preset.plugTemperatureC,
    overheatHoldMs: safety.overheatHoldMs ?? preset.overheatHoldMs,
    overrun: safety.overrun === undefined ? preset.overrun : (safety.overrun ?? undefined),
    cutOnSmoke: safety.cutOnSmoke ?? preset.cutOnSmoke,
  }
}

/** Whether a command may switch a device: what its config says, else whatever is known not to be a fridge. */
export function isSwitchable({ switchable, applianceKind }: Device): boolean {
  return switchable ?? (applianceKind !== undefined && applianceKind !== 'fridge')
}

/** Devices that a leak at `sensor` cuts, plugs or not: those that its config names, else of its appliance, else every water dispenser. */
export function cutByLeak(devices: readonly Device[], sensor: Device): string[] {
  const named = sensor.safety?.cutsOnLeak
  if (named !== undefined) return named
  const others = devices.filter(({ id }) => id !== sensor.id)
  const beside = sensor.appliance === undefined ? [] : others.filter(({ appliance }) => appliance === sensor.appliance)
  const meant = beside.length > 0 ? beside : others.filter(({ applianceKind }) => applianceKind === 'water_dispenser')
  // A leak beside a fridge is meltwater or its own defrosting; the food in it is worth more.
  return meant.filter(({ applianceKind }) => applianceKind !== 'fridge').map(({ id }) => id)
}

/** Devices that smoke anywhere in the station cuts, plugs or not. */
export function cutBySmoke(devices: readonly Device[]): string[] {
  return devices.filter(device => limitsOf(device).cutOnSmoke).map(({ id }) => id)
}

/** What is wrong with a config's safety, beyond its schema; undefined when nothing is. */
export function safetyProblem({ devices }: Pick<GatewayConfig, 'devices'>): string | undefined {
  const ids = new Set(devices.map(({ id }) => id))
  for (const { id, safety } of devices) {
    const stranger = safety?.cutsOnLeak?.find(other => !ids.has(other))
    if (stranger !== undefined) return `devices: ${id}: safety.cutsOnLeak: there is no device "${stranger}"`
  }
  return undefined
}
