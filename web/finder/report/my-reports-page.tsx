import type { FeedbackStatus } from '@harbor/protocol'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { inLanguage, useFinder } from '../finder-context.ts'
import { ageText, clockText } from '../model/time-text.ts'
import { followInPage } from '../parts/station-card.tsx'
import { askServer } from '../station/visitor-api.ts'
import type { KeptReport } from './outbox.ts'
import { phoneOutbox } from './phone-outbox.ts'
import { useVisitTexts } from './texts/texts.ts'
import { VisitPage } from './visit-page.tsx'

/** What this phone has reported, and what became of each. */
export function MyReportsPage({ go }: { go: (path: string) => void }) {
  const t = useVisitTexts()
  const outbox = phoneOutbox()
  const { reports } = useSyncExternalStore(outbox.subscribe, outbox.getState)
  useEffect(() => {
    void outbox.open().then(() => outbox.flush())
  }, [outbox])
  return (
    <VisitPage title={t('mine.title')} back={{ path: '/', text: t('mine.toList') }} go={go}>
      {reports?.length === 0 && <p>{t('mine.none')}</p>}
      <ul className="mine" role="list">
        {reports?.map(report => (
          <MyReport key={report.request.key} report={report} go={go} />
        ))}
      </ul>
      <p className="quiet">{t('mine.private')}</p>
    </VisitPage>
  )
}

function MyReport({ report, go }: { report: KeptReport; go: (path: string) => void }) {
  const t = useVisitTexts()
  const finder = useFinder()
  const { language, nowMs } = finder
  const { request, station, applianceKind } = report
  const { status, failed, setStatus } = useStatus(report)
  const name = inLanguage(language, report.stationNameZh, report.stationNameEn)
  const about = [t(`topic.${request.topic}`), applianceKind && t(`appliance.${applianceKind}`)].filter(Boolean)
  const what = about.join(' · ')
  const state = report.state === 'sent' ? status?.state : report.state
  const path = `/s/${station}`
  return (
    <li className="block" data-report={request.topic} data-state={state}>
      <h2>{what}</h2>
      <p>
        <a className="inline-link" href={path} onClick={event => followInPage(event, () => go(path))}>
          {name}
        </a>{' '}
        <span className="quiet">{t('mine.written', { age: ageText(nowMs - report.writtenAtMs, finder.t) })}</span>
      </p>
      {request.text !== undefined && <p className="mine-text">{request.text}</p>}
      {state !== undefined && <p className="mine-state">{t(`state.${state}`)}</p>}
      {failed && <p className="quiet">{t('mine.failed')}</p>}
      {status?.promisedAt !== undefined && status.state === 'in_work' && (
        <p>{t('mine.promised', { time: clockText(Date.parse(status.promisedAt), nowMs, finder) })}</p>
      )}
      {status?.reply !== undefined && (
        <p className="mine-reply">
          <strong>{t('mine.reply')}</strong> {status.reply}
        </p>
      )}
      {status !== undefined && <IsItFixed requestKey={request.key} status={status} onAnswered={setStatus} />}
      {report.state !== 'waiting' && (
        <button
          type="button"
          className="plain-button"
          aria-label={t('mine.forgetLong', { what: `${what} · ${name}` })}
          onClick={() => void phoneOutbox().forget(request.key)}
        >
          {t('mine.forget')}
        </button>
      )}
    </li>
  )
}

/** What the server says became of a report. */
function useStatus({ request: { key }, state }: KeptReport) {
  const [status, setStatus] = useState<FeedbackStatus>()
  const [failed, setFailed] = useState(false)
  const isSent = state === 'sent'
  useEffect(() => {
    if (!isSent) return
    let gone = false
    const ask = () =>
      askServer(`/api/v1/feedback/${key}`).then(
        answer => {
          if (gone) return
          setStatus(answer as FeedbackStatus)
          setFailed(false)
        },
        () => {
          if (!gone) setFailed(true)
        },
      )
    void ask()
    window.addEventListener('online', ask)
    return () => {
      gone = true
      window.removeEventListener('online', ask)
    }
  }, [key, isSent])
  return { status, failed, setStatus }
}

interface IsItFixedProps {
  requestKey: string
  status: FeedbackStatus
  onAnswered: (status: FeedbackStatus) => void
}

/** The visitor has the last word on whether the work was done. */
function IsItFixed({ requestKey, status, onAnswered }: IsItFixedProps) {
  const t = useVisitTexts()
  const [failed, setFailed] = useState(false)
  const answer = async (fixed: boolean) => {
    try {
      await askServer(`/api/v1/feedback/${requestKey}/fixed`, { fixed })
      setFailed(false)
      onAnswered({ ...status, fixed })
    } catch {
      setFailed(true) // Whatever the reason, the answer is asked for again.
    }
  }
  if (status.fixed !== undefined) return <p role="status">{t(status.fixed ? 'mine.saidFixed' : 'mine.saidNotFixed')}</p>
  if (status.state !== 'fixed') return null
  return (
    <div className="is-fixed" role="group" aria-label={t('mine.isFixed')}>
      <p>
        <strong>{t('mine.isFixed')}</strong>
      </p>
      <button type="button" className="button" onClick={() => void answer(true)}>
        {t('mine.yes')}
      </button>
      <button type="button" className="button button-plain" onClick={() => void answer(false)}>
        {t('mine.no')}
      </button>
      <p role="status">{failed && t('mine.answerFailed')}</p>
    </div>
  )
}
