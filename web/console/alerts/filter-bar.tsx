import { NativeSelect, SegmentedControl } from '@mantine/core'
import { APPLIANCE_KINDS, SEVERITIES } from '@harbor/protocol'
import { useWords } from '../words/words.tsx'
import { type AlertFilters, STATE_FILTERS } from './alert-filters.ts'
import styles from './filter-bar.module.css'

const STATE_WORDS = { open: 'alerts.open', waiting: 'alerts.waiting', all: 'alerts.allStates' } as const

/** State, severity and kind of appliance. */
export function FilterBar({ filters, onChange }: { filters: AlertFilters; onChange: (filters: AlertFilters) => void }) {
  const { say } = useWords()
  return (
    <section className={styles['bar']} aria-label={say('alerts.filters')}>
      <SegmentedControl
        className={styles['state'] ?? ''}
        aria-label={say('alerts.state')}
        data={STATE_FILTERS.map(value => ({ value, label: say(STATE_WORDS[value]) }))}
        value={filters.state}
        onChange={state => onChange({ ...filters, state })}
      />
      <div className={styles['severities']} role="group" aria-label={say('alerts.severity')}>
        {SEVERITIES.map(severity => {
          const isOn = filters.severities.includes(severity)
          const severities = isOn
            ? filters.severities.filter(other => other !== severity)
            : SEVERITIES.filter(other => other === severity || filters.severities.includes(other))
          return (
            <button
              key={severity}
              type="button"
              aria-pressed={isOn}
              onClick={() => onChange({ ...filters, severities })}
            >
              <b>{severity}</b> {say(`severity.${severity}`)}
            </button>
          )
        })}
      </div>
      <NativeSelect
        aria-label={say('alerts.kind')}
        data={[
          { value: '', label: say('alerts.everyKind') },
          ...APPLIANCE_KINDS.map(kind => ({ value: kind, label: say(`appliance.${kind}`) })),
        ]}
        value={filters.kind ?? ''}
        onChange={event => {
          const { value } = event.currentTarget
          onChange({ ...filters, kind: APPLIANCE_KINDS.find(kind => kind === value) })
        }}
      />
    </section>
  )
}
