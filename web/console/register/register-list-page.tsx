import {
  COORDINATE_SYSTEMS,
  HOST_KINDS,
  type RegisterFilter,
  type RegisterStation,
  STATION_STATES,
} from '@harbor/protocol'
import { Button, NativeSelect, Skeleton, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { filterQuery, registerFilePath } from '../api/register-api.ts'
import { RegionSelect } from '../region/region-select.tsx'
import { useRegions } from '../region/use-regions.ts'
import { useSession } from '../session/use-session.ts'
import { Failure } from '../shell/failure.tsx'
import { MANAGERS } from '../shell/nav-entries.ts'
import { Page } from '../shell/page.tsx'
import orders from '../work-orders/orders.module.css'
import { localName, useWords } from '../words/words.tsx'
import { readRegisterFilters } from './register-filters.ts'
import { RegisterImportForm } from './register-import.tsx'
import styles from './register.module.css'
import { StateBadge } from './state-badge.tsx'
import { useRegister } from './use-register.ts'

/** Rows asked for at first, and more at each press. */
const ROWS = 100
/** The server's own limit of one page. */
const MAX_ROWS = 500

/** All stations in every state of their lives. */
export function RegisterListPage() {
  const { say } = useWords()
  const role = useSession().data?.role
  const [query, setQuery] = useSearchParams()
  const [limit, setLimit] = useState(ROWS)
  const filters = readRegisterFilters(query)
  const page = useRegister(filters, limit)
  const setFilters = (next: RegisterFilter) => {
    setLimit(ROWS)
    setQuery(filterQuery(next), { replace: true, preventScrollReset: true })
  }
  const stations = page.data?.stations
  const mayEdit = role !== undefined && MANAGERS.includes(role)
  return (
    <Page
      title={say('register.title')}
      aside={page.data !== undefined && <p className="quiet">{say('register.count', { count: page.data.total })}</p>}
    >
      {mayEdit && (
        <p>
          <Link to="/register/new" className={orders['link']} data-testid="new-station">
            {say('register.new')}
          </Link>
        </p>
      )}
      <Filters filters={filters} onChange={setFilters} />
      {mayEdit && <RegisterImportForm />}
      <TakeAway filters={filters} />
      {stations === undefined && page.isError && <Failure error={page.error} retry={() => void page.refetch()} />}
      {stations === undefined && !page.isError && (
        <div aria-busy="true">
          <p className="for-screen-readers">{say('loading')}</p>
          <Skeleton height={240} radius="md" />
        </div>
      )}
      {stations?.length === 0 && (
        <div className={`card ${orders['empty']}`} data-testid="no-stations">
          <h2>{say('register.none')}</h2>
        </div>
      )}
      <ul className={orders['list']}>
        {stations?.map(station => (
          <Row key={station.id} station={station} />
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

function Row({ station }: { station: RegisterStation }) {
  const { say, language } = useWords()
  const { id, code, state, hostKind, districtNameZh, districtNameEn, streetNameZh, streetNameEn } = station
  const places = [
    localName(language, { nameZh: districtNameZh, nameEn: districtNameEn }),
    ...(streetNameZh !== undefined && streetNameEn !== undefined
      ? [localName(language, { nameZh: streetNameZh, nameEn: streetNameEn })]
      : []),
  ]
  const address = language === 'zh' ? station.addressZh : (station.addressEn ?? station.addressZh)
  return (
    <li className={`card ${orders['row']}`} data-station={id}>
      <h2>
        <Link to={`/register/${id}`} className={orders['open']}>
          {localName(language, station)}
        </Link>
      </h2>
      <p className={orders['line']}>
        <StateBadge state={state} />
        <span>{code}</span>
      </p>
      <p className={`${orders['line']} quiet`}>
        <span>{places.join(' › ')}</span>
        {hostKind !== undefined && <span>{say(`register.host.${hostKind}`)}</span>}
        {address !== undefined && <span>{address}</span>}
      </p>
    </li>
  )
}

function Filters({ filters, onChange }: { filters: RegisterFilter; onChange: (filters: RegisterFilter) => void }) {
  const { say } = useWords()
  const regions = useRegions()
  return (
    <section className={styles['fields']} aria-label={say('order.filters')}>
      <TextInput
        type="search"
        name="search"
        label={say('register.search')}
        maxLength={80}
        value={filters.q ?? ''}
        onChange={event => onChange({ ...filters, q: event.currentTarget.value })}
      />
      <RegionSelect
        regions={regions.data}
        region={filters.region}
        onChoose={region => onChange({ ...filters, region })}
      />
      <NativeSelect
        name="state"
        label={say('register.state')}
        data={[
          { value: '', label: say('register.everyState') },
          ...STATION_STATES.map(value => ({ value, label: say(`register.states.${value}`) })),
        ]}
        value={filters.state ?? ''}
        onChange={event => {
          const { value } = event.currentTarget
          onChange({ ...filters, state: STATION_STATES.find(state => state === value) })
        }}
      />
      <NativeSelect
        name="host"
        label={say('register.everyHost')}
        data={[
          { value: '', label: say('register.everyHost') },
          ...HOST_KINDS.map(value => ({ value, label: say(`register.host.${value}`) })),
        ]}
        value={filters.host ?? ''}
        onChange={event => {
          const { value } = event.currentTarget
          onChange({ ...filters, host: HOST_KINDS.find(host => host === value) })
        }}
      />
    </section>
  )
}

/** What is shown, as files: for spreadsheets, for maps, and in the system that map makers in China draw in. */
function TakeAway({ filters }: { filters: RegisterFilter }) {
  const { say, language } = useWords()
  const [system, setSystem] = useState<(typeof COORDINATE_SYSTEMS)[number]>('WGS84')
  return (
    <details className={orders['disclosure']} data-form="take-away">
      <summary>{say('register.takeAway')}</summary>
      <div className={orders['form']}>
        <NativeSelect
          label={say('register.system')}
          data={COORDINATE_SYSTEMS.map(value => ({ value, label: say(`register.systems.${value}`) }))}
          value={system}
          onChange={event => setSystem(COORDINATE_SYSTEMS.find(one => one === event.currentTarget.value) ?? 'WGS84')}
        />
        <p className={orders['line']}>
          {(['xlsx', 'csv', 'pdf', 'geojson'] as const).map(format => (
            <a
              key={format}
              className={orders['link']}
              href={registerFilePath(filters, format, { system, language })}
              data-format={format}
              download
            >
              {say('register.export', { format: format.toUpperCase(), system })}
            </a>
          ))}
        </p>
        <a className={orders['link']} href="/api/v1/open-data/stations.geojson" download>
          {say('register.openData')}
        </a>
      </div>
    </details>
  )
}
