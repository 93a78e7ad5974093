import type { StationDetail, StationView } from '@harbor/protocol'
import { useState } from 'react'
import { useFinder } from '../finder-context.ts'
import { ageText } from '../model/time-text.ts'
import { followInPage } from '../parts/station-card.tsx'
import { Block } from './block.tsx'
import { reportPath } from './paths.ts'
import { useStationTexts } from './texts/texts.ts'
import { visitKeys } from './visit-keys.ts'
import { VisitorFailure, askServer } from './visitor-api.ts'

/** protocol, api.ts: what is older is not told. */
const TOLD_FOR_MS = 3 * 60 * 60_000
const CHOICES = ['open', 'locked', 'full', 'broken', 'clean'] as const
type Says = (typeof CHOICES)[number]

type Sending = { kind: 'idle' } | { kind: 'sending' | 'done'; says: Says } | { kind: 'failed'; why: VisitorFailure }

interface SaidProps {
  view: StationView
  detail: StationDetail | undefined
  go: (path: string) => void
}

/** What people who were there said, each with who and when; and the one tap to say so oneself. */
export function Said({ view, detail, go }: SaidProps) {
  const t = useStationTexts()
  const { t: say, nowMs, language } = useFinder()
  const told = view.said.filter(({ at }) => nowMs - Date.parse(at) <= TOLD_FOR_MS)
  return (
    <Block icon="check" title={t('said.title')}>
      {told.length === 0 && <p className="quiet">{t('said.none')}</p>}
      <ul className="said" role="list">
        {told.map(({ says, by, at, count }) => (
          <li key={`${says}-${by}`} data-said={says}>
            <strong>{t(`said.${says}`)}</strong>{' '}
            <span className="quiet">{t(`said.by.${by}`, { count, age: ageText(nowMs - Date.parse(at), say) })}</span>
          </li>
        ))}
      </ul>
      {detail?.rating !== undefined && <p>{t('said.rating', detail.rating)}</p>}
      {detail?.thanks !== undefined && <p>{t('said.thankYous', { count: detail.thanks })}</p>}
      <p>
        <a className="line-link" href={`/said/${view.id}?lang=${language}`}>
          {t('said.andDone')}
        </a>
      </p>
      <SayIt station={view.id} go={go} />
    </Block>
  )
}

function SayIt({ station, go }: { station: string; go: (path: string) => void }) {
  const t = useStationTexts()
  const [sending, setSending] = useState<Sending>({ kind: 'idle' })

  const send = async (says: Says) => {
    if (sending.kind === 'sending') return
    setSending({ kind: 'sending', says })
    try {
      // One key a day: tapped again, or tried again after a lost answer, it still counts once.
      await askServer(`/api/v1/stations/${station}/confirmations`, { key: visitKeys.toSay(station), says })
      setSending({ kind: 'done', says })
    } catch (error) {
      const why = error instanceof VisitorFailure ? error : new VisitorFailure('unreachable', 'not sent')
      setSending({ kind: 'failed', why })
    }
  }
  const report = reportPath(station, { topic: 'broken' })
  return (
    <div className="say-it">
      <p id="say-it">{t('said.ask')}</p>
      <div className="say-it-buttons" role="group" aria-labelledby="say-it">
        {CHOICES.map(says => (
          <button
            key={says}
            type="button"
            className="say"
            aria-disabled={sending.kind === 'sending'}
            onClick={() => void send(says)}
            data-says={says}
          >
            {t(`said.${says}`)}
          </button>
        ))}
      </div>
      <div role="status" className="say-it-answer" data-answer={sending.kind}>
        {sending.kind === 'sending' && <p className="quiet">{t('said.sending')}</p>}
        {sending.kind === 'done' && <p>{t('said.thanks', { says: t(`said.${sending.says}`) })}</p>}
        {sending.kind === 'failed' && <p>{failureText(sending.why, t)}</p>}
      </div>
      {sending.kind === 'done' && sending.says === 'broken' && (
        <a className="plain-button" href={report} onClick={event => followInPage(event, () => go(report))}>
          {t('said.brokenMore')}
        </a>
      )}
    </div>
  )
}

function failureText({ kind, retryAfterS }: VisitorFailure, t: ReturnType<typeof useStationTexts>): string {
  if (kind === 'limited') return t('said.limited', { minutes: Math.max(1, Math.ceil((retryAfterS ?? 600) / 60)) })
  return t(kind === 'refused' ? 'said.refused' : 'said.unreachable')
}
