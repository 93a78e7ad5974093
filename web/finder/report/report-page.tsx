import type { StationDetail } from '@harbor/protocol'
import { useState, useSyncExternalStore } from 'react'
import { inLanguage, useFinder } from '../finder-context.ts'
import { followInPage } from '../parts/station-card.tsx'
import { MY_REPORTS_PATH } from '../station/paths.ts'
import type { KeptReport, OutboxState } from './outbox.ts'
import { phoneOutbox } from './phone-outbox.ts'
import { ReportForm, type WrittenReport } from './report-form.tsx'
import { useVisitTexts } from './texts/texts.ts'
import { useDetail } from './use-detail.ts'
import { VisitPage } from './visit-page.tsx'

interface ReportPageProps {
  station: string
  /** Of the address: what is chosen already. */
  query: string
  go: (path: string) => void
}

/** Where a visitor says what is wrong with a station, or thanks for it. */
export function ReportPage({ station, query, go }: ReportPageProps) {
  const t = useVisitTexts()
  const { language, nowMs } = useFinder()
  const { detail, missing } = useDetail(station)
  const outbox = phoneOutbox()
  const state = useSyncExternalStore(outbox.subscribe, outbox.getState)
  const [sentKey, setSentKey] = useState<string>()
  const [tooMany, setTooMany] = useState(false)
  const name = detail === undefined ? undefined : inLanguage(language, detail.nameZh, detail.nameEn)
  const kept = state.reports?.find(({ request }) => request.key === sentKey)

  const send = async (written: WrittenReport) => {
    const taken = await outbox.add(keptReport(written, { station, detail, nowMs }))
    setTooMany(!taken)
    if (!taken) return
    setSentKey(written.request.key)
    window.scrollTo(0, 0)
    void outbox.flush()
  }
  return (
    <VisitPage
      title={t('report.title')}
      place={name}
      back={{ path: `/s/${station}`, text: t('report.toStation') }}
      go={go}
    >
      {missing && <p>{t('refused.hint')}</p>}
      {!missing && kept === undefined && (
        <ReportForm query={query} appliances={detail?.appliances ?? []} send={send} tooMany={tooMany} />
      )}
      {kept !== undefined && (
        <>
          <Outcome report={kept} state={state} />
          <p className="visit-links">
            <a
              className="button"
              href={MY_REPORTS_PATH}
              onClick={event => followInPage(event, () => go(MY_REPORTS_PATH))}
            >
              {t('mine.title')}
            </a>
            <button type="button" className="plain-button" onClick={() => setSentKey(undefined)}>
              {t('report.another')}
            </button>
          </p>
        </>
      )}
    </VisitPage>
  )
}

function keptReport(
  { request, photos }: WrittenReport,
  { station, detail, nowMs }: { station: string; detail: StationDetail | undefined; nowMs: number },
): KeptReport {
  return {
    request: { ...request, writtenAt: new Date(nowMs).toISOString() },
    station,
    stationNameZh: detail?.nameZh ?? station,
    stationNameEn: detail?.nameEn ?? station,
    applianceKind: detail?.appliances.find(({ id }) => id === request.appliance)?.kind,
    writtenAtMs: nowMs,
    state: 'waiting',
    told: false,
    photosDone: 0,
    photos,
    photosRefused: 0,
  }
}

/** What is happening to the report that was just written. */
function Outcome({ report, state }: { report: KeptReport; state: OutboxState }) {
  const t = useVisitTexts()
  const { request, photosRefused } = report
  const progress = state.progress?.key === request.key ? state.progress : undefined
  return (
    <div role="status" className={`outcome outcome-${report.state}`} data-state={report.state}>
      {report.state === 'sent' && (
        <>
          <h2>{t('sent.title')}</h2>
          <p>{t(request.topic === 'thanks' ? 'sent.thanksHint' : 'sent.hint')}</p>
          {photosRefused > 0 && <p>{t('sent.photosRefused', { count: photosRefused })}</p>}
        </>
      )}
      {report.state === 'refused' && (
        <>
          <h2>{t('refused.title')}</h2>
          <p>{t('refused.hint')}</p>
        </>
      )}
      {report.state === 'waiting' && progress === undefined && (
        <>
          <h2>{t('waiting.title')}</h2>
          <p>{t(state.stopped === 'limited' ? 'waiting.limited' : 'waiting.offline')}</p>
        </>
      )}
      {report.state === 'waiting' && progress !== undefined && (
        <>
          <p>
            {progress.photo === 0
              ? t('waiting.sending')
              : t('waiting.photo', { number: progress.photo, count: request.photos })}
          </p>
          <progress
            className="upload"
            aria-label={t('waiting.sending')}
            max={1 + request.photos}
            value={progress.photo + progress.share}
          />
        </>
      )}
    </div>
  )
}
