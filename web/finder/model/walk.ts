/**
 * How much longer a walk is than the straight line. Measured: 1.21 to 1.23 on walks to stations in flat Calgary (O'Sullivan
 * and Morrall 1996, Transportation Research Record 1538). Chosen: 1.3, for a city of hills and rivers.
 */
export const DETOUR_FACTOR = 1.3
/** A healthy adult's usual pace, 1.34 m/s (Weidmann 1993, Transporttechnik der Fussgänger). */
export const WALKING_M_A_MINUTE = 80

/** About how many minutes a walk takes, rounded up, at least 1. @param straightM straight distance in metres */
export function walkMinutes(straightM: number): number {
  return Math.max(1, Math.ceil((straightM * DETOUR_FACTOR) / WALKING_M_A_MINUTE))
}
