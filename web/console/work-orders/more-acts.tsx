import { Button, NativeSelect, TextInput } from '@mantine/core'
import type { WorkOrderDetail } from '@harbor/protocol'
import { type ReactNode, type SyntheticEvent, useState } from 'react'
import { useConsole, useTimeStyle } from '../console-context.ts'
import { Failure } from '../shell/failure.tsx'
import { clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'
import { reasonText } from './order-words.ts'
import styles from './orders.module.css'
import { type Sent, useCandidates } from './use-orders.ts'

const HOUR_MS = 3_600_000

type Send = (sent: Sent, onDone?: () => void) => void
interface ActProps {
  order: WorkOrderDetail
  send: Send
}

/** What need not be large: notes, the clock, the promise, parts, who does it, opening again and cancelling. */
export function MoreActs({ order, send }: ActProps) {
  const { say } = useWords()
  const { may } = order
  return (
    <>
      {may.includes('resume') && (
        <Button variant="default" data-act="resume" onClick={() => send({ act: 'resume' })}>
          {say('order.act.resume')}
        </Button>
      )}
      {may.includes('note') && <WithNote act="note" send={send} />}
      {may.includes('promise') && <Promise order={order} send={send} />}
      {may.includes('pause') && <WithNote act="pause" send={send} />}
      {may.includes('part') && <AddPart send={send} />}
      {may.includes('assign') && <Assign order={order} send={send} />}
      {may.includes('reopen') && <WithNote act="reopen" send={send} />}
      {may.includes('cancel') && <WithNote act="cancel" send={send} />}
    </>
  )
}

interface DisclosureProps {
  name: string
  title: string
  /** Undefined: something is missing. */
  onSubmit: () => void
  children: ReactNode
  onToggle?: (isOpen: boolean) => void
}

/** A form that is closed until somebody wants it. */
function Disclosure({ name, title, onSubmit, children, onToggle }: DisclosureProps) {
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <details className={styles['disclosure']} data-form={name} onToggle={event => onToggle?.(event.currentTarget.open)}>
      <summary>{title}</summary>
      <form className={styles['form']} onSubmit={submit} noValidate>
        {children}
        <Button type="submit" variant="default">
          {title}
        </Button>
      </form>
    </details>
  )
}

function WithNote({ act, send }: { act: 'note' | 'pause' | 'reopen' | 'cancel'; send: Send }) {
  const { say } = useWords()
  const [note, setNote] = useState('')
  const [isMissing, setIsMissing] = useState(false)
  const submit = () => {
    const said = note.trim()
    setIsMissing(said === '')
    if (said !== '') send({ act, note: said }, () => setNote(''))
  }
  return (
    <Disclosure name={act} title={say(`order.act.${act}`)} onSubmit={submit}>
      <TextInput
        name={`${act}-note`}
        label={say(act === 'note' ? 'order.notePlaceholder' : 'order.reason')}
        required
        maxLength={500}
        value={note}
        error={isMissing && say('order.reasonMissing')}
        onChange={event => setNote(event.currentTarget.value)}
      />
    </Disclosure>
  )
}

const PROMISES = [
  { word: 'duration.hour1', ms: HOUR_MS },
  { word: 'duration.hours4', ms: 4 * HOUR_MS },
  { word: 'duration.hours8', ms: 8 * HOUR_MS },
  { word: 'duration.day1', ms: 24 * HOUR_MS },
  { word: 'duration.days3', ms: 72 * HOUR_MS },
  { word: 'duration.days7', ms: 168 * HOUR_MS },
] as const

function Promise({ order, send }: ActProps) {
  const { say } = useWords()
  const { clock } = useConsole()
  const style = useTimeStyle()
  const nowMs = useNow()
  const [durationMs, setDurationMs] = useState<number>(4 * HOUR_MS)
  const submit = () => send({ act: 'promise', promisedAt: new Date(clock.now() + durationMs).toISOString() })
  return (
    <Disclosure name="promise" title={say('order.act.promise')} onSubmit={submit}>
      <NativeSelect
        label={say('order.promiseFor')}
        description={say('order.promiseAt', { time: clockText(nowMs + durationMs, nowMs, style) })}
        data={PROMISES.map(({ word, ms }) => ({ value: String(ms), label: say(word) }))}
        value={String(durationMs)}
        onChange={event => setDurationMs(Number(event.currentTarget.value))}
      />
      {order.promisedAt !== undefined && (
        <Button variant="subtle" onClick={() => send({ act: 'promise', promisedAt: null })}>
          {say('order.takeBack')}
        </Button>
      )}
    </Disclosure>
  )
}

function AddPart({ send }: { send: Send }) {
  const { say } = useWords()
  const [part, setPart] = useState({ name: '', quantity: '1', cost: '' })
  const [isMissing, setIsMissing] = useState(false)
  const quantity = Number(part.quantity)
  const unitCostFen = Math.round(Number(part.cost) * 100)
  const isRight =
    part.name.trim() !== '' &&
    Number.isInteger(quantity) &&
    quantity !== 0 &&
    Math.abs(quantity) <= 99 &&
    unitCostFen >= 0
  const submit = () => {
    setIsMissing(!isRight)
    if (!isRight) return
    send({ act: 'part', part: { name: part.name.trim(), quantity, unitCostFen } }, () =>
      setPart({ name: '', quantity: '1', cost: '' }),
    )
  }
  const set = (field: keyof typeof part) => (event: React.ChangeEvent<HTMLInputElement>) =>
    setPart({ ...part, [field]: event.currentTarget.value })
  return (
    <Disclosure name="part" title={say('order.act.part')} onSubmit={submit}>
      <TextInput name="part-name" label={say('order.partName')} required value={part.name} onChange={set('name')} />
      <TextInput
        name="part-quantity"
        label={say('order.partQuantity')}
        inputMode="numeric"
        value={part.quantity}
        onChange={set('quantity')}
      />
      <TextInput
        name="part-cost"
        label={say('order.partCost')}
        inputMode="decimal"
        value={part.cost}
        onChange={set('cost')}
        error={isMissing && say('order.reasonMissing')}
      />
    </Disclosure>
  )
}

function Assign({ order, send }: ActProps) {
  const { say, locale } = useWords()
  const [isOpen, setIsOpen] = useState(false)
  const [chosen, setChosen] = useState('')
  const found = useCandidates(order.id, isOpen)
  const people = found.data?.people ?? []
  const login = chosen === '' ? (people[0]?.login ?? '') : chosen
  const one = people.find(person => person.login === login)
  return (
    <Disclosure
      name="assign"
      title={say('order.act.assign')}
      onToggle={setIsOpen}
      onSubmit={() => login !== '' && send({ act: 'assign', assignee: login })}
    >
      {found.isError && <Failure error={found.error} retry={() => void found.refetch()} />}
      <NativeSelect
        label={say('order.choosePerson')}
        description={one && reasonText(one.because, { say, locale })}
        data={people.map(({ login: value, name, excluded }) => ({
          value,
          label: excluded === undefined ? name : `${name} (${say(`order.excluded.${excluded}`)})`,
        }))}
        value={login}
        onChange={event => setChosen(event.currentTarget.value)}
      />
    </Disclosure>
  )
}
