import { USAGE_COMPARISONS, USAGE_GROUPS, type UsageFigure, type UsageGroup } from '@harbor/protocol'
import { NativeSelect } from '@mantine/core'
import { PeriodBar } from '../period/period-bar.tsx'
import { RegionSelect } from '../region/region-select.tsx'
import { useRegions } from '../region/use-regions.ts'
import { useWords } from '../words/words.tsx'
import styles from './measure.module.css'
import { type MeasureQuery, periodChanges } from './use-measure-query.ts'
import { figureName } from './usage-text.ts'

interface MeasureFiltersProps {
  measure: MeasureQuery
  /** Splits that the page offers; absent: all. */
  groups?: readonly UsageGroup[]
  /** What rows may be ranked by; absent: the page has its own order and compares nothing. */
  ranks?: readonly UsageFigure[]
}

/** Region, period, split, comparison and rank of a page of figures. */
export function MeasureFilters({ measure, groups, ranks }: MeasureFiltersProps) {
  const { say, language } = useWords()
  const regions = useRegions().data
  const { region, period, by, compare, rank, set } = measure
  return (
    <section className={styles['filters']} aria-label={say('measure.filters')}>
      <RegionSelect regions={regions} region={region} onChoose={next => set({ region: next })} />
      <PeriodBar period={period} onChoose={next => set(periodChanges(next))} />
      <NativeSelect
        label={say('measure.by')}
        data={(groups ?? USAGE_GROUPS).map(value => ({ value, label: say(`measure.group.${value}`) }))}
        value={by}
        onChange={event => set({ by: event.currentTarget.value })}
      />
      {ranks !== undefined && (
        <>
          <NativeSelect
            label={say('measure.compare')}
            data={USAGE_COMPARISONS.map(value => ({ value, label: say(`measure.comparison.${value}`) }))}
            value={compare}
            onChange={event => set({ compare: event.currentTarget.value })}
          />
          <NativeSelect
            label={say('measure.rank')}
            data={ranks.map(value => ({ value, label: figureName(value, language) }))}
            value={rank}
            onChange={event => set({ rank: event.currentTarget.value })}
          />
        </>
      )}
    </section>
  )
}
