import { Button, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type SyntheticEvent, useState } from 'react'
import { queryKeys } from '../api/query-keys.ts'
import { RequestError } from '../api/request-error.ts'
import { useConsole } from '../console-context.ts'
import { EnrolForm } from '../account/enrol-form.tsx'
import { RecoveryCodesList } from '../account/recovery-codes.tsx'
import { failureText } from '../shell/failure.tsx'
import { type Say, useWords } from '../words/words.tsx'
import { Alone } from './alone.tsx'
import styles from './session.module.css'

/** The second step of signing in: a code. `over`: the password is to be given again. */
export function CodeStep({ over }: { over: () => void }) {
  const { say } = useWords()
  const { api } = useConsole()
  const client = useQueryClient()
  const [code, setCode] = useState('')
  const give = useMutation({
    mutationFn: api.giveCode,
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.session }),
    onError: error => isOver(error) && over(),
  })
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    if (!give.isPending && code.trim() !== '') give.mutate(code)
  }
  return (
    <Alone title={say('secondFactor.step')}>
      <form className={`card ${styles['form']}`} onSubmit={submit} noValidate data-step="code">
        <div className={styles['intro']}>
          <h1>{say('secondFactor.step')}</h1>
          <p className="quiet">{say('secondFactor.stepIntro')}</p>
        </div>
        <div role="alert">{give.isError && <p className={styles['problem']}>{codeFailure(give.error, say)}</p>}</div>
        <TextInput
          name="code"
          label={say('secondFactor.code')}
          description={say('secondFactor.codeHint')}
          autoComplete="one-time-code"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={40}
          autoFocus
          value={code}
          onChange={event => setCode(event.currentTarget.value)}
        />
        <Button type="submit" loading={give.isPending}>
          {say('signIn.submit')}
        </Button>
        <Button variant="subtle" onClick={over}>
          {say('secondFactor.back')}
        </Button>
      </form>
    </Alone>
  )
}

/** The same where a second factor has to be set up first. */
export function EnrolStep({ over }: { over: () => void }) {
  const { say } = useWords()
  const { api } = useConsole()
  const client = useQueryClient()
  const [codes, setCodes] = useState<readonly string[]>()
  const enrolled = () => client.invalidateQueries({ queryKey: queryKeys.session })
  return (
    <Alone title={say('secondFactor.must')}>
      <div className={`card ${styles['form']}`} data-step="enrol">
        <div className={styles['intro']}>
          <h1>{say('secondFactor.must')}</h1>
          <p className="quiet">{say('secondFactor.mustIntro')}</p>
        </div>
        {codes === undefined ? (
          <EnrolForm
            begin={api.beginEnrolment}
            confirm={api.confirmEnrolment}
            onDone={setCodes}
            onFailure={error => isOver(error) && over()}
          />
        ) : (
          <RecoveryCodesList codes={codes} done={() => void enrolled()} />
        )}
        <Button variant="subtle" onClick={over}>
          {say('secondFactor.back')}
        </Button>
      </div>
    </Alone>
  )
}

/** Ten minutes are over, or it was tried too often: the server wants the password again. */
function isOver(error: unknown): boolean {
  return error instanceof RequestError && (error.serverCode === 'not_signed_in' || error.code === 'API_CONFLICT')
}

function codeFailure(error: unknown, say: Say): string {
  if (!(error instanceof RequestError)) return failureText(error, say)
  if (error.serverCode === 'wrong_code') return say('secondFactor.wrongCode')
  return error.code === 'API_TOO_MANY' ? say('secondFactor.tooMany') : failureText(error, say)
}
