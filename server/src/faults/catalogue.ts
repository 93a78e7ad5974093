import { parseCatalogue } from './parse-catalogue.ts'
import type { FaultRule } from './rule-schema.ts'
import { AIR_CONDITIONER_RULES } from './rules/air-conditioner.ts'
import { FRIDGE_RULES } from './rules/fridge.ts'
import { MICROWAVE_RULES } from './rules/microwave.ts'
import { PLUG_RULES } from './rules/plug.ts'
import { SENSOR_RULES } from './rules/sensor.ts'
import { STATION_RULES } from './rules/station.ts'
import { WATER_DISPENSER_RULES } from './rules/water-dispenser.ts'

export { FaultCatalogueError, parseCatalogue } from './parse-catalogue.ts'
export type { FaultRule } from './rule-schema.ts'

/** The rules that the system runs. */
export const FAULT_CATALOGUE: readonly FaultRule[] = parseCatalogue([
  ...FRIDGE_RULES,
  ...AIR_CONDITIONER_RULES,
  ...MICROWAVE_RULES,
  ...WATER_DISPENSER_RULES,
  ...PLUG_RULES,
  ...SENSOR_RULES,
  ...STATION_RULES,
])
