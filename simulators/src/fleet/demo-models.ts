import type { ApplianceKind, Fleet, RuleOverride } from '@harbor/protocol'
import { REAL_TIME, type TimeScales } from '../physics/station.ts'

/** A model of the demo, and how much faster its rules' durations pass. */
interface DemoModel {
  model: string
  timeScale: number
  /** Rules that measure time on it, by their ids in the server's catalogue. */
  rules: readonly string[]
}

/**
 * Real faults take hours to show. So that a visitor sees them within minutes, the demo's fridges live 60 times faster than the
 * wall clock, its rooms, air conditioners and dispensers 20 times, and the rules have their durations divided by as much. People and
 * their microwaves keep to the wall clock: of these alone it is the patience with a dead one that is divided, and then by 600.
 */
export const DEMO_MODELS: Readonly<Record<ApplianceKind, DemoModel>> = {
  fridge: {
    model: 'demo-fridge-x60',
    timeScale: 60,
    rules: [
      'fridge_too_warm',
      'fridge_too_cold',
      'fridge_unplugged',
      'fridge_defrost_stuck',
      'fridge_compressor_never_stops',
      'fridge_compressor_never_starts',
      'fridge_start_fails',
      'fridge_short_cycling',
      'fridge_runs_too_much',
      'fridge_door_open',
      'fridge_duty_drift',
    ],
  },
  air_conditioner: {
    model: 'demo-split-x20',
    timeScale: 20,
    rules: ['ac_off_in_heat', 'ac_fan_only', 'ac_does_not_cool', 'ac_short_cycling', 'ac_left_on', 'ac_cooling_drift'],
  },
  microwave: { model: 'demo-microwave-x600', timeScale: 600, rules: ['microwave_dead'] },
  water_dispenser: {
    model: 'demo-dispenser-x20',
    timeScale: 20,
    rules: ['water_not_heating', 'water_heats_without_end', 'water_fast_cycling', 'water_heats_at_night'],
  },
}

/** A switched-off plug is told of after this much less time, whatever is on it. */
const PLUG_OFF_RULE = 'plug_switched_off'
const PLUG_OFF_TIME_SCALE = 20

export function demoRuleOverrides(): RuleOverride[] {
  return Object.values(DEMO_MODELS).flatMap(({ model, timeScale, rules }) => [
    ...rules.map((rule): RuleOverride => ({ rule, model, timeScale })),
    { rule: PLUG_OFF_RULE, model, timeScale: PLUG_OFF_TIME_SCALE },
  ])
}

/** How fast the parts of a station live: as the fleet document divides the durations of its models' rules. */
export function timeScalesOf(
  { appliances, ruleOverrides }: Pick<Fleet, 'appliances' | 'ruleOverrides'>,
  station: string,
): TimeScales {
  const scaleOf = (kind: ApplianceKind, otherwise: number) => {
    const model = appliances.find(one => one.station === station && one.kind === kind)?.model
    if (model === undefined) return otherwise
    const [rule] = DEMO_MODELS[kind].rules
    return ruleOverrides.find(one => one.model === model && one.rule === rule)?.timeScale ?? otherwise
  }
  return {
    fridge: scaleOf('fridge', REAL_TIME.fridge),
    climate: scaleOf('air_conditioner', REAL_TIME.climate),
    water: scaleOf('water_dispenser', REAL_TIME.water),
  }
}
