import { type AlertView, type NotifyRequest, alertViewSchema } from '@harbor/protocol'
import type { Escalation, EscalationBook } from '../ledger/escalation-book.ts'
import type { RuleNames } from './rule-names.ts'
import { type Level, type Policy, asksForSomebody, escalationKey, nextDueMs } from './policy.ts'

/** A step that was handed out and not said to be told within this is handed out again (chosen: above every limit of a request). */
const HELD_MS = 60_000

/** A step to be told: the request, and what `told` is to be called with. */
export interface RoutingStep {
  request: NotifyRequest
  escalation: { key: string; step: number; alert: AlertView }
}

/**
 * Who hears of an alert, step by step. Every step is on disk before it is told and is marked when it was: after a restart it goes on where it
 * stood, and the server tells nobody twice of a step that was told and not yet marked.
 */
export interface Routing {
  /** Takes the alert as an event of it has it. @throws ZodError when it is none. */
  heard: (alert: unknown, nowMs: number) => void
  /** Steps that are due now. */
  due: (policy: Policy, nowMs: number) => Promise<RoutingStep[]>
  /** The server has taken a step. */
  told: (policy: Policy, step: RoutingStep['escalation'], nowMs: number) => void
}

export function createRouting(
  book: EscalationBook,
  { names, refresh }: { names: RuleNames; refresh: () => Promise<void> },
): Routing {
  return {
    heard: (data, nowMs) => {
      const alert = alertViewSchema.parse(data)
      if (asksForSomebody(alert)) book.stand(alert, escalationKey(alert), nowMs)
      else book.end(alert.id)
    },
    due: async (policy, nowMs) => {
      // First: what fails here leaves every step as it was.
      await refresh()
      return book.take(nowMs, nowMs + HELD_MS).flatMap(escalation => {
        const step = policy[escalation.alert.severity]?.[escalation.step]
        if (step === undefined) {
          book.advance(escalation.key, escalation.step, undefined)
          return []
        }
        return [{ request: requestOf(escalation, step.to, names), escalation }]
      })
    },
    told: (policy, { key, step, alert }, nowMs) =>
      book.advance(key, step, nextDueMs(policy, alert, { step, toldAtMs: nowMs })),
  }
}

const LEVEL_NAMES: Record<Level, { zh: string; en: string }> = {
  groups: { zh: '群', en: 'groups' },
  shift: { zh: '当班', en: 'shift' },
  station: { zh: '站点', en: 'station' },
  district: { zh: '区县', en: 'district' },
  city: { zh: '全市', en: 'city' },
}

function requestOf({ alert, key, step }: Escalation, to: Level, names: RuleNames): NotifyRequest {
  const name = names(alert.rule)
  const late =
    step === 0
      ? { zh: '', en: '' }
      : { zh: `无人处理，上报${LEVEL_NAMES[to].zh}：`, en: `Nobody has it, now with the ${LEVEL_NAMES[to].en}: ` }
  const since = alert.raisedAt
  return {
    to:
      to === 'groups'
        ? { roles: ['keeper', 'maintainer', 'manager'], station: alert.station }
        : { level: to, station: alert.station },
    severity: alert.severity,
    title: {
      zh: cut(`${late.zh}${alert.severity} ${name.zh}`, 120),
      en: cut(`${late.en}${alert.severity} ${name.en}`, 120),
    },
    body: { zh: `${alert.stationNameZh}\n发现于 ${since}`, en: `${alert.stationNameEn}\nsince ${since}` },
    url: `/console/alerts/${encodeURIComponent(alert.id)}`,
    kind: 'alerts',
    dedupeKey: cut(`${step}/${key}`, 150),
    onlyWhile: { alertRaised: alert.id },
  }
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most)
}
