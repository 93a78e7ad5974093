import { Button, TextInput } from '@mantine/core'
import type { Enrolment, RecoveryCodes } from '@harbor/protocol'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type SyntheticEvent, useId, useState } from 'react'
import { RequestError } from '../api/request-error.ts'
import { Failure, failureText } from '../shell/failure.tsx'
import { useWords } from '../words/words.tsx'
import styles from './account.module.css'

/** What an authenticator app is given, as a picture, a link and text, and its first code. */
export function EnrolForm({
  begin,
  confirm,
  onDone,
  onFailure,
}: {
  begin: () => Promise<Enrolment>
  confirm: (code: string) => Promise<RecoveryCodes>
  onDone: (codes: readonly string[]) => void
  onFailure?: (error: unknown) => void
}) {
  const { say } = useWords()
  const key = useId()
  const [code, setCode] = useState('')
  // A secret that was shown is kept nowhere once the page is left.
  const begun = useQuery({ queryKey: ['enrolment', key], queryFn: begin, staleTime: Infinity, gcTime: 0, retry: false })
  const confirming = useMutation({
    mutationFn: confirm,
    onSuccess: ({ recoveryCodes }) => onDone(recoveryCodes),
    onError: error => onFailure?.(error),
  })
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    if (!confirming.isPending && code.trim() !== '') confirming.mutate(code)
  }
  if (begun.isError) return <Failure error={begun.error} retry={() => void begun.refetch()} />
  if (begun.data === undefined) return <p aria-busy="true">{say('loading')}</p>
  const { secret, uri, qr } = begun.data
  const isWrong = confirming.error instanceof RequestError && isWrongCode(confirming.error)
  return (
    <form className={styles['form']} onSubmit={submit} noValidate>
      <p>{say('secondFactor.scan')}</p>
      <svg
        className={styles['qr']}
        viewBox={`0 0 ${qr.size} ${qr.size}`}
        role="img"
        aria-label={say('secondFactor.qr')}
        shapeRendering="crispEdges"
      >
        <rect width={qr.size} height={qr.size} fill="#fff" />
        <path d={qr.path} fill="#000" />
      </svg>
      <a className={styles['link']} href={uri}>
        {say('secondFactor.open')}
      </a>
      <p>
        {say('secondFactor.type')}{' '}
        <code className={styles['code']} data-testid="secret">
          {secret.match(/.{1,4}/g)?.join(' ')}
        </code>
      </p>
      <TextInput
        name="code"
        label={say('secondFactor.firstCode')}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={10}
        value={code}
        error={confirming.isError && (isWrong ? say('secondFactor.wrongCode') : failureText(confirming.error, say))}
        onChange={event => setCode(event.currentTarget.value)}
      />
      <Button type="submit" loading={confirming.isPending}>
        {say('secondFactor.confirm')}
      </Button>
    </form>
  )
}

/** Whether the server says that a code, and not what goes with it, was wrong. */
export function isWrongCode({ serverCode, details }: RequestError): boolean {
  return serverCode === 'wrong_code' || details?.['wrong'] === 'code'
}
