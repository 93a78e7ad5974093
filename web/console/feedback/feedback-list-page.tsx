import { FEEDBACK_TOPICS } from '@harbor/protocol'
import { Button, NativeSelect, SegmentedControl, Skeleton } from '@mantine/core'
import { Link, useSearchParams } from 'react-router'
import { RegionSelect } from '../region/region-select.tsx'
import { useRegions } from '../region/use-regions.ts'
import { Failure } from '../shell/failure.tsx'
import { CheckIcon } from '../shell/icons.tsx'
import { Page } from '../shell/page.tsx'
import { useWords } from '../words/words.tsx'
import {
  FEEDBACK_STATE_FILTERS,
  type FeedbackFilters,
  readFeedbackFilters,
  writeFeedbackFilters,
} from './feedback-filters.ts'
import styles from './feedback.module.css'
import { FeedbackRow } from './feedback-row.tsx'
import { useFeedback } from './use-feedback.ts'

/** What visitors say, live. */
export function FeedbackListPage() {
  const { say } = useWords()
  const [query, setQuery] = useSearchParams()
  const filters = readFeedbackFilters(query)
  const list = useFeedback(filters)
  const shown = list.data?.feedback
  const setFilters = (next: FeedbackFilters) =>
    setQuery(writeFeedbackFilters(next), { replace: true, preventScrollReset: true })
  return (
    <Page
      title={say('feedback.title')}
      aside={
        shown !== undefined &&
        shown.length > 0 && <p className="quiet">{say('feedback.count', { count: shown.length })}</p>
      }
    >
      <p>
        <Link to={`/voices?${new URLSearchParams(filters.station === undefined ? {} : { station: filters.station })}`}>
          {say('voices.fromDesk')}
        </Link>
      </p>
      <Filters filters={filters} onChange={setFilters} />
      {shown === undefined && list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {shown === undefined && !list.isError && <Loading />}
      {shown !== undefined && shown.length === 0 && <Nothing filters={filters} />}
      {shown !== undefined && shown.length > 0 && (
        <ul className={styles['list']}>
          {shown.map(report => (
            <FeedbackRow key={report.id} report={report} />
          ))}
        </ul>
      )}
      {list.data?.next !== undefined && <p className="quiet">{say('feedback.more')}</p>}
    </Page>
  )
}

function Filters({ filters, onChange }: { filters: FeedbackFilters; onChange: (filters: FeedbackFilters) => void }) {
  const { say } = useWords()
  const regions = useRegions().data
  return (
    <section className={styles['bar']} aria-label={say('feedback.filters')}>
      <SegmentedControl
        aria-label={say('feedback.state')}
        data={FEEDBACK_STATE_FILTERS.map(value => ({ value, label: say(`feedback.${value}`) }))}
        value={filters.state}
        onChange={state => onChange({ ...filters, state })}
      />
      <NativeSelect
        aria-label={say('feedback.topicFilter')}
        data={[
          { value: '', label: say('feedback.everyTopic') },
          ...FEEDBACK_TOPICS.map(value => ({ value, label: say(`feedback.topic.${value}`) })),
        ]}
        value={filters.topic ?? ''}
        onChange={event => {
          const { value } = event.currentTarget
          onChange({ ...filters, topic: FEEDBACK_TOPICS.find(topic => topic === value) })
        }}
      />
      {(regions?.districts.length ?? 0) > 1 && (
        <RegionSelect regions={regions} region={filters.region} onChoose={region => onChange({ ...filters, region })} />
      )}
      {filters.station !== undefined && (
        <Button variant="default" onClick={() => onChange({ ...filters, station: undefined })}>
          {say('feedback.everyStation')}
        </Button>
      )}
    </section>
  )
}

function Nothing({ filters }: { filters: FeedbackFilters }) {
  const { say } = useWords()
  const isUsual =
    filters.state === 'open' &&
    filters.topic === undefined &&
    filters.station === undefined &&
    filters.region === undefined
  return (
    <div className={`card ${styles['empty']}`} data-testid="nothing-said">
      <span className={styles['good']}>
        <CheckIcon />
      </span>
      <h2>{say(isUsual ? 'feedback.emptyTitle' : 'feedback.noMatch')}</h2>
      {isUsual && <p className="quiet">{say('feedback.emptyText')}</p>}
    </div>
  )
}

function Loading() {
  const { say } = useWords()
  return (
    <div className={styles['list']} aria-busy="true">
      <p className="for-screen-readers">{say('loading')}</p>
      {[0, 1, 2].map(row => (
        <Skeleton key={row} height={140} radius="md" />
      ))}
    </div>
  )
}
