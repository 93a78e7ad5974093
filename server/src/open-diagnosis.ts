import type { Logger } from 'pino'
import type { Alerts } from './alerts/alerts.ts'
import { type FaultRunner, createFaultRunner } from './alerts/fault-runner.ts'
import { createOverrideBook } from './alerts/override-book.ts'
import { overrideRoutes } from './alerts/override.routes.ts'
import { checkOverrides, overridesOf } from './alerts/rule-overrides.ts'
import { LIVE_CATALOGUE } from './faults/catalogue.ts'
import { createFaultEngine } from './faults/engine.ts'
import type { Route } from './http/route.ts'
import type { LiveDirectory } from './registry/directory.ts'
import type { RegistryDb } from './registry/open-registry.ts'

export interface DiagnosisDeps {
  db: RegistryDb
  directory: LiveDirectory
  alerts: Pick<Alerts, 'apply'>
  /** Whether a station is open by its hours; undefined: not known. */
  isOpen: (station: string, atMs: number) => boolean | undefined
  timeZone: string
  nowMs: () => number
  newId: () => string
  log: Logger
}

/**
 * The live rules on what comes in, with what is set apart for models and appliances, also while they run.
 *
 * @throws HarborError `FAULT_OVERRIDE_INVALID`.
 */
export function openDiagnosis(deps: DiagnosisDeps): FaultRunner & { routes: Route[] } {
  const { db, directory, alerts, isOpen, timeZone, nowMs, newId, log } = deps
  checkOverrides(directory.ruleOverrides)
  const engine = createFaultEngine({
    catalogue: LIVE_CATALOGUE,
    overrides: overridesOf(LIVE_CATALOGUE, directory.ruleOverrides),
    timeZone,
  })
  const book = createOverrideBook({
    db,
    directory,
    nowMs,
    newId,
    onChanged: all => engine.setOverrides(overridesOf(LIVE_CATALOGUE, all)),
    log,
  })
  const runner = createFaultRunner({ db, engine, alerts, directory, isOpen, nowMs, log })
  return { ...runner, routes: overrideRoutes({ book }) }
}
