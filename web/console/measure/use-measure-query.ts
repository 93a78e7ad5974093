import { USAGE_COMPARISONS, USAGE_FIGURES, USAGE_GROUPS, type UsageFigure, type UsageGroup } from '@harbor/protocol'
import { useSearchParams } from 'react-router'
import { useTimeStyle } from '../console-context.ts'
import { type Period, type PeriodName, dateIn, readPeriod } from '../period/period.ts'
import { readRegion } from '../region/region-tree.ts'
import { useNow } from '../time/now.tsx'

/** What a page of figures is about. Kept in its address, so that a link, a print or "back" shows the same. */
export interface MeasureQuery {
  region: string | undefined
  period: Period & { name: PeriodName }
  by: UsageGroup
  compare: (typeof USAGE_COMPARISONS)[number]
  rank: UsageFigure
  /** What the server is asked for: region and dates alone. */
  within: URLSearchParams
  /** The same with split, comparison and rank. */
  asked: URLSearchParams
  set: (changes: Readonly<Record<string, string | undefined>>) => void
}

interface Usual {
  by: UsageGroup
  rank: UsageFigure
  /** Splits that the page offers; absent: all. */
  groups?: readonly UsageGroup[]
}

/** Rows asked for: what a page draws; the file has more. */
const ROWS = 500

export function useMeasureQuery(usual: Usual): MeasureQuery {
  const [query, setQuery] = useSearchParams()
  const { timeZone } = useTimeStyle()
  const today = dateIn(useNow(), timeZone)
  const region = readRegion(query)
  const period = readPeriod(query, { today, usual: '30d' })
  const by = (usual.groups ?? USAGE_GROUPS).find(one => one === query.get('by')) ?? usual.by
  const compare = USAGE_COMPARISONS.find(one => one === query.get('compare')) ?? 'previous'
  const rank = USAGE_FIGURES.find(one => one === query.get('rank')) ?? usual.rank
  const within = new URLSearchParams({ ...(region === undefined ? {} : { region }), from: period.from, to: period.to })
  const asked = new URLSearchParams(within)
  for (const [name, value] of Object.entries({ by, compare, rank, limit: String(ROWS) })) asked.set(name, value)
  return {
    region,
    period,
    by,
    compare,
    rank,
    within,
    asked,
    set(changes) {
      // From the address itself: two changes in quick succession come before the page is drawn anew.
      const next = new URLSearchParams(globalThis.location.search)
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined) next.delete(name)
        else next.set(name, value)
      }
      setQuery(next, { replace: true, preventScrollReset: true })
    },
  }
}

/** The changes of an address that choose a period. */
export function periodChanges({ name, from, to }: Period & { name: PeriodName }): Record<string, string | undefined> {
  return name === 'custom' ? { period: name, from, to } : { period: name, from: undefined, to: undefined }
}
