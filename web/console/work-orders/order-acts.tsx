import { Button, TextInput } from '@mantine/core'
import { PHOTO_MOMENTS, type PhotoMoment, type WorkOrderAct, type WorkOrderDetail } from '@harbor/protocol'
import { useState } from 'react'
import { RequestError } from '../api/request-error.ts'
import { useTimeStyle } from '../console-context.ts'
import { UnsentOfOrder } from '../offline/unsent.tsx'
import { useSession } from '../session/use-session.ts'
import { useAnnounce } from '../shell/announcer.tsx'
import { failureText } from '../shell/failure.tsx'
import { clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'
import { MoreActs } from './more-acts.tsx'
import { fasterStep, stepText } from './order-words.ts'
import styles from './orders.module.css'
import { shrinkPhoto } from './shrink-photo.ts'
import { type Sent, useAct } from './use-orders.ts'

/** The steps of an order's way, in its order: the first that one may do is the big button. */
const WAY = ['accept', 'arrive', 'finish', 'verify'] as const
type Way = (typeof WAY)[number]

/** What the reader can do: the next step large, everything else below. */
export function OrderActs({ order }: { order: WorkOrderDetail }) {
  const { say } = useWords()
  const announce = useAnnounce()
  const act = useAct(order)
  /** What the page showed when a press came too late. */
  const [seen, setSeen] = useState<number>()
  const send = (sent: Sent, onDone?: () => void) => {
    if (act.isPending) return
    const shown = order.revision
    setSeen(undefined)
    act.mutate(sent, {
      onSuccess: ({ kind }) => {
        if (kind === 'full') return
        announce(say(kind === 'sent' ? 'order.done' : 'offline.kept'))
        onDone?.()
      },
      onError: error => {
        if (error instanceof RequestError && error.code === 'API_CONFLICT') setSeen(shown)
      },
    })
  }
  const next = useNextStep(order)
  return (
    <div className={styles['next']}>
      <Faster order={order} seen={seen} />
      {next === undefined ? (
        <Waiting order={order} />
      ) : (
        <NextStep key={next} act={next} order={order} isBusy={act.isPending} send={send} />
      )}
      {act.isPending && <p className="quiet">{say('order.sending')}</p>}
      {act.isError && seen === undefined && (
        <p role="alert" className={styles['problem']}>
          {say('order.failed', { reason: failureText(act.error, say) })}
        </p>
      )}
      {act.data?.kind === 'full' && (
        <p role="alert" className={styles['problem']}>
          {say('offline.full')}
        </p>
      )}
      <UnsentOfOrder order={order.id} />
      {order.may.includes('photo') && <PhotoButtons send={send} />}
      <MoreActs order={order} send={send} />
    </div>
  )
}

/** A lead may do any step of anybody's; large is only what is theirs. */
function useNextStep(order: WorkOrderDetail): Way | undefined {
  const login = useSession().data?.login
  const next = WAY.find(act => order.may.includes(act))
  const isTheirs = order.assignee === login || order.state === 'open'
  return next === 'verify' || isTheirs ? next : undefined
}

/** Who was faster, what they did and when: once the page has fetched it. */
function Faster({ order, seen }: { order: WorkOrderDetail; seen: number | undefined }) {
  const { say } = useWords()
  const style = useTimeStyle()
  const nowMs = useNow()
  const step = seen === undefined ? undefined : fasterStep(order.history, seen)
  if (step === undefined) return null
  return (
    <p role="alert" className={styles['conflict']} data-testid="conflict">
      {say('order.conflict', {
        name: step.actorName ?? say('order.bySystem'),
        time: clockText(Date.parse(step.at), nowMs, style),
        what: stepText(step, say, { nowMs, style }),
      })}
    </p>
  )
}

function Waiting({ order }: { order: WorkOrderDetail }) {
  const { say } = useWords()
  if (order.state !== 'done') return <p className="quiet">{say('order.nothingToDo')}</p>
  return (
    <p data-testid="waiting">{say(order.faultStands === undefined ? 'order.waitsForPerson' : 'order.waitsForProof')}</p>
  )
}

interface StepProps {
  act: Way
  order: WorkOrderDetail
  /** The step before is on its way: a press now would be lost. */
  isBusy: boolean
  send: (sent: Sent, onDone?: () => void) => void
}

function NextStep({ act, order, isBusy, send }: StepProps) {
  const { say } = useWords()
  const [note, setNote] = useState('')
  const [isMissing, setIsMissing] = useState(false)
  const takesNote = act === 'finish' || act === 'verify'
  const needsNote = act === 'verify' && order.faultStands === true
  const word = act === 'accept' && order.state === 'open' ? 'take' : act
  const press = () => {
    const said = note.trim()
    setIsMissing(needsNote && said === '')
    if (needsNote && said === '') return
    if (act === 'finish' || act === 'verify') send({ act, ...(said === '' ? {} : { note: said }) })
    else send({ act })
  }
  return (
    <>
      {takesNote && (
        <TextInput
          name="step-note"
          label={say(
            needsNote ? 'order.verifyWithFault' : act === 'finish' ? 'order.finishNote' : 'order.notePlaceholder',
          )}
          required={needsNote}
          maxLength={500}
          value={note}
          error={isMissing && say('order.reasonMissing')}
          onChange={event => setNote(event.currentTarget.value)}
        />
      )}
      <Button size="xl" fullWidth data-next={act satisfies WorkOrderAct} aria-disabled={isBusy} onClick={press}>
        {say(`order.act.${word}`)}
      </Button>
    </>
  )
}

function PhotoButtons({ send }: { send: (sent: Sent) => void }) {
  const { say } = useWords()
  const [problem, setProblem] = useState(false)
  const take = (file: File | undefined, moment: PhotoMoment) => {
    if (file === undefined) return
    setProblem(false)
    shrinkPhoto(file).then(
      blob => send({ act: 'photo', blob, moment }),
      () => setProblem(true),
    )
  }
  return (
    <>
      <div className={styles['photoButtons']}>
        {PHOTO_MOMENTS.map(moment => (
          <label key={moment} className={styles['photoButton']}>
            {say(`order.photo.${moment}`)}
            <input
              type="file"
              name={`photo-${moment}`}
              accept="image/*"
              capture="environment"
              className="for-screen-readers"
              onChange={event => {
                take(event.currentTarget.files?.[0], moment)
                event.currentTarget.value = ''
              }}
            />
          </label>
        ))}
      </div>
      <p className="quiet">{say('order.photoHint')}</p>
      {problem && (
        <p role="alert" className={styles['problem']}>
          {say('order.failed', { reason: say('failure.page') })}
        </p>
      )}
    </>
  )
}
