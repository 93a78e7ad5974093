import { ruleListSchema } from '@harbor/protocol'
import type { Api } from '../runtime/api.ts'

/** A rule in the words of people. */
export type RuleNames = (rule: string) => { zh: string; en: string }

/** Names are asked for again after this: rules change with a new version of the server. */
const FRESH_MS = 3_600_000

/** The server's names of its rules. Until they were asked for, and for a rule that it does not know, the rule's id. */
export function createRuleNames(api: Api, nowMs: () => number): { names: RuleNames; refresh: () => Promise<void> } {
  let known = new Map<string, { zh: string; en: string }>()
  let askedAtMs = Number.NEGATIVE_INFINITY
  return {
    names: rule => known.get(rule) ?? { zh: rule, en: rule },
    refresh: async () => {
      if (nowMs() - askedAtMs < FRESH_MS) return
      const { rules } = await api.ask({ method: 'GET', path: '/api/v1/rules', answer: ruleListSchema })
      known = new Map(rules.map(({ id, nameZh, nameEn }) => [id, { zh: nameZh, en: nameEn }]))
      askedAtMs = nowMs()
    },
  }
}
