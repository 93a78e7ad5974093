import { Button, TextInput } from '@mantine/core'
import type { TellSettings } from '@harbor/protocol'
import { type SyntheticEvent, useState } from 'react'
import { useSearchParams } from 'react-router'
import { RequestError } from '../api/request-error.ts'
import { useConsole } from '../console-context.ts'
import { failureText } from '../shell/failure.tsx'
import { type Say, useWords } from '../words/words.tsx'
import styles from './tell.module.css'
import { useChange } from './use-tell.ts'

/** Whether the chosen mail address is the person's own: a letter with a code, and the code back. A letter's link brings it along. */
export function MailConfirm({ settings: { choice, isMailConfirmed, sendsMail } }: { settings: TellSettings }) {
  const { say } = useWords()
  const { api } = useConsole()
  const [query] = useSearchParams()
  const [code, setCode] = useState(query.get('code') ?? '')
  const letter = useChange(() => api.tell.sendMailCode(), say('tell.mailLetterSent'))
  const confirm = useChange((given: string) => api.tell.confirmMail(given), say('tell.mailConfirmed'))
  if (choice.mail === undefined || !sendsMail) return null
  const send = (event: SyntheticEvent) => {
    event.preventDefault()
    if (!confirm.isPending) confirm.mutate(code)
  }
  return (
    <section className={`card ${styles['part']}`} data-part="mail" data-confirmed={isMailConfirmed}>
      <h2>{say('tell.mailConfirm')}</h2>
      {isMailConfirmed ? (
        <p>{say('tell.mailIsConfirmed', { mail: choice.mail })}</p>
      ) : (
        <>
          <p>{say('tell.mailUnconfirmed', { mail: choice.mail })}</p>
          <Button variant="default" loading={letter.isPending} onClick={() => letter.mutate(undefined)}>
            {say('tell.mailSendLetter')}
          </Button>
          {letter.isSuccess && <p role="status">{say('tell.mailLetterSent')}</p>}
          {letter.isError && <p role="alert">{letterProblem(letter.error, say)}</p>}
          <form className={styles['list']} onSubmit={send} noValidate>
            <TextInput
              name="mail-code"
              label={say('tell.mailCode')}
              autoComplete="one-time-code"
              autoCapitalize="characters"
              spellCheck={false}
              maxLength={40}
              value={code}
              error={confirm.isError && codeProblem(confirm.error, say)}
              onChange={event => setCode(event.currentTarget.value)}
            />
            <Button type="submit" aria-disabled={confirm.isPending}>
              {say('tell.mailConfirmDo')}
            </Button>
          </form>
        </>
      )}
    </section>
  )
}

/** What the mail server said of the letter is for the person to read: the address may be wrong. */
function letterProblem(error: unknown, say: Say): string {
  return error instanceof RequestError && error.serverCode === 'unavailable'
    ? say('tell.mailNotSent', { reason: error.message })
    : failureText(error, say)
}

function codeProblem(error: unknown, say: Say): string {
  return error instanceof RequestError && error.code === 'API_REFUSED'
    ? say('tell.mailWrongCode')
    : failureText(error, say)
}
