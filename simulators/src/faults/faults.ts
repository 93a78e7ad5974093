import type { ApplianceKind } from '@harbor/protocol'

/** How people call an appliance on the command line: the last part of its id. */
export const APPLIANCE_NAMES = {
  fridge: 'fridge',
  air_conditioner: 'ac',
  microwave: 'microwave',
  water_dispenser: 'water',
} as const satisfies Record<ApplianceKind, string>

/**
 * What can be broken. `plug-off` is somebody's finger on the plug's button; `compressor-dead` draws nothing but standby;
 * `stuck-on` is a thermostat that never switches it off; `door-ajar` lets the room in; `no-cooling` runs without its refrigerant;
 * `fan-only` blows while its compressor stands still; `dead` draws nothing; `no-heat` is a microwave with lamp and turntable alone;
 * `stuck-heating` is a thermostat that never opens, `not-heating` one that never shuts.
 */
export const FAULTS = {
  fridge: ['compressor-dead', 'stuck-on', 'door-ajar', 'plug-off'],
  air_conditioner: ['no-cooling', 'fan-only', 'plug-off'],
  microwave: ['dead', 'no-heat', 'plug-off'],
  water_dispenser: ['stuck-heating', 'not-heating', 'plug-off'],
} as const satisfies Record<ApplianceKind, readonly string[]>

/** What can go wrong with a station as a whole: `mains-failure` leaves it without power, but for its gateway and what has a battery. */
export const STATION_FAULTS = ['mains-failure'] as const
export type StationFault = (typeof STATION_FAULTS)[number]
/** How the station itself is called on the command line. */
export const STATION_NAME = 'station'

/** Repairs an appliance: not a fault, but a word the command takes. */
export const NO_FAULT = 'none'

export type Fault<Kind extends ApplianceKind = ApplianceKind> = (typeof FAULTS)[Kind][number]

/**
 * What the running demo offers to break. A microwave without heat is missing: three people must have heated a meal in it before and
 * three more must fail, which takes a day of the wall clock; and so is a dispenser that does not heat, whose usual pauses take two of its
 * days to learn.
 */
export const OFFERED_FAULTS: Readonly<Record<ApplianceKind, readonly string[]>> = {
  ...FAULTS,
  microwave: FAULTS.microwave.filter(fault => fault !== 'no-heat'),
  water_dispenser: FAULTS.water_dispenser.filter(fault => fault !== 'not-heating'),
}

/** What the demo is to say of a fault, and within how many minutes of the wall clock where the appliance is in use. */
export interface Expectation {
  rule: string
  withinMin: number
  /** Nothing shows while the station is closed: then nobody uses it, or misses it. */
  whileOpen: boolean
}

export const EXPECTATIONS: Readonly<Record<string, Expectation>> = {
  'fridge compressor-dead': { rule: 'fridge_too_warm', withinMin: 4, whileOpen: false },
  'fridge stuck-on': { rule: 'fridge_too_cold', withinMin: 5, whileOpen: false },
  'fridge door-ajar': { rule: 'fridge_too_warm', withinMin: 4, whileOpen: false },
  'fridge plug-off': { rule: 'plug_switched_off', withinMin: 4, whileOpen: false },
  'ac no-cooling': { rule: 'ac_does_not_cool', withinMin: 8, whileOpen: true },
  'ac fan-only': { rule: 'ac_fan_only', withinMin: 6, whileOpen: true },
  'ac plug-off': { rule: 'plug_switched_off', withinMin: 6, whileOpen: true },
  'microwave dead': { rule: 'microwave_dead', withinMin: 4, whileOpen: false },
  'microwave plug-off': { rule: 'plug_switched_off', withinMin: 4, whileOpen: false },
  'water stuck-heating': { rule: 'water_heats_without_end', withinMin: 5, whileOpen: false },
  'water plug-off': { rule: 'plug_switched_off', withinMin: 4, whileOpen: true },
  'station mains-failure': { rule: 'station_mains_failure', withinMin: 4, whileOpen: false },
}

/** The fault of each appliance of a station; absent: it works. */
export type StationFaults = { readonly [Kind in ApplianceKind]?: Fault<Kind> }

/** Whether `fault` is one that an appliance of this kind can have. */
export function isFaultOf<Kind extends ApplianceKind>(kind: Kind, fault: string): fault is Fault<Kind> {
  return (FAULTS[kind] as readonly string[]).includes(fault)
}
