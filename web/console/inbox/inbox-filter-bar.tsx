import { NativeSelect } from '@mantine/core'
import { type Inbox, SEVERITIES, FAULT_AGES } from '@harbor/protocol'
import { KIND_FILTERS } from '../alerts/alert-filters.ts'
import bar from '../alerts/filter-bar.module.css'
import { useRegionName } from '../region/use-region-name.ts'
import { localName, useWords } from '../words/words.tsx'
import { INBOX_STATES, type InboxFilters } from './inbox-filters.ts'
import styles from './inbox.module.css'
import type { useHere } from './use-inbox.ts'

interface InboxFilterBarProps {
  filters: InboxFilters
  districts: Inbox['districts']
  near: ReturnType<typeof useHere>
  onChange: (filters: InboxFilters) => void
}

/** Severity, state, kind, district, mine, silenced; and by distance. */
export function InboxFilterBar({ filters, districts, near, onChange }: InboxFilterBarProps) {
  const { say, language } = useWords()
  const streetName = useRegionName(filters.street)
  return (
    <section className={bar['bar']} aria-label={say('alerts.filters')}>
      <div className={bar['severities']} role="group" aria-label={say('alerts.severity')}>
        {SEVERITIES.map(severity => {
          const isOn = filters.severities.includes(severity)
          const severities = SEVERITIES.filter(one => (one === severity ? !isOn : filters.severities.includes(one)))
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
      <div className={styles['selects']}>
        <NativeSelect
          aria-label={say('inbox.state')}
          data={INBOX_STATES.map(value => ({ value, label: say(`inbox.${value}`) }))}
          value={filters.state}
          onChange={event => {
            const { value } = event.currentTarget
            onChange({ ...filters, state: INBOX_STATES.find(state => state === value) ?? 'open' })
          }}
        />
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
        {(districts.length > 1 || filters.district !== undefined) && (
          <NativeSelect
            aria-label={say('inbox.district')}
            data={[
              { value: '', label: say('inbox.everyDistrict') },
              ...districts.map(one => ({ value: one.district, label: localName(language, one) })),
            ]}
            value={filters.district ?? ''}
            onChange={event =>
              onChange({ ...filters, district: event.currentTarget.value || undefined, street: undefined })
            }
          />
        )}
        {filters.street !== undefined && (
          <button
            type="button"
            aria-pressed="true"
            onClick={() => onChange({ ...filters, street: undefined })}
            data-testid="of-street"
          >
            {say('inbox.ofStreet', { street: streetName })}
          </button>
        )}
        <NativeSelect
          aria-label={say('inbox.age')}
          data={[
            { value: '', label: say('inbox.everyAge') },
            ...FAULT_AGES.map(value => ({ value, label: say(`inbox.ages.${value}`) })),
          ]}
          value={filters.age ?? ''}
          onChange={event => onChange({ ...filters, age: FAULT_AGES.find(one => one === event.currentTarget.value) })}
        />
      </div>
      <div className={bar['shown']} role="group" aria-label={say('alerts.show')}>
        <button
          type="button"
          aria-pressed={filters.isMine}
          onClick={() => onChange({ ...filters, isMine: !filters.isMine })}
        >
          {say('inbox.mine')}
        </button>
        <button
          type="button"
          aria-pressed={filters.withSilenced}
          onClick={() => onChange({ ...filters, withSilenced: !filters.withSilenced })}
        >
          {say('alerts.showSilenced')}
        </button>
        <button
          type="button"
          aria-pressed={near.here !== undefined}
          data-testid="near"
          className={styles['near']}
          onClick={() => (near.here === undefined ? near.ask() : near.forget())}
        >
          {say(near.here !== undefined ? 'inbox.nearOn' : near.state === 'asking' ? 'inbox.locating' : 'inbox.near')}
        </button>
      </div>
      <p className={`quiet ${styles['hint']}`} role="status">
        {near.state === 'refused' ? say('inbox.noPosition') : near.here !== undefined && say('inbox.nearHint')}
      </p>
    </section>
  )
}
