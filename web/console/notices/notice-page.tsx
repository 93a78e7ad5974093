import { type NoticeDetail, RECEIPT_STATES, type ReceiptState } from '@harbor/protocol'
import { Button, NativeSelect, Skeleton, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { Link, useParams } from 'react-router'
import { newKey } from '../checklists/draft.ts'
import { useTimeStyle } from '../console-context.ts'
import { Failure, failureText } from '../shell/failure.tsx'
import { BackIcon } from '../shell/icons.tsx'
import { Page } from '../shell/page.tsx'
import { TakeAwayTable } from '../table/take-away-table.tsx'
import { clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { type Say, localName, useWords } from '../words/words.tsx'
import { MyReceipts, Photos } from './my-receipts.tsx'
import { NoticeFacts, Progress, noteText, titleOf } from './notice-words.tsx'
import styles from './notices.module.css'
import { useNotice, useNoticeAct } from './use-notices.ts'

/** Receipts in the table at first. */
const SHOWN = 50
const UNREAD: readonly ReceiptState[] = ['sent', 'failed', 'delivered']

/** One order: its words, what the person answers, and for who wrote it how far everybody is. */
export function NoticePage() {
  const { say, language } = useWords()
  const { id = '' } = useParams()
  const asked = useNotice(id)
  const notice = asked.data
  return (
    <Page title={notice === undefined ? say('notices.title') : titleOf(language, notice)}>
      <p>
        <Link to="/notices" className={styles['way']}>
          <BackIcon /> {say('notices.back')}
        </Link>
      </p>
      {notice === undefined && asked.isError && <Failure error={asked.error} retry={() => void asked.refetch()} />}
      {notice === undefined && !asked.isError && <Skeleton height={160} radius="md" />}
      {notice !== undefined && <Content notice={notice} />}
    </Page>
  )
}

function Content({ notice }: { notice: NoticeDetail }) {
  const { language } = useWords()
  useReadOnce(notice)
  return (
    <div className={styles['stack']}>
      <div className={`card ${styles['row']}`} data-severity={notice.severity}>
        <NoticeFacts notice={notice} />
        <p className={styles['text']}>{language === 'zh' ? notice.textZh : notice.textEn}</p>
      </div>
      <MyReceipts notice={notice} />
      <Progress notice={notice} />
      {notice.isYours && notice.state === 'standing' && <IssuerActs notice={notice} />}
      <Receipts notice={notice} />
      <History notice={notice} />
    </div>
  )
}

/** Whoever opens an order has read it: said once. */
function useReadOnce(notice: NoticeDetail) {
  const read = useNoticeAct(
    (api, receipts: number[]) => api.act(notice.id, { act: 'read', receipts, key: newKey() }),
    '',
  )
  const said = useRef<string>(undefined)
  const unread = notice.receipts.filter(({ isYours, state }) => isYours && UNREAD.includes(state)).map(({ n }) => n)
  useEffect(() => {
    if (unread.length === 0 || said.current === notice.id) return
    said.current = notice.id
    read.mutate(unread)
  })
}

function IssuerActs({ notice }: { notice: NoticeDetail }) {
  const { say } = useWords()
  const [isEnding, setIsEnding] = useState(false)
  const [reason, setReason] = useState('')
  const remind = useNoticeAct(api => api.remind(notice.id), say('notices.reminded'))
  const withdraw = useNoticeAct(api => api.withdraw(notice.id, reason), say('notices.withdrawn'))
  const failed = remind.error ?? withdraw.error
  return (
    <div className={styles['stack']}>
      <p className={styles['acts']}>
        <Button
          variant="default"
          aria-disabled={remind.isPending}
          onClick={() => remind.isPending || remind.mutate(undefined)}
        >
          {say('notices.remind')}
        </Button>
        <Button component={Link} to={`/notices/new?instead=${notice.id}`} variant="default">
          {say('notices.replace')}
        </Button>
        <Button variant="default" onClick={() => setIsEnding(!isEnding)} aria-expanded={isEnding}>
          {say('notices.withdraw')}
        </Button>
      </p>
      {isEnding && (
        <>
          <TextInput
            label={say('notices.withdrawWhy')}
            maxLength={300}
            value={reason}
            onChange={event => setReason(event.currentTarget.value)}
          />
          <Button
            color="red"
            aria-disabled={reason.trim() === '' || withdraw.isPending}
            onClick={() => reason.trim() === '' || withdraw.isPending || withdraw.mutate(undefined)}
          >
            {say('notices.withdrawSure')}
          </Button>
        </>
      )}
      {remind.isSuccess && <p role="status">{say('notices.reminded')}</p>}
      {failed !== null && (
        <p role="alert" className={styles['problem']}>
          {say('notices.failed', { reason: failureText(failed, say) })}
        </p>
      )}
    </div>
  )
}

function Receipts({ notice }: { notice: NoticeDetail }) {
  const { say, language } = useWords()
  const style = useTimeStyle()
  const now = useNow()
  const [state, setState] = useState<ReceiptState>()
  const [count, setCount] = useState(SHOWN)
  const chosen = notice.receipts.filter(one => state === undefined || one.state === state)
  return (
    <section className={styles['stack']}>
      <h2>{say('notices.addressees')}</h2>
      <NativeSelect
        label={say('notices.filter')}
        data={[
          { value: '', label: say('notices.all') },
          ...RECEIPT_STATES.map(value => ({ value, label: say(`notices.receipt.${value}`) })),
        ]}
        value={state ?? ''}
        onChange={event => setState(RECEIPT_STATES.find(one => one === event.currentTarget.value))}
      />
      <div className={styles['scroll']} role="region" aria-label={say('notices.addressees')} tabIndex={0}>
        <table className={styles['table']}>
          <thead>
            <tr>
              <th scope="col">{say('notices.station')}</th>
              <th scope="col">{say('notices.stateOf')}</th>
              <th scope="col">{say('notices.when')}</th>
              <th scope="col">{say('notices.note')}</th>
            </tr>
          </thead>
          <tbody>
            {chosen.slice(0, count).map(one => (
              <tr key={one.n} data-row={one.n} data-state={one.state}>
                <td>{localName(language, one)}</td>
                <td>{say(`notices.receipt.${one.state}`)}</td>
                <td>{clockText(Date.parse(one.at), now, style)}</td>
                <td>
                  {[one.by, noteText(one.note, say)].filter(text => text !== undefined && text !== '').join(' · ')}
                  <Photos receipt={one} name={localName(language, one)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <TakeAwayTable path="notice-receipts" query={new URLSearchParams({ notice: notice.id })} />
      {chosen.length > count && (
        <Button variant="default" onClick={() => setCount(count + 10 * SHOWN)}>
          {say('notices.more', { count: Math.min(10 * SHOWN, chosen.length - count) })}
        </Button>
      )}
    </section>
  )
}

function History({ notice }: { notice: NoticeDetail }) {
  const { say, language } = useWords()
  const style = useTimeStyle()
  const now = useNow()
  const names = new Map(notice.receipts.map(one => [one.n, localName(language, one)]))
  return (
    <details className={styles['disclosure']}>
      <summary>{say('notices.history')}</summary>
      <ol className="quiet">
        {notice.steps.map(({ seq, at, what, n, by, note }) => (
          <li key={seq}>
            {clockText(Date.parse(at), now, style)} · {stepText(what, note, say)}
            {n !== undefined && ` · ${names.get(n) ?? ''}`}
            {by !== undefined && ` · ${by}`}
          </li>
        ))}
      </ol>
    </details>
  )
}

function stepText(what: string, note: string | undefined, say: Say): string {
  switch (what) {
    case 'issued':
    case 'reminded':
      return say(`notices.step.${what}`, { note: note ?? '' })
    case 'superseded':
    case 'remind':
    case 'escalate':
    case 'escalate_city':
    case 'deliver':
    case 'read':
    case 'accept':
    case 'photo':
      return say(`notices.step.${what}`)
    case 'withdrawn':
    case 'ended':
    case 'fail':
    case 'done':
    case 'decline':
      return [say(`notices.step.${what}`), noteText(note, say)].filter(text => text !== '').join(': ')
    default:
      return what
  }
}
