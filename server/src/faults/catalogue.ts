import { parseCatalogue } from './parse-catalogue.ts'
import type { FaultRule } from './rule-schema.ts'
import { FRIDGE_RULES } from './rules/fridge.ts'

export { FaultCatalogueError, parseCatalogue } from './parse-catalogue.ts'
export type { FaultRule } from './rule-schema.ts'

/** The rules that the system runs. */
export const FAULT_CATALOGUE: readonly FaultRule[] = parseCatalogue([...FRIDGE_RULES])
