import { TWIN_PROBLEMS, TWIN_STATES, type TwinPage, type TwinRow } from '@harbor/protocol'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type RefObject, useRef } from 'react'
import { Link, useSearchParams } from 'react-router'
import { RegionSelect } from '../../region/region-select.tsx'
import { useRegions } from '../../region/use-regions.ts'
import { useSession } from '../../session/use-session.ts'
import { Failure } from '../../shell/failure.tsx'
import { LoadingRows } from '../../shell/list-states.tsx'
import { FLEET_ROLES } from '../../shell/nav-entries.ts'
import { Page } from '../../shell/page.tsx'
import { KeptFrom } from '../../offline/kept-from.tsx'
import { useWords } from '../../words/words.tsx'
import styles from '../fleet.module.css'
import { Pager, usePlace } from '../pager.tsx'
import { FLEET_LIVE, useFleet } from '../use-fleet.ts'
import { type TwinFilters, readTwinFilters, writeTwinFilters } from './twin-filters.ts'
import { TwinRowView } from './twin-row.tsx'
import { STATE_TONES } from './twin-words.ts'

/** Rows of one page. */
const ROWS = 100
/** Asked again by itself beside the live events: some states come by silence alone. */
const REFETCH_MS = 20_000

/** Every gateway: what it is to be against what it says it is; drift comes to the eye first. */
export function GatewayListPage() {
  const { say } = useWords()
  const [query, setQuery] = useSearchParams()
  const filters = readTwinFilters(query)
  const asked = writeTwinFilters(filters)
  const place = usePlace(asked.toString())
  const list = useRef<HTMLUListElement>(null)
  asked.set('limit', String(ROWS))
  if (place.after !== undefined) asked.set('after', place.after)
  const page = useFleet({
    key: [FLEET_LIVE, 'twins', asked.toString()],
    ask: (api, signal) => api.twin.list(asked.toString(), signal),
    everyMs: REFETCH_MS,
    keepBefore: true,
  })
  const set = (change: TwinFilters) =>
    setQuery(writeTwinFilters({ ...filters, ...change }), { replace: true, preventScrollReset: true })
  const { data } = page
  const isNarrowed = writeTwinFilters(filters).size > 0
  return (
    <Page
      title={say('fleet.title')}
      aside={data !== undefined && <p className="quiet">{say('fleet.count', { count: data.total })}</p>}
    >
      {data !== undefined && <States states={data.states} chosen={filters.state} onChoose={state => set({ state })} />}
      <Filters filters={filters} onChange={set} />
      {data !== undefined && page.isError && <KeptFrom atMs={page.dataUpdatedAt} />}
      {data === undefined && page.isError && <Failure error={page.error} retry={() => void page.refetch()} />}
      {data === undefined && !page.isError && <LoadingRows />}
      {data?.gateways.length === 0 && (
        <div className={`card ${styles['empty']}`} data-testid="no-gateways">
          <h2>{say(isNarrowed ? 'fleet.noneSuch' : 'fleet.none')}</h2>
          {isNarrowed && (
            <Button variant="default" onClick={() => setQuery({}, { replace: true })}>
              {say('alerts.clearFilters')}
            </Button>
          )}
        </div>
      )}
      <Rows rows={data?.gateways} list={list} />
      {data !== undefined && <Pager place={place} next={data.next} list={list} />}
    </Page>
  )
}

interface RowsProps {
  rows: readonly TwinRow[] | undefined
  list: RefObject<HTMLUListElement | null>
}

function Rows({ rows, list }: RowsProps) {
  return (
    <ul ref={list} className={styles['list']} data-testid="gateways">
      {rows?.map(row => (
        <TwinRowView key={row.gateway} row={row} />
      ))}
    </ul>
  )
}

interface StatesProps {
  states: TwinPage['states']
  chosen: TwinFilters['state']
  onChoose: (state: TwinFilters['state']) => void
}

/** How many gateways are in each state; a press shows them alone. */
function States({ states, chosen, onChoose }: StatesProps) {
  const { say } = useWords()
  return (
    <section className={styles['tiles']} aria-label={say('fleet.stateLabel')}>
      {TWIN_STATES.map(state => (
        <button
          key={state}
          type="button"
          className={styles['tile']}
          data-state={state}
          data-tone={(states[state] ?? 0) === 0 ? 'calm' : STATE_TONES[state]}
          aria-pressed={chosen === state}
          onClick={() => onChoose(chosen === state ? undefined : state)}
        >
          <b className="numbers">{states[state] ?? 0}</b>
          <span>{say(`fleet.state.${state}`)}</span>
        </button>
      ))}
    </section>
  )
}

function Filters({ filters, onChange }: { filters: TwinFilters; onChange: (change: TwinFilters) => void }) {
  const { say } = useWords()
  const regions = useRegions().data
  const role = useSession().data?.role
  const isFleet = role !== undefined && FLEET_ROLES.includes(role)
  const tags = useFleet({ key: ['tags'], ask: (api, signal) => api.twin.tags(signal) }).data?.tags
  const orNone = (value: string) => (value === '' ? undefined : value)
  return (
    <section className={styles['fields']} aria-label={say('order.filters')}>
      <TextInput
        type="search"
        name="text"
        label={say('fleet.search')}
        maxLength={80}
        value={filters.text ?? ''}
        onChange={event => onChange({ text: event.currentTarget.value })}
      />
      <RegionSelect regions={regions} region={filters.region} onChoose={region => onChange({ region })} />
      <NativeSelect
        name="problem"
        label={say('fleet.problemLabel')}
        data={[
          { value: '', label: say('fleet.everyProblem') },
          ...TWIN_PROBLEMS.map(value => ({ value, label: say(`fleet.problem.${value}`) })),
        ]}
        value={filters.problem ?? ''}
        onChange={event => {
          const { value } = event.currentTarget
          onChange({ problem: TWIN_PROBLEMS.find(problem => problem === value) })
        }}
      />
      {tags !== undefined && tags.length > 0 && (
        <NativeSelect
          name="tag"
          label={say('fleet.tag')}
          data={[
            { value: '', label: say('fleet.everyTag') },
            ...tags.map(({ tag, gateways }) => ({ value: tag, label: `${tag} (${gateways})` })),
          ]}
          value={filters.tag ?? ''}
          onChange={event => onChange({ tag: orNone(event.currentTarget.value) })}
        />
      )}
      {(['profile', 'software'] as const).map(
        name =>
          filters[name] !== undefined && (
            <Button key={name} variant="default" onClick={() => onChange({ [name]: undefined })}>
              {say('fleet.only', { name: say(`fleet.fact.${name}`), value: filters[name] })} ✕
            </Button>
          ),
      )}
      {isFleet && (
        <Link className={styles['link']} to={`/fleet/new-rollout?${writeTwinFilters(filters)}`}>
          {say('rollout.ofThese')}
        </Link>
      )}
    </section>
  )
}
