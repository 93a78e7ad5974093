import { FEEDBACK_TOPIC_ORDER, takesAppliance } from './topics.ts'
import type { ApplianceKind, FeedbackRequest, FeedbackTopic } from '@harbor/protocol'
import { useId, useMemo, useState } from 'react'
import { newKey } from '../station/visitor-api.ts'
import { PhotoChooser } from './photo-chooser.tsx'
import type { ShrunkPhoto } from './shrink-photo.ts'
import { StarChooser } from './star-chooser.tsx'
import { useVisitTexts } from './texts/texts.ts'

/** protocol, feedback.ts. */
const LONGEST_TEXT = 500

/** What was written, under the key that it keeps. */
export interface WrittenReport {
  request: FeedbackRequest
  photos: readonly Blob[]
}

interface ReportFormProps {
  query: string
  appliances: readonly { id: string; kind: ApplianceKind; model?: string | undefined }[]
  send: (report: WrittenReport) => Promise<void>
  /** Nothing more can be kept on this phone. */
  tooMany: boolean
}

/** The question first that decides all others; everything but the topic may be left out. */
export function ReportForm({ query, appliances, send, tooMany }: ReportFormProps) {
  const t = useVisitTexts()
  const id = useId()
  const chosen = useMemo(() => chosenBy(query), [query])
  const [topic, setTopic] = useState(chosen.topic)
  const [appliance, setAppliance] = useState(chosen.appliance)
  const [text, setText] = useState('')
  const [stars, setStars] = useState<number>()
  const [photos, setPhotos] = useState<readonly ShrunkPhoto[]>([])
  const [asked, setAsked] = useState(false)
  const [sending, setSending] = useState(false)

  const submit = async () => {
    if (topic === undefined) {
      setAsked(true)
      document.getElementById(`${id}-${FEEDBACK_TOPIC_ORDER[0]}`)?.focus()
      return
    }
    if (sending) return
    setSending(true)
    const words = text.trim()
    await send({
      request: {
        key: newKey(),
        topic,
        photos: photos.length,
        ...(takesAppliance(topic) && appliance !== undefined && { appliance }),
        ...(words !== '' && { text: words }),
        ...(stars !== undefined && { stars }),
      },
      photos: photos.map(({ blob }) => blob),
    })
    setSending(false)
  }
  const needsTopic = asked && topic === undefined
  return (
    <form
      className="report"
      noValidate
      onSubmit={event => {
        event.preventDefault()
        void submit()
      }}
    >
      <fieldset aria-describedby={needsTopic ? `${id}-need` : undefined}>
        <legend>{t('report.topic')}</legend>
        <div className="topics">
          {FEEDBACK_TOPIC_ORDER.map(one => (
            <label key={one} className="choice">
              <input
                id={`${id}-${one}`}
                type="radio"
                name="topic"
                value={one}
                checked={topic === one}
                onChange={() => setTopic(one)}
              />
              <span>{t(`topic.${one}`)}</span>
            </label>
          ))}
        </div>
        <p role="alert" id={`${id}-need`} className="need">
          {needsTopic && t('report.chooseTopic')}
        </p>
      </fieldset>
      {topic !== undefined && takesAppliance(topic) && appliances.length > 0 && (
        <fieldset>
          <legend>{t('report.appliance')}</legend>
          <div className="topics">
            {appliances.map(({ id: one, kind, model }) => (
              <label key={one} className="choice">
                <input
                  type="radio"
                  name="appliance"
                  value={one}
                  checked={appliance === one}
                  onChange={() => setAppliance(one)}
                />
                <span>{[t(`appliance.${kind}`), model].filter(part => part !== undefined).join(' ')}</span>
              </label>
            ))}
            <label className="choice">
              <input
                type="radio"
                name="appliance"
                value=""
                checked={!appliances.some(one => one.id === appliance)}
                onChange={() => setAppliance(undefined)}
              />
              <span>{t('report.applianceNone')}</span>
            </label>
          </div>
        </fieldset>
      )}
      <div className="field">
        <label htmlFor={`${id}-text`}>{t('report.text')}</label>
        <textarea
          id={`${id}-text`}
          rows={3}
          maxLength={LONGEST_TEXT}
          value={text}
          aria-describedby={`${id}-hint`}
          onInput={event => setText(event.currentTarget.value)}
        />
        <p id={`${id}-hint`} className="quiet">
          {t('report.textHint', { left: LONGEST_TEXT - text.length })}
        </p>
      </div>
      <PhotoChooser photos={photos} onChange={setPhotos} />
      <StarChooser stars={stars} onChange={setStars} />
      <p className="quiet">{t('report.privacy')}</p>
      {tooMany && (
        <p role="alert" className="need">
          {t('report.tooMany')}
        </p>
      )}
      <button type="submit" className="button wide" aria-disabled={sending}>
        {t('report.send')}
      </button>
    </form>
  )
}

function chosenBy(query: string): { topic: FeedbackTopic | undefined; appliance: string | undefined } {
  const asked = new URLSearchParams(query)
  const topic = FEEDBACK_TOPIC_ORDER.find(one => one === asked.get('topic'))
  const appliance = asked.get('appliance') ?? undefined
  return { topic, appliance: appliance !== undefined && /^[a-z0-9-]{1,40}$/.test(appliance) ? appliance : undefined }
}
