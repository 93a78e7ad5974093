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
 * `door-ajar` lets the room in; `no-cooling` runs without its refrigerant; `dead` draws nothing; `stuck-heating` is a
 * thermostat that never opens.
 */
export const FAULTS = {
  fridge: ['compressor-dead', 'door-ajar', 'plug-off'],
  air_conditioner: ['no-cooling', 'plug-off'],
  microwave: ['dead', 'plug-off'],
  water_dispenser: ['stuck-heating', 'plug-off'],
} as const satisfies Record<ApplianceKind, readonly string[]>

/** Repairs an appliance: not a fault, but a word the command takes. */
export const NO_FAULT = 'none'

export type Fault<Kind extends ApplianceKind = ApplianceKind> = (typeof FAULTS)[Kind][number]

/** The fault of each appliance of a station; absent: it works. */
export type StationFaults = { readonly [Kind in ApplianceKind]?: Fault<Kind> }

/** Whether `fault` is one that an appliance of this kind can have. */
export function isFaultOf<Kind extends ApplianceKind>(kind: Kind, fault: string): fault is Fault<Kind> {
  return (FAULTS[kind] as readonly string[]).includes(fault)
}
