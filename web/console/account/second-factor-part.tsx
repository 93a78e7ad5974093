import { Button, PasswordInput, TextInput } from '@mantine/core'
import type { Enrolment, SecondFactor } from '@harbor/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type SyntheticEvent, useState } from 'react'
import { RequestError } from '../api/request-error.ts'
import { useConsole } from '../console-context.ts'
import { Failure, failureText } from '../shell/failure.tsx'
import { Age } from '../time/age.tsx'
import { type Say, type WordKey, useWords } from '../words/words.tsx'
import styles from './account.module.css'
import { EnrolForm, isWrongCode } from './enrol-form.tsx'
import { RecoveryCodesList } from './recovery-codes.tsx'

const SECOND_FACTOR = ['second-factor'] as const
type Doing = 'nothing' | 'begin' | 'enrol' | 'renew' | 'remove'

/** One's own second factor: set up, removed, with new recovery codes. */
export function SecondFactorPart() {
  const { say } = useWords()
  const { api } = useConsole()
  const client = useQueryClient()
  const [doing, setDoing] = useState<Doing>('nothing')
  const [enrolment, setEnrolment] = useState<Enrolment>()
  const [codes, setCodes] = useState<readonly string[]>()
  const state = useQuery({ queryKey: SECOND_FACTOR, queryFn: ({ signal }) => api.account.secondFactor(signal) })
  const done = async () => {
    setDoing('nothing')
    setEnrolment(undefined)
    await client.invalidateQueries({ queryKey: SECOND_FACTOR })
  }
  const shown = (given: readonly string[]) => {
    setCodes(given)
    void done()
  }
  return (
    <section className={`card ${styles['part']}`} data-part="second-factor" data-on={state.data?.since !== undefined}>
      <h2>{say('secondFactor.title')}</h2>
      {state.isError && <Failure error={state.error} retry={() => void state.refetch()} />}
      {state.data !== undefined && <Told state={state.data} />}
      {codes !== undefined && <RecoveryCodesList codes={codes} done={() => setCodes(undefined)} />}
      {state.data !== undefined && doing === 'nothing' && codes === undefined && (
        <Ways state={state.data} choose={setDoing} />
      )}
      {doing === 'begin' && (
        <Ask
          label="secondFactor.setUp"
          act={async ({ password }) => {
            setEnrolment(await api.account.beginSecondFactor(password))
            setDoing('enrol')
          }}
          cancel={() => void done()}
        />
      )}
      {doing === 'enrol' && enrolment !== undefined && (
        <EnrolForm begin={() => Promise.resolve(enrolment)} confirm={api.account.confirmSecondFactor} onDone={shown} />
      )}
      {doing === 'renew' && (
        <Ask
          hasCode
          label="secondFactor.renew"
          act={async given => shown((await api.account.renewRecoveryCodes(given)).recoveryCodes)}
          cancel={() => void done()}
        />
      )}
      {doing === 'remove' && (
        <Ask
          hasCode
          label="secondFactor.remove"
          act={async given => {
            await api.account.removeSecondFactor(given)
            await done()
          }}
          cancel={() => void done()}
        />
      )}
    </section>
  )
}

function Told({ state: { since, recoveryCodesLeft } }: { state: SecondFactor }) {
  const { say } = useWords()
  if (since === undefined) return <p className="quiet">{say('secondFactor.off')}</p>
  return (
    <p>
      {say('secondFactor.on')} <Age at={since} /> · {say('secondFactor.left', { count: recoveryCodesLeft })}
    </p>
  )
}

function Ways({ state: { since, isRequired }, choose }: { state: SecondFactor; choose: (doing: Doing) => void }) {
  const { say } = useWords()
  if (since === undefined) return <Button onClick={() => choose('begin')}>{say('secondFactor.setUp')}</Button>
  return (
    <div className={styles['row']}>
      <Button variant="default" onClick={() => choose('renew')}>
        {say('secondFactor.renew')}
      </Button>
      {isRequired ? (
        <p className="quiet">{say('secondFactor.required')}</p>
      ) : (
        <Button variant="default" onClick={() => choose('remove')}>
          {say('secondFactor.remove')}
        </Button>
      )}
    </div>
  )
}

interface Given {
  password: string
  code: string
}

/** The password once more, and where there is one, a code: an unlocked phone is not its owner. */
function Ask({
  label,
  hasCode = false,
  act,
  cancel,
}: {
  label: WordKey
  hasCode?: boolean
  act: (given: Given) => Promise<void>
  cancel: () => void
}) {
  const { say } = useWords()
  const [given, setGiven] = useState<Given>({ password: '', code: '' })
  const doing = useMutation({ mutationFn: act })
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    if (!doing.isPending) doing.mutate(given)
  }
  return (
    <form className={styles['form']} onSubmit={submit} noValidate>
      <PasswordInput
        name="password"
        label={say('signIn.password')}
        autoComplete="current-password"
        value={given.password}
        onChange={event => setGiven({ ...given, password: event.currentTarget.value })}
      />
      {hasCode && (
        <TextInput
          name="code"
          label={say('secondFactor.code')}
          description={say('secondFactor.codeHint')}
          autoComplete="one-time-code"
          maxLength={40}
          value={given.code}
          onChange={event => setGiven({ ...given, code: event.currentTarget.value })}
        />
      )}
      {doing.isError && <p role="alert">{wrongText(doing.error, say)}</p>}
      <div className={styles['row']}>
        <Button
          type="submit"
          loading={doing.isPending}
          disabled={given.password === '' || (hasCode && given.code === '')}
        >
          {say(label)}
        </Button>
        <Button variant="default" onClick={cancel}>
          {say('ownAccount.cancel')}
        </Button>
      </div>
    </form>
  )
}

/** What of password and code was wrong. */
export function wrongText(error: unknown, say: Say): string {
  if (!(error instanceof RequestError)) return failureText(error, say)
  if (isWrongCode(error)) return say('secondFactor.wrongCode')
  if (error.details?.['wrong'] === 'password') return say('secondFactor.wrongPassword')
  return error.code === 'API_TOO_MANY' ? say('secondFactor.tooMany') : failureText(error, say)
}
