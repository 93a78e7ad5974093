import type { ApplianceKind } from '@harbor/protocol'

/**
 * From this power on an appliance does its work: a fridge's compressor (docs/domain.md 3.2: 40 to 200 W, at rest 0 to 5 W), an
 * air conditioner that blows or cools (3.3: its fan alone takes 15 to 40 W, standby up to 10 W), a microwave that
 * heats (3.4: lamp and fan draw up to 80 W), a dispenser that heats (3.5: 300 W and more).
 */
const WORKS_FROM_W: Readonly<Record<ApplianceKind, number>> = {
  fridge: 30,
  air_conditioner: 15,
  microwave: 200,
  water_dispenser: 250,
}

/** Whether an appliance does its work right now, by its power in W. */
export function runsNow(kind: ApplianceKind, powerW: number): boolean {
  return powerW >= WORKS_FROM_W[kind]
}
