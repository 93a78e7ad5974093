import { NativeSelect, SegmentedControl } from '@mantine/core'
import { SEVERITIES } from '@harbor/protocol'
import { useWords } from '../words/words.tsx'
import { type AlertFilters, KIND_FILTERS, SHOWN, STATE_FILTERS } from './alert-filters.ts'
import styles from './filter-bar.module.css'

const STATE_WORDS = { open: 'alerts.open', waiting: 'alerts.waiting', all: 'alerts.allStates' } as const

const SHOWN_WORDS = { silenced: 'alerts.showSilenced', suppressed: 'alerts.showSuppressed' } as const

/** State, severity, kind of appliance, and what else is shown. */
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
          ...KIND_FILTERS.map(kind => ({
            value: kind,
            label: kind === 'other' ? say('alerts.stationAndDevices') : say(`appliance.${kind}`),
          })),
        ]}
        value={filters.kind ?? ''}
        onChange={event => {
          const { value } = event.currentTarget
          onChange({ ...filters, kind: KIND_FILTERS.find(kind => kind === value) })
        }}
      />
      <div className={styles['shown']} role="group" aria-label={say('alerts.show')}>
        {SHOWN.map(one => {
          const isOn = filters.show.includes(one)
          const show = SHOWN.filter(other => (other === one ? !isOn : filters.show.includes(other)))
          return (
            <button key={one} type="button" aria-pressed={isOn} onClick={() => onChange({ ...filters, show })}>
              {say(SHOWN_WORDS[one])}
            </button>
          )
        })}
      </div>
    </section>
  )
}
