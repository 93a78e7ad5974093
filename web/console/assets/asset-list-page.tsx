import { APPLIANCE_KINDS, type Asset, type Role, WARRANTY_STATES } from '@harbor/protocol'
import { Button, NativeSelect, Skeleton, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import type { AssetFilters } from '../api/assets-api.ts'
import { useSession } from '../session/use-session.ts'
import { Failure } from '../shell/failure.tsx'
import { Page } from '../shell/page.tsx'
import styles from '../work-orders/orders.module.css'
import { useWords } from '../words/words.tsx'
import { SERVICES, readAssetFilters, writeAssetFilters } from './asset-filters.ts'
import { ImportForm } from './import-form.tsx'
import { TakeAway } from './take-away.tsx'
import { useAssets, useImport } from './use-assets.ts'

/** Rows asked for at first, and more at each press. */
const ROWS = 100
/** The server's own limit of one page. */
const MAX_ROWS = 500
/** Who may bring whole tables, as the server has it. */
const IMPORTS: readonly Role[] = ['manager', 'hardware', 'administrator']

/** All appliances: what, where, how old, under warranty or not. */
export function AssetListPage() {
  const { say } = useWords()
  const role = useSession().data?.role
  const [query, setQuery] = useSearchParams()
  const [limit, setLimit] = useState(ROWS)
  const filters = readAssetFilters(query)
  const page = useAssets(filters, limit)
  const run = useImport()
  const setFilters = (next: AssetFilters) => {
    setLimit(ROWS)
    setQuery(writeAssetFilters(next), { replace: true, preventScrollReset: true })
  }
  const assets = page.data?.assets
  return (
    <Page
      title={say('assets.title')}
      aside={page.data !== undefined && <p className="quiet">{say('assets.count', { count: page.data.total })}</p>}
    >
      <p>
        <Link to="/plans" className={styles['link']}>
          {say('plans.title')}
        </Link>
      </p>
      <Filters filters={filters} onChange={setFilters} />
      {role !== undefined && IMPORTS.includes(role) && (
        <ImportForm run={run} title={say('assets.import')} hint={say('assets.importHint')} />
      )}
      {assets !== undefined && assets.length > 0 && <TakeAway filters={filters} total={page.data?.total ?? 0} />}
      {assets === undefined && page.isError && <Failure error={page.error} retry={() => void page.refetch()} />}
      {assets === undefined && !page.isError && (
        <div aria-busy="true">
          <p className="for-screen-readers">{say('loading')}</p>
          <Skeleton height={240} radius="md" />
        </div>
      )}
      {assets?.length === 0 && (
        <div className={`card ${styles['empty']}`} data-testid="no-assets">
          <h2>{say('assets.none')}</h2>
        </div>
      )}
      <ul className={styles['list']}>
        {assets?.map(asset => (
          <AssetRow key={asset.id} asset={asset} />
        ))}
      </ul>
      {page.data?.next !== undefined && limit < MAX_ROWS && (
        <Button variant="default" onClick={() => setLimit(Math.min(MAX_ROWS, limit + ROWS))}>
          {say('order.more')}
        </Button>
      )}
      {page.data?.next !== undefined && limit >= MAX_ROWS && <p className="quiet">{say('assets.narrow')}</p>}
    </Page>
  )
}

function AssetRow({ asset }: { asset: Asset }) {
  const { say, language } = useWords()
  const { kind, assetTag, model, warranty, warrantyUntil, retiredOn } = asset
  return (
    <li
      className={`card ${styles['row']}`}
      data-asset={asset.id}
      data-state={retiredOn === undefined ? 'in' : 'verified'}
    >
      <h2>
        <Link to={`/assets/${encodeURIComponent(assetTag)}`} className={styles['open']}>
          {say(`appliance.${kind}`)} {assetTag}
        </Link>
      </h2>
      <p className={styles['line']}>
        <span>{language === 'zh' ? asset.stationNameZh : asset.stationNameEn}</span>
        {model !== undefined && <span className="quiet">{model}</span>}
      </p>
      <p className={styles['line']}>
        <span className={warranty === 'expired' ? 'quiet' : undefined}>
          {say(`assets.warranty.${warranty}`, { date: warrantyUntil ?? '' })}
        </span>
        {retiredOn !== undefined && <b>{say('assets.retiredOn', { date: retiredOn })}</b>}
      </p>
    </li>
  )
}

function Filters({ filters, onChange }: { filters: AssetFilters; onChange: (filters: AssetFilters) => void }) {
  const { say } = useWords()
  const { station } = filters
  return (
    <section className={styles['list']} aria-label={say('order.filters')}>
      <TextInput
        type="search"
        name="search"
        label={say('assets.search')}
        maxLength={80}
        value={filters.text}
        onChange={event => onChange({ ...filters, text: event.currentTarget.value })}
      />
      <div className={styles['line']}>
        <NativeSelect
          aria-label={say('assets.kind')}
          data={[
            { value: '', label: say('assets.everyKind') },
            ...APPLIANCE_KINDS.map(value => ({ value, label: say(`appliance.${value}`) })),
          ]}
          value={filters.kind ?? ''}
          onChange={event => {
            const { value } = event.currentTarget
            onChange({ ...filters, kind: APPLIANCE_KINDS.find(kind => kind === value) })
          }}
        />
        <NativeSelect
          aria-label={say('assets.field.warrantyUntil')}
          data={[
            { value: '', label: say('assets.everyWarranty') },
            ...WARRANTY_STATES.map(value => ({ value, label: say(`assets.warrantyFilter.${value}`) })),
          ]}
          value={filters.warranty ?? ''}
          onChange={event => {
            const { value } = event.currentTarget
            onChange({ ...filters, warranty: WARRANTY_STATES.find(state => state === value) })
          }}
        />
        <NativeSelect
          aria-label={say('assets.service')}
          data={SERVICES.map(value => ({ value, label: say(`assets.serviceFilter.${value}`) }))}
          value={filters.service}
          onChange={event => {
            const { value } = event.currentTarget
            onChange({ ...filters, service: SERVICES.find(service => service === value) ?? 'in' })
          }}
        />
        {station !== undefined && (
          <Button variant="default" onClick={() => onChange({ ...filters, station: undefined })}>
            {say('feedback.everyStation')}
          </Button>
        )}
      </div>
    </section>
  )
}
