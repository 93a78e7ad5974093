import { Button, Skeleton } from '@mantine/core'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { Failure } from '../shell/failure.tsx'
import { CheckIcon } from '../shell/icons.tsx'
import { ViewSwitch } from '../inbox/view-switch.tsx'
import { Page } from '../shell/page.tsx'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'
import {
  type AlertFilters,
  USUAL_FILTERS,
  applyFilters,
  choiceOf,
  isNarrowed,
  readFilters,
  writeFilters,
} from './alert-filters.ts'
import styles from './alert-list-page.module.css'
import { AlertRow } from './alert-row.tsx'
import { FilterBar } from './filter-bar.tsx'
import { useAlerts } from './use-alerts.ts'

/** Rows drawn at first, and more at each press: thousands at once would make a phone stutter. */
const ROWS = 100

/** Everything that is broken, live. */
export function AlertListPage() {
  const { say } = useWords()
  const [query, setQuery] = useSearchParams()
  const filters = readFilters(query)
  const alerts = useAlerts(choiceOf(filters))
  const nowMs = useNow()
  const shown = alerts.data === undefined ? undefined : applyFilters(alerts.data.alerts, filters, nowMs)
  const setFilters = (next: AlertFilters) => setQuery(writeFilters(next), { replace: true, preventScrollReset: true })
  return (
    <Page
      title={say('alerts.title')}
      aside={
        shown !== undefined &&
        shown.length > 0 && <p className="quiet">{say('alerts.count', { count: shown.length })}</p>
      }
    >
      <ViewSwitch shown="each" query={query} />
      <FilterBar filters={filters} onChange={setFilters} />
      {shown === undefined && alerts.isError && <Failure error={alerts.error} retry={() => void alerts.refetch()} />}
      {shown === undefined && !alerts.isError && <Loading />}
      {shown !== undefined && shown.length === 0 && <Nothing filters={filters} onClear={setFilters} />}
      {shown !== undefined && shown.length > 0 && <Rows alerts={shown} />}
    </Page>
  )
}

function Rows({ alerts }: { alerts: ReturnType<typeof applyFilters> }) {
  const { say } = useWords()
  const [limit, setLimit] = useState(ROWS)
  const left = alerts.length - limit
  return (
    <>
      <ul className={styles['list']}>
        {alerts.slice(0, limit).map(alert => (
          <AlertRow key={alert.id} alert={alert} />
        ))}
      </ul>
      {left > 0 && (
        <Button variant="default" onClick={() => setLimit(limit + ROWS)}>
          {say('alerts.more', { count: Math.min(left, ROWS) })}
        </Button>
      )}
    </>
  )
}

function Nothing({ filters, onClear }: { filters: AlertFilters; onClear: (filters: AlertFilters) => void }) {
  const { say } = useWords()
  if (isNarrowed(filters)) {
    return (
      <div className={`card ${styles['empty']}`} data-testid="no-match">
        <h2>{say('alerts.noMatchTitle')}</h2>
        <Button variant="default" onClick={() => onClear({ ...USUAL_FILTERS, show: filters.show })}>
          {say('alerts.clearFilters')}
        </Button>
      </div>
    )
  }
  return (
    <div className={`card ${styles['empty']}`} data-testid="nothing-broken">
      <span className={styles['good']}>
        <CheckIcon />
      </span>
      <h2>{say('alerts.emptyTitle')}</h2>
      <p className="quiet">{say('alerts.emptyText')}</p>
    </div>
  )
}

function Loading() {
  const { say } = useWords()
  return (
    <div className={styles['list']} aria-busy="true">
      <p className="for-screen-readers">{say('loading')}</p>
      {[0, 1, 2].map(row => (
        <Skeleton key={row} height={120} radius="md" />
      ))}
    </div>
  )
}
