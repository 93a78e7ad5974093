import { APPLIANCE_KINDS, FIGURE_GROUPS, type FigureGroup } from '@harbor/protocol'
import { NativeSelect, TextInput } from '@mantine/core'
import { useConsole, useTimeStyle } from '../console-context.ts'
import { useStations } from '../stations/use-stations.ts'
import { localName, useWords } from '../words/words.tsx'
import styles from './figures.module.css'
import { PERIODS_DAYS, type Period, ownDaysOf } from './period.ts'

interface FigureFiltersProps {
  query: URLSearchParams
  period: Period
  by: FigureGroup
  /** Sets what is given in the address; empty: takes it away. */
  onChange: (changes: Readonly<Record<string, string>>) => void
}

/** Of when, of what and where figures are, and by what they are split. */
export function FigureFilters({ query, period, by, onChange }: FigureFiltersProps) {
  const { say, language } = useWords()
  const { clock } = useConsole()
  const { timeZone } = useTimeStyle()
  const stations = useStations().data?.stations ?? []
  const district = query.get('district') ?? ''
  const station = query.get('station') ?? ''
  const districts = new Map(
    stations.map(one => [
      one.district,
      localName(language, { nameZh: one.districtNameZh, nameEn: one.districtNameEn }),
    ]),
  )
  const choosePeriod = (value: string) => {
    if (value !== 'own' || !('days' in period)) return onChange({ days: value, from: '', to: '' })
    const { fromDay, toDay } = ownDaysOf(period, clock.now(), timeZone)
    return onChange({ days: '', from: fromDay, to: toDay })
  }
  return (
    <section className={styles['filters']} aria-label={say('figure.filters')}>
      <NativeSelect
        name="period"
        label={say('figure.period')}
        data={[
          ...PERIODS_DAYS.map(one => ({ value: String(one), label: say('figure.days', { count: one }) })),
          { value: 'own', label: say('figure.ownDays') },
        ]}
        value={'days' in period ? String(period.days) : 'own'}
        onChange={event => choosePeriod(event.currentTarget.value)}
      />
      {'fromDay' in period && (
        <>
          <TextInput
            type="date"
            name="from"
            label={say('figure.from')}
            value={period.fromDay}
            onChange={event => event.currentTarget.value !== '' && onChange({ from: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            name="to"
            label={say('figure.to')}
            value={period.toDay}
            onChange={event => event.currentTarget.value !== '' && onChange({ to: event.currentTarget.value })}
          />
        </>
      )}
      <NativeSelect
        name="by"
        label={say('figure.by')}
        data={FIGURE_GROUPS.filter(one => one !== 'none').map(value => ({
          value,
          label: say(`figure.group.${value}`),
        }))}
        value={by}
        onChange={event => onChange({ by: event.currentTarget.value })}
      />
      <NativeSelect
        name="kind"
        label={say('figure.kind')}
        data={[
          { value: '', label: say('figure.all') },
          ...APPLIANCE_KINDS.map(value => ({ value, label: say(`appliance.${value}`) })),
        ]}
        value={query.get('kind') ?? ''}
        onChange={event => onChange({ kind: event.currentTarget.value })}
      />
      <NativeSelect
        name="district"
        label={say('figure.district')}
        data={[{ value: '', label: say('figure.all') }, ...[...districts].map(([value, label]) => ({ value, label }))]}
        value={district}
        // A station of another district would leave nothing.
        onChange={event => onChange({ district: event.currentTarget.value, station: '' })}
      />
      <NativeSelect
        name="station"
        label={say('figure.station')}
        data={[
          { value: '', label: say('figure.all') },
          ...stations
            .filter(one => district === '' || one.district === district)
            .map(one => ({ value: one.id, label: localName(language, one) })),
        ]}
        value={station}
        onChange={event => onChange({ station: event.currentTarget.value })}
      />
    </section>
  )
}
