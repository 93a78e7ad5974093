import { type AlertView, SEVERITIES } from '@harbor/protocol'
import { z } from 'zod'

/**
 * Who is told at a step. `groups`: the chat groups of the place alone, for people are told of a new alert by the server, as they chose
 * themselves; the others as POST /api/v1/notify has them: people and groups.
 */
const LEVELS = ['groups', 'shift', 'station', 'district', 'city'] as const

const stepSchema = z.strictObject({
  /** Minutes after the step before was told; the first: after the alert was heard of. */
  afterMin: z.number().min(0).max(10_080),
  to: z.enum(LEVELS),
})

/** For each grade whom to tell, one after the other, as long as nobody has taken the alert. A grade without steps is told to nobody. */
export const policySchema = z.partialRecord(z.enum(SEVERITIES), z.array(stepSchema).max(10))
export type Policy = z.infer<typeof policySchema>
export type Level = (typeof LEVELS)[number]

/** Chosen: a grade P0 (somebody may come to harm) reaches the city within 15 minutes, P1 (useless on a hot day) the district within the hour. */
export const DEFAULT_POLICY: Policy = {
  P0: [
    { afterMin: 0, to: 'groups' },
    { afterMin: 2, to: 'shift' },
    { afterMin: 3, to: 'district' },
    { afterMin: 10, to: 'city' },
  ],
  P1: [
    { afterMin: 0, to: 'groups' },
    { afterMin: 15, to: 'shift' },
    { afterMin: 15, to: 'station' },
    { afterMin: 30, to: 'district' },
  ],
  P2: [
    { afterMin: 0, to: 'groups' },
    { afterMin: 240, to: 'station' },
  ],
}

/** What a standing of an alert is known by: the revision with which it began. A fault that comes back, or grows worse, begins anew. */
export function escalationKey({ id, revision, severity }: AlertView): string {
  return `${id}/${revision}/${severity}`
}

/** Whether somebody is to be told: it stands, nobody has taken it, nothing above explains it, and nobody silenced it. */
export function asksForSomebody(alert: AlertView): boolean {
  return alert.state === 'raised' && alert.silence === undefined && alert.suppression === undefined
}

/** When the step after `doneStep` is due, that step having been told at `toldAtMs`; undefined: it was the last. */
export function nextDueMs(
  policy: Policy,
  alert: AlertView,
  done: { step: number; toldAtMs: number },
): number | undefined {
  const next = policy[alert.severity]?.[done.step + 1]
  return next === undefined ? undefined : done.toldAtMs + next.afterMin * 60_000
}
