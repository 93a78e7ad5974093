import type { AlertView, RuleView } from '@harbor/protocol'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'
import { useWords } from '../words/words.tsx'
import { alertRuleText } from './alert-words.ts'

/** Rules change with a release of the server: they are asked for again once an hour. */
const FRESH_MS = 3_600_000

/** The server's rules by id; empty until it has told them. */
export function useRules(): ReadonlyMap<string, RuleView> {
  const { api } = useConsole()
  const { data } = useQuery({
    queryKey: queryKeys.rules,
    queryFn: ({ signal }) => api.rules(signal),
    staleTime: FRESH_MS,
  })
  return useMemo(() => new Map(data?.rules.map(rule => [rule.id, rule])), [data])
}

/** How an alert's rule is called in the reader's language. */
export function useRuleText(): (alert: AlertView) => string {
  const rules = useRules()
  const { say, language } = useWords()
  return useCallback(
    (alert: AlertView) => alertRuleText(alert, rules.get(alert.rule), { say, language }),
    [rules, say, language],
  )
}
