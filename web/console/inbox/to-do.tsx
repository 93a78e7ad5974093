import { Link } from 'react-router'
import { useTimeStyle } from '../console-context.ts'
import { titleOf } from '../notices/notice-words.tsx'
import { useNotices } from '../notices/use-notices.ts'
import { spanText } from '../rota/span-text.ts'
import { useMyRota } from '../rota/use-rota.ts'
import { useSession } from '../session/use-session.ts'
import { useStock } from '../stock/use-stock.ts'
import { useNow } from '../time/now.tsx'
import { localName, useWords } from '../words/words.tsx'
import styles from './inbox.module.css'

/** Notices and checks that are named; what is beyond is one line. */
const NAMED = 3
const EVERYTHING = new URLSearchParams()

/** What waits for a keeper beside broken things: the next shift, notices to answer, this month's check. Each is one tap away. */
export function ToDo() {
  const role = useSession().data?.role
  return role === 'keeper' ? <KeepersToDo /> : null
}

interface Line {
  /** Where it is done. */
  to: string
  kind: 'shift' | 'notice' | 'check'
  what: string
  text: string
  isUrgent: boolean
}

function KeepersToDo() {
  const { say } = useWords()
  const lines = [...useNextShift(), ...useNoticeLines(), ...useCheckLines()]
  // The region stays, so that screen readers hear of what comes.
  return (
    <section aria-label={say('inbox.toDo')} data-testid="to-do">
      {lines.length > 0 && (
        <ul className={styles['toDo']}>
          {lines.map(({ to, kind, what, text, isUrgent }) => (
            <li key={to}>
              <Link to={to} className="card" data-to-do={kind} data-urgent={isUrgent}>
                <strong>{what}</strong> <span>{text}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function useNextShift(): Line[] {
  const { say, language } = useWords()
  const style = useTimeStyle()
  const nowMs = useNow()
  const next = useMyRota().data?.mine.find(
    ({ state, to }) => (state === 'taken' || state === 'late' || state === 'present') && Date.parse(to) > nowMs,
  )
  if (next === undefined) return []
  const what = next.state === 'late' ? 'lateShift' : next.state === 'present' ? 'shiftNow' : 'nextShift'
  const station = localName(language, { nameZh: next.stationNameZh, nameEn: next.stationNameEn })
  const text = `${spanText(next, style)} · ${station}`
  return [{ to: '/rota', kind: 'shift', what: say(`inbox.${what}`), text, isUrgent: next.state === 'late' }]
}

function useNoticeLines(): Line[] {
  const { say, language } = useWords()
  const nowMs = useNow()
  const waiting = useNotices('standing').data?.notices.filter(({ toDo }) => toDo > 0) ?? []
  const lines = waiting.slice(0, NAMED).map(notice => ({
    to: `/notices/${encodeURIComponent(notice.id)}`,
    kind: 'notice' as const,
    what: say('inbox.answerNotice'),
    text: titleOf(language, notice),
    isUrgent: notice.severity === 'urgent' || (notice.deadline !== undefined && Date.parse(notice.deadline) < nowMs),
  }))
  const rest = { to: '/notices', kind: 'notice' as const, what: say('inbox.answerNotice'), isUrgent: false }
  const isMany = waiting.length > NAMED
  return isMany ? [...lines, { ...rest, text: say('inbox.moreToDo', { count: waiting.length - NAMED }) }] : lines
}

function useCheckLines(): Line[] {
  const { say, language } = useWords()
  const due = useStock(EVERYTHING).data?.checks.filter(({ isDue }) => isDue) ?? []
  const isMany = due.length > NAMED
  const lines = due.slice(0, NAMED).map(check => ({
    to: `/stock/check/${encodeURIComponent(check.station)}`,
    kind: 'check' as const,
    what: say('inbox.checkStock'),
    text: localName(language, { nameZh: check.stationNameZh, nameEn: check.stationNameEn }),
    isUrgent: false,
  }))
  const rest = { to: '/stock', kind: 'check' as const, what: say('inbox.checkStock'), isUrgent: false }
  return isMany ? [...lines, { ...rest, text: say('inbox.moreToDo', { count: due.length - NAMED }) }] : lines
}
