import { type NoticeView, RECEIPT_STATES, type ReceiptState } from '@harbor/protocol'
import { useTimeStyle } from '../console-context.ts'
import { clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { type Words, useWords } from '../words/words.tsx'
import styles from './notices.module.css'

/** An order's title and text in the page's language. */
export function titleOf(language: Words['language'], notice: Pick<NoticeView, 'titleZh' | 'titleEn'>): string {
  return language === 'zh' ? notice.titleZh : notice.titleEn
}

/** Words for a stored reason that is a key, or what somebody wrote. */
export function noteText(note: string | undefined, say: Words['say']): string {
  switch (note) {
    case undefined:
      return ''
    case 'no_keeper':
    case 'no_way':
    case 'display':
    case 'heat_over':
      return say(`notices.why.${note}`)
    default:
      return note
  }
}

/** Kind, urgency, deadline and what else is said of an order in a line. */
export function NoticeFacts({ notice }: { notice: NoticeView }) {
  const { say } = useWords()
  const style = useTimeStyle()
  const now = useNow()
  const { deadline, hours, state } = notice
  const at = deadline === undefined ? '' : clockText(Date.parse(deadline), now, style)
  const isLate = deadline !== undefined && Date.parse(deadline) < now
  return (
    <ul className={`quiet ${styles['facts']}`}>
      <li>{say(`notices.severity.${notice.severity}`)}</li>
      <li>{say(`notices.kind.${notice.kind}`)}</li>
      {state !== 'standing' && <li>{say(`notices.state.${state}`)}</li>}
      {deadline !== undefined && <li>{say(isLate ? 'notices.overdue' : 'notices.deadline', { at })}</li>}
      {hours !== undefined && (
        <li>{say('notices.hours', { from: hours.from, to: hours.to, until: hours.openUntil })}</li>
      )}
      {notice.untilHeatEndsIn !== undefined && <li>{say('notices.untilHeat')}</li>}
      {notice.isPublic && <li>{say('notices.public')}</li>}
      {notice.needsPhoto && <li>{say('notices.needsPhoto')}</li>}
      <li>
        {say('notices.by', { name: notice.issuedBy })} · {clockText(Date.parse(notice.issuedAt), now, style)}
      </li>
    </ul>
  )
}

/** From what is done to what has only been sent. */
const SHOWN: readonly ReceiptState[] = ['done', 'accepted', 'read', 'delivered', 'sent', 'failed', 'declined']

/** How far all addressees are: a bar, and the same in numbers that add up. */
export function Progress({ notice }: { notice: NoticeView }) {
  const { say } = useWords()
  const { counts, addressees } = notice
  const countOf = (state: ReceiptState) => counts[state] ?? 0
  return (
    <div data-testid="progress">
      <p>
        {say('notices.progressText', { done: countOf('done'), all: addressees })}
        {notice.escalated > 0 && ` · ${say('notices.escalated', { count: notice.escalated })}`}
      </p>
      <div className={styles['bar']} aria-hidden="true">
        {SHOWN.map(state => (
          <span key={state} data-state={state} style={{ flexGrow: countOf(state) }} />
        ))}
      </div>
      <ul className={`quiet ${styles['legend']}`}>
        {RECEIPT_STATES.filter(state => countOf(state) > 0).map(state => (
          <li key={state} data-count={state}>
            {say(`notices.receipt.${state}`)} {countOf(state)}
          </li>
        ))}
      </ul>
    </div>
  )
}
