import type { Person } from '@harbor/protocol'
import type { Logger } from 'pino'
import { createLogLimiter } from '../metrics/log-limiter.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Route } from './route.ts'

/** Whose role does not allow it, or what is not theirs or not there: the answer does not tell these two apart, and neither does this. */
export const REFUSALS = ['forbidden', 'not_found'] as const
export type Refusal = (typeof REFUSALS)[number]

/** A person's page asks for what is not there now and then; who tries ids makes one line a minute, with how many there were. */
const LOG_EVERY_MS = 60_000
/** People remembered. */
const MAX_PEOPLE = 1_000

/** A change that somebody who is signed in asked for and was refused: counted, and logged for whoever looks into it. */
export function createRefusedChanges({
  metrics,
  nowMs,
  log,
}: {
  metrics: Metrics
  nowMs: () => number
  log: Logger
}): (route: Route, person: Person, refusal: Refusal) => void {
  const refused = metrics.counter({
    name: 'harbor_http_refused_changes_total',
    help: 'Changes that somebody signed in asked for and was refused: not for their role, or not theirs or not there.',
    labels: { reason: REFUSALS },
  })
  const limiter = createLogLimiter({ everyMs: LOG_EVERY_MS, maxKeys: MAX_PEOPLE }, nowMs)
  return ({ method, path }, { login }, reason) => {
    refused.inc({ reason })
    const heldBack = limiter.admit(login)
    if (heldBack !== undefined)
      log.info({ audit: 'change-refused', by: login, method, path, reason, heldBack }, 'a change was refused')
  }
}
