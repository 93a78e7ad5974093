import type { ApplianceKind } from '@harbor/protocol'
import type { PowerSpec } from '../signals/power-spec.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS

/** A report in 5 min (Tasmota's own default, docs/domain.md 3.1) is no gap; one that is lost on top of it is. */
const GAP_MS = 330 * SECOND_MS

const NO_SESSIONS = { heatW: 0, coldMinW: 0, coldMaxW: 0, coldMinMs: 0, coldMaxMs: 0, nightWh: 0 }

/**
 * How the watts become states, by kind of appliance. The levels are where nothing was learnt yet; a fridge's follow its own
 * compressor from the first minutes on.
 */
export const POWER_SPECS: Readonly<Record<ApplianceKind, PowerSpec>> = {
  fridge: {
    // docs/domain.md 3.2: compressors run at 40 to 200 W, rest at 0 to 5 W; the lamp of an opened door is 15 to 40 W for seconds.
    onW: 30,
    learntShare: 0.5,
    minOnW: 15,
    maxOnW: 60,
    offShare: 0.6,
    // A start that fails trips within 30 s; a compressor's shortest rest is 5 min (docs/domain.md 3.2).
    minRunMs: 45 * SECOND_MS,
    minRestMs: 90 * SECOND_MS,
    settleMs: 3 * MINUTE_MS,
    gapMs: GAP_MS,
    shortRunMs: 4 * MINUTE_MS,
    burstW: 200,
    ...NO_SESSIONS,
  },
  air_conditioner: {
    // docs/domain.md 3.3: the fan alone takes 15 to 40 W, an inverter's slowest compressor 150 W.
    onW: 120,
    learntShare: 0,
    minOnW: 120,
    maxOnW: 120,
    offShare: 0.7,
    minRunMs: 30 * SECOND_MS,
    minRestMs: 45 * SECOND_MS,
    settleMs: 2 * MINUTE_MS,
    gapMs: GAP_MS,
    shortRunMs: 5 * MINUTE_MS,
    burstW: 10_000,
    ...NO_SESSIONS,
  },
  microwave: {
    // docs/domain.md 3.4: standby below 5 W, lamp, fan and turntable 25 to 80 W, heating above 500 W.
    onW: 15,
    learntShare: 0,
    minOnW: 15,
    maxOnW: 15,
    offShare: 0.7,
    minRunMs: 5 * SECOND_MS,
    minRestMs: 15 * SECOND_MS,
    settleMs: 5 * SECOND_MS,
    gapMs: GAP_MS,
    shortRunMs: 30 * SECOND_MS,
    burstW: 100_000,
    heatW: 500,
    coldMinW: 25,
    coldMaxW: 150,
    coldMinMs: 45 * SECOND_MS,
    // A lamp that is on for longer is a door that was left open.
    coldMaxMs: 15 * MINUTE_MS,
    nightWh: 0,
  },
  water_dispenser: {
    // docs/domain.md 3.5: heaters take 300 to 1,200 W and more, cooling 50 to 200 W.
    onW: 250,
    learntShare: 0,
    minOnW: 250,
    maxOnW: 250,
    offShare: 0.8,
    minRunMs: 20 * SECOND_MS,
    minRestMs: 15 * SECOND_MS,
    settleMs: 10 * SECOND_MS,
    gapMs: GAP_MS,
    shortRunMs: MINUTE_MS,
    burstW: 100_000,
    ...NO_SESSIONS,
    // Half of what a good storage dispenser needs to stay hot for a whole day (0.87 kWh, docs/domain.md 3.5), in a closed night of 12 h.
    nightWh: 200,
  },
}
