import { useState } from 'react'
import { inLanguage, useFinder } from '../finder-context.ts'
import { useVisitTexts } from '../report/texts/texts.ts'
import { useDetail } from '../report/use-detail.ts'
import { VisitPage } from '../report/visit-page.tsx'
import { visitKeys } from '../station/visit-keys.ts'
import { VisitorFailure, askServer } from '../station/visitor-api.ts'

/** protocol, feedback.ts. */
const CODE = /^[a-z0-9]{10,32}$/

type Outcome = 'idle' | 'sending' | 'here' | 'left' | 'badCode' | 'limited' | 'unreachable'

const OUTCOME_TEXTS = {
  sending: 'door.sending',
  here: 'door.doneHere',
  left: 'door.doneLeaving',
  badCode: 'door.badCode',
  limited: 'door.limited',
  unreachable: 'door.unreachable',
} as const

interface DoorPageProps {
  station: string
  /** Of the address: it holds the code on the door. */
  query: string
  go: (path: string) => void
}

/** The address in the code on a door: one tap says that somebody comes or goes, without saying who. */
export function DoorPage({ station, query, go }: DoorPageProps) {
  const t = useVisitTexts()
  const { language } = useFinder()
  const { detail } = useDetail(station)
  const [outcome, setOutcome] = useState<Outcome>('idle')
  const code = new URLSearchParams(query).get('c') ?? ''
  const path = `/s/${station}`
  const name = detail === undefined ? undefined : inLanguage(language, detail.nameZh, detail.nameEn)

  const tell = async (what: 'here' | 'left') => {
    if (outcome === 'sending') return
    setOutcome('sending')
    const leaving = what === 'left'
    // Tapped again, or tried again after a lost answer, coming and going still count once.
    const key = leaving ? visitKeys.toGo(station) : visitKeys.toCome(station)
    try {
      await askServer(`/api/v1/stations/${station}/check-ins`, { key, code, leaving })
      if (leaving) visitKeys.left(station)
      setOutcome(what)
    } catch (error) {
      const kind = error instanceof VisitorFailure ? error.kind : 'unreachable'
      setOutcome(kind === 'refused' ? 'badCode' : kind)
    }
  }
  return (
    <VisitPage title={t('door.title')} place={name} back={{ path, text: t('door.toStation') }} go={go}>
      {CODE.test(code) ? (
        <div className="door">
          <button
            type="button"
            className="button wide"
            aria-disabled={outcome === 'sending'}
            onClick={() => void tell('here')}
          >
            {t('door.here')}
          </button>
          <button
            type="button"
            className="button button-plain wide"
            aria-disabled={outcome === 'sending'}
            onClick={() => void tell('left')}
          >
            {t('door.leaving')}
          </button>
          <p role="status" className="door-outcome" data-outcome={outcome}>
            {outcome !== 'idle' && t(OUTCOME_TEXTS[outcome])}
          </p>
        </div>
      ) : (
        <p className="door-outcome">{t('door.noCode')}</p>
      )}
      {CODE.test(code) && (
        <p>
          {/* Signed in or not is asked there: this page knows nobody. */}
          <a className="line-link" href={`/console/rota?${new URLSearchParams({ code })}`}>
            {t('door.shift')}
          </a>
        </p>
      )}
      <p>{t('door.optional')}</p>
      <p className="quiet">{t('door.privacy')}</p>
      <p className="quiet">{t('door.privacyMore')}</p>
    </VisitPage>
  )
}
