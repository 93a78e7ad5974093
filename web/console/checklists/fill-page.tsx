import { Button, Skeleton } from '@mantine/core'
import type { ChecklistTemplate } from '@harbor/protocol'
import { useEffect, useRef, useState } from 'react'
import { useNavigate, useParams, useSearchParams } from 'react-router'
import { useConsole } from '../console-context.ts'
import { useSession } from '../session/use-session.ts'
import { Failure } from '../shell/failure.tsx'
import { Page } from '../shell/page.tsx'
import { useStation } from '../stations/use-stations.ts'
import { localName, useWords } from '../words/words.tsx'
import styles from './checklists.module.css'
import { type Draft, answerOf, newKey, openLine, resultOf } from './draft.ts'
import { LineField } from './line-field.tsx'
import { useTemplates } from './use-checklists.ts'
import { drafts, useDrafts, useSendDrafts } from './use-drafts.tsx'

/** Fills one checklist in; every answer is on the phone as soon as it is given. */
export function FillPage() {
  const { template: id = '' } = useParams()
  const [query] = useSearchParams()
  const { say, language } = useWords()
  const login = useSession().data?.login
  const station = query.get('station') ?? ''
  const workOrder = query.get('order') ?? undefined
  const templates = useTemplates()
  const kept = useDrafts()
  const begun = kept.data?.find(
    one => one.state === 'filling' && one.template.id === id && one.station === station && one.workOrder === workOrder,
  )
  const template = begun?.template ?? templates.data?.templates.find(one => one.id === id)
  const title =
    template === undefined ? say('checklist.title') : language === 'zh' ? template.titleZh : template.titleEn
  const isKnown = template !== undefined && kept.data !== undefined && login !== undefined
  return (
    <Page title={title}>
      {!isKnown && templates.isError && <Failure error={templates.error} retry={() => void templates.refetch()} />}
      {!isKnown && !templates.isError && <Skeleton height={320} radius="md" aria-busy="true" />}
      {isKnown && (
        <Filling
          key={begun?.key ?? `${id} ${station}`}
          start={begun ?? newDraft(template, { login, station, workOrder })}
          wasBegun={begun !== undefined}
        />
      )}
    </Page>
  )
}

function newDraft(
  template: ChecklistTemplate,
  place: { login: string; station: string; workOrder: string | undefined },
): Draft {
  return { ...place, key: newKey(), template, state: 'filling', answers: {}, photos: [] }
}

function Filling({ start, wasBegun }: { start: Draft; wasBegun: boolean }) {
  const { say, language } = useWords()
  const { clock } = useConsole()
  const navigate = useNavigate()
  const [draft, setDraft] = useState(start)
  const [isAskedFor, setIsAskedFor] = useState(false)
  const [isUnsafe, setIsUnsafe] = useState(false)
  const station = useStation(start.station).data
  const send = useSendDrafts()
  const isFirst = useRef(true)
  useEffect(() => {
    // An untouched one is not kept.
    if (isFirst.current) {
      isFirst.current = false
      return
    }
    drafts.put(draft).then(
      () => setIsUnsafe(false),
      () => setIsUnsafe(true), // Storage is full or forbidden: said on the page.
    )
  }, [draft])
  const { lines } = draft.template
  const answered = lines.filter(line => answerOf(draft, line.id) !== undefined).length
  const failed = lines.filter(line => resultOf(draft, line) === 'failed').length
  const finish = async () => {
    const open = openLine(draft)
    setIsAskedFor(open !== undefined)
    if (open !== undefined) {
      const field = document.querySelector(`#line-${open.id}`)
      field?.scrollIntoView({ block: 'center' })
      field?.querySelector<HTMLElement>('input, textarea')?.focus({ preventScroll: true })
      return
    }
    await drafts.put({ ...draft, state: 'waiting', filledAt: new Date(clock.now()).toISOString() })
    send.mutate()
    await navigate(
      draft.workOrder === undefined ? `/checklists?station=${draft.station}` : `/work-orders/${draft.workOrder}`,
    )
  }
  return (
    <div className={styles['fill']}>
      <p className={styles['where']}>
        <strong>{station === undefined ? draft.station : localName(language, station)}</strong>
        <span className="quiet" data-testid="progress">
          {say('checklist.progress', { answered, all: lines.length })}
        </span>
        {failed > 0 && <span className={styles['failed']}>{say('checklist.failedLines', { count: failed })}</span>}
      </p>
      {wasBegun && <p className="quiet">{say('checklist.goesOn')}</p>}
      {isUnsafe && <p role="alert">{say('checklist.unsafe')}</p>}
      {lines.map((line, index) => (
        <LineField
          key={line.id}
          draft={draft}
          line={line}
          number={index + 1}
          isAskedFor={isAskedFor}
          onAnswer={answer => setDraft(known => ({ ...known, answers: { ...known.answers, [line.id]: answer } }))}
          onPhotos={photos => setDraft(known => ({ ...known, photos }))}
        />
      ))}
      <Button size="lg" data-testid="finish" onClick={() => void finish()}>
        {say('checklist.send')}
      </Button>
      <p className="quiet">{say('checklist.sendHint')}</p>
    </div>
  )
}
