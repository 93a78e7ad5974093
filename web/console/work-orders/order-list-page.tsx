import { Button, SegmentedControl, Skeleton } from '@mantine/core'
import { SEVERITIES, type Role } from '@harbor/protocol'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import bar from '../alerts/filter-bar.module.css'
import { KeptFrom } from '../offline/kept-from.tsx'
import { useReadAhead } from '../offline/use-offline.ts'
import { useRegionName } from '../region/use-region-name.ts'
import { useSession } from '../session/use-session.ts'
import { Failure } from '../shell/failure.tsx'
import { Page } from '../shell/page.tsx'
import { useWords } from '../words/words.tsx'
import { type OrderFilters, SCOPES, isNarrowed, queryOf, readFilters, writeFilters } from './order-filters.ts'
import { OrderRow } from './order-row.tsx'
import styles from './orders.module.css'
import { useOrders } from './use-orders.ts'

/** Rows asked for at first, and more at each press. */
const ROWS = 100
/** The server's own limit of one page. */
const MAX_ROWS = 500
/** Who has orders of their own. */
const REPAIRS: readonly Role[] = ['maintainer']

/** What is to be repaired, by whom and by when, live. */
export function OrderListPage() {
  const { say } = useWords()
  const role = useSession().data?.role
  const [query, setQuery] = useSearchParams()
  const [limit, setLimit] = useState(ROWS)
  const filters = readFilters(query, role !== undefined && REPAIRS.includes(role) ? 'mine' : 'area')
  const page = useOrders(queryOf(filters, limit))
  const orders = page.data?.orders
  useReadAhead(orders, filters.scope === 'mine')
  const setFilters = (next: OrderFilters) => {
    setLimit(ROWS)
    setQuery(writeFilters(next), { replace: true, preventScrollReset: true })
  }
  return (
    <Page
      title={say('order.title')}
      aside={
        orders !== undefined &&
        orders.length > 0 && <p className="quiet">{say('order.count', { count: orders.length })}</p>
      }
    >
      <p>
        <Link to="/work-orders/new" className={styles['link']}>
          {say('order.new.open')}
        </Link>
      </p>
      <Filters filters={filters} onChange={setFilters} />
      {orders !== undefined && page.isError && <KeptFrom atMs={page.dataUpdatedAt} />}
      {orders === undefined && page.isError && <Failure error={page.error} retry={() => void page.refetch()} />}
      {orders === undefined && !page.isError && <Loading />}
      {orders?.length === 0 && <Nothing filters={filters} onClear={setFilters} />}
      {orders !== undefined && orders.length > 0 && (
        <ul className={styles['list']}>
          {orders.map(order => (
            <OrderRow key={order.id} order={order} />
          ))}
        </ul>
      )}
      {page.data?.next !== undefined && limit < MAX_ROWS && (
        <Button variant="default" onClick={() => setLimit(Math.min(MAX_ROWS, limit + ROWS))}>
          {say('order.more')}
        </Button>
      )}
    </Page>
  )
}

interface FilterProps {
  filters: OrderFilters
  onChange: (filters: OrderFilters) => void
}

function Filters({ filters, onChange }: FilterProps) {
  const { say } = useWords()
  const regionName = useRegionName(filters.region)
  return (
    <section className={bar['bar']} aria-label={say('order.filters')}>
      <SegmentedControl
        aria-label={say('order.scope')}
        data={SCOPES.map(value => ({ value, label: say(`order.${value}`) }))}
        value={filters.scope}
        onChange={scope => onChange({ ...filters, scope })}
      />
      <div className={bar['severities']} role="group" aria-label={say('order.severity')}>
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
      <div className={bar['shown']}>
        <button
          type="button"
          aria-pressed={filters.isOverdue}
          onClick={() => onChange({ ...filters, isOverdue: !filters.isOverdue })}
        >
          {say('order.overdueOnly')}
        </button>
        {filters.region !== undefined && (
          <button type="button" aria-pressed="true" onClick={() => onChange({ ...filters, region: undefined })}>
            {say('order.ofRegion', { region: regionName })}
          </button>
        )}
      </div>
    </section>
  )
}

function Nothing({ filters, onClear }: { filters: OrderFilters; onClear: FilterProps['onChange'] }) {
  const { say } = useWords()
  if (isNarrowed(filters)) {
    return (
      <div className={`card ${styles['empty']}`} data-testid="no-match">
        <h2>{say('order.noMatch')}</h2>
        <Button
          variant="default"
          onClick={() => onClear({ ...filters, severities: [], isOverdue: false, region: undefined })}
        >
          {say('order.clearFilters')}
        </Button>
      </div>
    )
  }
  return (
    <div className={`card ${styles['empty']}`} data-testid="no-orders">
      <h2>{say(filters.scope === 'mine' ? 'order.emptyMine' : 'order.emptyArea')}</h2>
      <p className="quiet">{say('order.emptyText')}</p>
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
