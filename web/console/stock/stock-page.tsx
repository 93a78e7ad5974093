import type { StockCheckDue, StockItem } from '@harbor/protocol'
import { NativeSelect, Skeleton } from '@mantine/core'
import { Link, useSearchParams } from 'react-router'
import { ImportForm } from '../assets/import-form.tsx'
import { readRegion } from '../region/region-tree.ts'
import { RegionSelect } from '../region/region-select.tsx'
import { useRegions } from '../region/use-regions.ts'
import { Failure } from '../shell/failure.tsx'
import { Page } from '../shell/page.tsx'
import { useStations } from '../stations/use-stations.ts'
import { TakeAwayTable } from '../table/take-away-table.tsx'
import { localName, useWords } from '../words/words.tsx'
import { ItemForm } from './item-form.tsx'
import { ItemRow } from './item-row.tsx'
import styles from './stock.module.css'
import { useStock, useStockImport, useWaitingChecks } from './use-stock.ts'

/** What stations keep: checks that are due first, then items with what expires. */
export function StockPage() {
  const { say, language } = useWords()
  const [query, setQuery] = useSearchParams()
  const station = query.get('station') ?? ''
  const region = readRegion(query)
  const asked = new URLSearchParams({
    ...(station !== '' && { station }),
    ...(region !== undefined && { region }),
  })
  const list = useStock(asked)
  const regions = useRegions().data
  const stations = useStations().data?.stations ?? []
  const { waiting } = useWaitingChecks()
  const take = useStockImport()
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(query)
    if (value === '') next.delete(name)
    else next.set(name, value)
    setQuery(next, { replace: true, preventScrollReset: true })
  }
  const items = list.data?.items
  const kept = [...new Set(items?.map(item => item.station))]
  return (
    <Page title={say('stock.title')}>
      <p className="quiet">{say('stock.intro')}</p>
      <div role="status">
        {waiting.map(({ key, reason }) => (
          <p key={key} data-testid="waiting-check" className={reason === undefined ? '' : (styles['problem'] ?? '')}>
            {reason === undefined ? say('stock.waiting') : say('stock.refused', { reason })}
          </p>
        ))}
      </div>
      <Due checks={(list.data?.checks ?? []).filter(({ isDue }) => isDue)} />
      <section className={styles['form']}>
        {(regions?.districts.length ?? 0) > 1 && (
          <RegionSelect regions={regions} region={region} onChoose={code => set('region', code ?? '')} />
        )}
        <NativeSelect
          label={say('rota.station')}
          name="station"
          data={[
            { value: '', label: say('region.mine') },
            ...stations.map(one => ({ value: one.id, label: localName(language, one) })),
          ]}
          value={station}
          onChange={event => set('station', event.currentTarget.value)}
        />
      </section>
      {items === undefined && list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {items === undefined && !list.isError && <Skeleton height={160} radius="md" aria-busy="true" />}
      {items?.length === 0 && (
        <p className="card" data-testid="no-stock">
          {say('stock.none')}
        </p>
      )}
      {kept.map(id => (
        <StationItems key={id} items={items?.filter(item => item.station === id) ?? []} />
      ))}
      {station !== '' && <ItemForm key={station} station={station} />}
      {items !== undefined && items.length > 0 && <TakeAwayTable path="stock" query={asked} />}
      <ImportForm run={take} title={say('stock.import')} hint={say('stock.importHint')} />
    </Page>
  )
}

function StationItems({ items }: { items: readonly StockItem[] }) {
  const { language } = useWords()
  const [first] = items
  if (first === undefined) return null
  return (
    <section className={styles['section']} data-station={first.station}>
      <h2>{localName(language, { nameZh: first.stationNameZh, nameEn: first.stationNameEn })}</h2>
      <ul className={styles['list']}>
        {items.map(item => (
          <ItemRow key={item.id} item={item} />
        ))}
      </ul>
    </section>
  )
}

/** Checks that are due are shown at most so many: a district's manager sees that there are more by their count. */
const SHOWN_DUE = 20

function Due({ checks }: { checks: readonly StockCheckDue[] }) {
  const { say, language } = useWords()
  if (checks.length === 0) return null
  return (
    <section className={styles['section']} data-testid="checks-due">
      <h2>{say('stock.due', { count: checks.length })}</h2>
      <ul className={styles['list']}>
        {checks.slice(0, SHOWN_DUE).map(({ station, stationNameZh, stationNameEn, lastAt }) => {
          const name = localName(language, { nameZh: stationNameZh, nameEn: stationNameEn })
          return (
            <li key={station} className={`card ${styles['row']}`} data-due="true">
              <p>
                {name} ·{' '}
                <span className="quiet">
                  {lastAt === undefined ? say('stock.never') : say('stock.last', { day: lastAt.slice(0, 10) })}
                </span>
              </p>
              <p>
                <Link
                  className={styles['start']}
                  to={`/stock/check/${encodeURIComponent(station)}`}
                  aria-label={say('stock.startNamed', { station: name })}
                >
                  {say('stock.start')}
                </Link>
              </p>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
