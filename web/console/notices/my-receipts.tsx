import type { NoticeDetail, Receipt, ReceiptAct, ReceiptState } from '@harbor/protocol'
import { Button, TextInput } from '@mantine/core'
import { type ChangeEvent, useState } from 'react'
import { failureText } from '../shell/failure.tsx'
import { shrinkPhoto } from '../work-orders/shrink-photo.ts'
import { localName, useWords } from '../words/words.tsx'
import styles from './notices.module.css'
import type { AnswerAsked } from './answer-store.ts'
import { useAnswer, useForgetAnswer, useWaitingAnswers } from './use-answers.tsx'

/** What an answer makes of a receipt. */
const AFTER: Readonly<Record<ReceiptAct, ReceiptState>> = {
  read: 'read',
  accept: 'accepted',
  done: 'done',
  decline: 'declined',
}

/** What the person answers for: all of it with one tap, or each by itself. */
export function MyReceipts({ notice }: { notice: NoticeDetail }) {
  const { say, language } = useWords()
  const [declining, setDeclining] = useState<number>()
  const [reason, setReason] = useState('')
  const [isUnreadable, setIsUnreadable] = useState(false)
  const send = useAnswer(notice.id)
  const forget = useForgetAnswer()
  const unsent = useWaitingAnswers().filter(one => one.notice === notice.id)
  const mine = notice.receipts.filter(({ isYours }) => isYours)
  const waitsOf = (one: Receipt) => unsent.filter(({ asked, reason }) => reason === undefined && isOf(asked, one.n))
  /** As it will be once what waits on this phone is sent: nothing is asked twice. */
  const stateOf = (one: Receipt) =>
    waitsOf(one).reduce<ReceiptState>((state, { asked }) => ('blob' in asked ? state : AFTER[asked.act]), one.state)
  const isOpen = (one: Receipt) => stateOf(one) !== 'done' && stateOf(one) !== 'declined'
  const open = mine.filter(isOpen)
  const fresh = open.filter(one => stateOf(one) !== 'accepted')
  const hasPhoto = (one: Receipt) => one.photos.length > 0 || waitsOf(one).some(({ asked }) => 'blob' in asked)
  const lacksPhoto = (one: Receipt) => notice.needsPhoto && one.station !== undefined && !hasPhoto(one)
  const ready = open.filter(one => !lacksPhoto(one))
  const isBusy = send.isPending
  const answer = (name: ReceiptAct, receipts: readonly Receipt[], note?: string) => {
    if (isBusy) return
    send.mutate({ act: name, receipts: receipts.map(({ n }) => n), ...(note !== undefined && { note }) })
  }
  const take = (n: number) => async (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.currentTarget.files ?? []
    event.currentTarget.value = ''
    if (file === undefined || isBusy) return
    try {
      const blob = await shrinkPhoto(file)
      setIsUnreadable(false)
      send.mutate({ n, blob })
    } catch {
      setIsUnreadable(true) // No picture that this browser can read: the person is told, and picks another.
    }
  }
  if (mine.length === 0) return undefined
  return (
    <section className={styles['stack']} data-section="mine">
      <h2>{say('notices.mine', { count: mine.length })}</h2>
      {mine.length > 1 && open.length > 0 && (
        <p className={styles['acts']}>
          {fresh.length > 0 && (
            <Button aria-disabled={isBusy} onClick={() => answer('accept', fresh)} data-act="accept-all">
              {say('notices.acceptAll', { count: fresh.length })}
            </Button>
          )}
          {ready.length > 0 && (
            <Button variant="default" aria-disabled={isBusy} onClick={() => answer('done', ready)} data-act="done-all">
              {say('notices.doneAll', { count: ready.length })}
            </Button>
          )}
        </p>
      )}
      <ul className={styles['list']}>
        {mine.map(one => (
          <li key={one.n} className={`card ${styles['row']}`} data-receipt={one.n} data-state={one.state}>
            <h3>{localName(language, one)}</h3>
            <p className="quiet">{say(`notices.receipt.${one.state}`)}</p>
            {waitsOf(one).map(({ key, asked }) => (
              <p key={key} data-unsent={'blob' in asked ? 'photo' : asked.act}>
                {say('notices.unsent', { what: say(`notices.step.${'blob' in asked ? 'photo' : asked.act}`) })}
              </p>
            ))}
            <Photos receipt={one} name={localName(language, one)} />
            {(isOpen(one) || one.state === 'declined') && (
              <p className={styles['acts']}>
                {stateOf(one) !== 'accepted' && (
                  <Button aria-disabled={isBusy} onClick={() => answer('accept', [one])} data-act="accept">
                    {say('notices.accept')}
                  </Button>
                )}
                <label className={styles['photoButton']}>
                  {say('notices.photo')}
                  <input
                    type="file"
                    accept="image/*"
                    capture="environment"
                    onChange={event => void take(one.n)(event)}
                  />
                </label>
                {!lacksPhoto(one) && (
                  <Button
                    variant={stateOf(one) === 'accepted' ? 'filled' : 'default'}
                    aria-disabled={isBusy}
                    onClick={() => answer('done', [one])}
                    data-act="done"
                  >
                    {say('notices.done')}
                  </Button>
                )}
                {one.state !== 'declined' && (
                  <Button variant="default" onClick={() => setDeclining(one.n)}>
                    {say('notices.decline')}
                  </Button>
                )}
              </p>
            )}
            {isOpen(one) && lacksPhoto(one) && <p className="quiet">{say('notices.photoFirst')}</p>}
            {declining === one.n && (
              <div className={styles['stack']}>
                <TextInput
                  label={say('notices.declineWhy')}
                  maxLength={500}
                  value={reason}
                  onChange={event => setReason(event.currentTarget.value)}
                />
                <Button
                  variant="default"
                  aria-disabled={isBusy || reason.trim() === ''}
                  onClick={() => {
                    if (reason.trim() === '') return
                    answer('decline', [one], reason)
                    setDeclining(undefined)
                    setReason('')
                  }}
                >
                  {say('notices.sendDecline')}
                </Button>
              </div>
            )}
          </li>
        ))}
      </ul>
      {isUnreadable && <p role="alert">{say('checklist.unreadable')}</p>}
      {unsent.map(
        ({ key, reason: why }) =>
          why !== undefined && (
            <p key={key} role="alert" className={styles['problem']} data-testid="refused-answer">
              {say('notices.failed', { reason: why })}{' '}
              <Button variant="subtle" onClick={() => forget.mutate(key)}>
                {say('offline.read')}
              </Button>
            </p>
          ),
      )}
      {send.isError && (
        <p role="alert" className={styles['problem']}>
          {say('notices.failed', { reason: failureText(send.error, say) })}
        </p>
      )}
    </section>
  )
}

/** Whether an answer is about a receipt. */
function isOf(asked: AnswerAsked, n: number): boolean {
  return 'blob' in asked ? asked.n === n : asked.receipts.includes(n)
}

/** Proof: small, and whole when it is opened. */
export function Photos({ receipt, name }: { receipt: Receipt; name: string }) {
  const { say } = useWords()
  if (receipt.photos.length === 0) return undefined
  return (
    <p className={styles['photos']}>
      {receipt.photos.map(address => (
        <a key={address} href={address} target="_blank" rel="noreferrer">
          <img src={address} alt={say('notices.photoOf', { name })} loading="lazy" />
        </a>
      ))}
    </p>
  )
}
