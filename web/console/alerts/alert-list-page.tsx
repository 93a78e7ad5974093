import { Button } from '@mantine/core'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { Failure } from '../shell/failure.tsx'
import { ViewSwitch } from '../inbox/view-switch.tsx'
import { LoadingRows, NoMatch, NothingBroken } from '../shell/list-states.tsx'
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
      {shown === undefined && !alerts.isError && <LoadingRows />}
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
  return isNarrowed(filters) ? (
    <NoMatch onClear={() => onClear({ ...USUAL_FILTERS, show: filters.show })} />
  ) : (
    <NothingBroken />
  )
}
