import type { NoticeView } from '@harbor/protocol'
import { Button, Skeleton } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'react-router'
import { Failure } from '../shell/failure.tsx'
import { Page } from '../shell/page.tsx'
import { TakeAwayTable } from '../table/take-away-table.tsx'
import { useWords } from '../words/words.tsx'
import { NoticeFacts, Progress, titleOf } from './notice-words.tsx'
import styles from './notices.module.css'
import { useNotices } from './use-notices.ts'

/** Orders: what waits for the person first, then what stands. */
export function NoticeListPage() {
  const { say } = useWords()
  const [showsPast, setShowsPast] = useState(false)
  const list = useNotices(showsPast ? 'all' : 'standing')
  const notices = list.data?.notices
  const toDo = notices?.filter(one => one.toDo > 0) ?? []
  const others = notices?.filter(one => one.toDo === 0 && one.state === 'standing') ?? []
  const past = notices?.filter(one => one.state !== 'standing') ?? []
  return (
    <Page title={say('notices.title')}>
      <p className="quiet">{say('notices.intro')}</p>
      {list.data?.mayIssue === true && (
        <p className={styles['ways']}>
          <Button component={Link} to="/notices/new">
            {say('notices.write')}
          </Button>
          <Link to="/heat" className={styles['way']}>
            {say('notices.heat')}
          </Link>
        </p>
      )}
      {notices === undefined && list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {notices === undefined && !list.isError && (
        <div aria-busy="true">
          <p className="for-screen-readers">{say('loading')}</p>
          <Skeleton height={96} radius="md" />
        </div>
      )}
      {notices !== undefined && (
        <>
          {notices.length === 0 && (
            <div className={`card ${styles['row']}`} data-testid="no-notices">
              <p>{say(list.data?.mayIssue === true ? 'notices.noneYet' : 'notices.none')}</p>
            </div>
          )}
          <Section title={say('notices.toDo')} notices={toDo} empty={say('notices.nothingToDo')} name="to-do" />
          {others.length > 0 && <Section title={say('notices.standing')} notices={others} name="standing" />}
          {showsPast && <Section title={say('notices.past')} notices={past} empty={say('notices.none')} name="past" />}
          <Button variant="default" onClick={() => setShowsPast(!showsPast)}>
            {say(showsPast ? 'notices.hidePast' : 'notices.showPast')}
          </Button>
          {notices.length > 0 && (
            <TakeAwayTable path="notices" query={new URLSearchParams({ state: showsPast ? 'all' : 'standing' })} />
          )}
        </>
      )}
    </Page>
  )
}

interface SectionProps {
  title: string
  notices: readonly NoticeView[]
  name: string
  /** Said when there is none. */
  empty?: string
}

function Section({ title, notices, name, empty }: SectionProps) {
  const { say, language } = useWords()
  return (
    <section className={styles['stack']} data-section={name}>
      <h2>{title}</h2>
      {notices.length === 0 && <p className="quiet">{empty}</p>}
      <ul className={styles['list']}>
        {notices.map(notice => (
          <li key={notice.id} className={`card ${styles['row']}`} data-severity={notice.severity}>
            <h3>
              <Link to={`/notices/${notice.id}`}>{titleOf(language, notice)}</Link>
            </h3>
            <NoticeFacts notice={notice} />
            {notice.toDo > 0 && <p>{say('notices.mine', { count: notice.toDo })}</p>}
            <Progress notice={notice} />
          </li>
        ))}
      </ul>
    </section>
  )
}
