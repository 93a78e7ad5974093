import type { SignInStep } from '@harbor/protocol'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type SyntheticEvent, useState } from 'react'
import { Navigate, useLocation } from 'react-router'
import { queryKeys } from '../api/query-keys.ts'
import { RequestError } from '../api/request-error.ts'
import { useClientConfig, useConsole } from '../console-context.ts'
import { failureText } from '../shell/failure.tsx'
import { durationText } from '../time/format.ts'
import { useWords } from '../words/words.tsx'
import { Alone } from './alone.tsx'
import { nextPath } from './next-path.ts'
import { CodeStep, EnrolStep } from './second-step.tsx'
import styles from './session.module.css'
import { useSession } from './use-session.ts'
import { useWait } from './use-wait.ts'

/** When the server does not say how long to wait after too many tries (chosen). */
const DEFAULT_WAIT_MS = 60_000

/** Sign-in; afterwards to where the person wanted to go. */
export function SignInPage() {
  const { say, locale } = useWords()
  const { api, clock } = useConsole()
  const client = useQueryClient()
  const session = useSession()
  const config = useClientConfig()
  const { search, state } = useLocation()
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [next, setNext] = useState<SignInStep>()
  const [isMissing, setIsMissing] = useState(false)
  const wait = useWait(clock.now)
  const signIn = useMutation({
    mutationFn: api.signIn,
    onSuccess: async left => {
      setNext(left)
      setPassword('')
      if (left === undefined) await client.invalidateQueries({ queryKey: queryKeys.session })
    },
    onError(error) {
      if (error instanceof RequestError && error.code === 'API_TOO_MANY')
        wait.begin(error.retryAfterMs ?? DEFAULT_WAIT_MS)
    },
  })

  if (session.data) return <Navigate to={nextPath(search)} replace />
  if (config.data?.needsFirstAdministrator === true) return <Navigate to="/first" replace />

  if (next === 'code') return <CodeStep over={() => setNext(undefined)} />
  if (next === 'enrol') return <EnrolStep over={() => setNext(undefined)} />

  const problem = (): string | undefined => {
    if (isMissing) return say('signIn.missing')
    const { error } = signIn
    if (!(error instanceof RequestError)) return error === null ? undefined : failureText(error, say)
    if (error.code === 'API_UNAUTHORIZED') return say('signIn.wrong')
    if (error.code !== 'API_TOO_MANY') return failureText(error, say)
    return wait.leftMs > 0
      ? say('signIn.tooMany', { wait: durationText(wait.leftMs, locale) })
      : say('signIn.tooManyNow')
  }
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    const missing = login.trim() === '' || password === ''
    setIsMissing(missing)
    if (!missing && !signIn.isPending && wait.leftMs === 0) signIn.mutate({ login: login.trim(), password })
  }
  const shown = problem()
  const isNewAccount = (state as { accountMade?: boolean } | null)?.accountMade === true
  return (
    <Alone title={say('signIn.title')}>
      <form className={`card ${styles['form']}`} onSubmit={submit} noValidate>
        <div className={styles['intro']}>
          <h1>{say('signIn.title')}</h1>
          <p className="quiet">{say('signIn.intro')}</p>
        </div>
        {isNewAccount && shown === undefined && <p className={styles['notice']}>{say('signIn.accountMade')}</p>}
        {/* The region is there from the start: one that comes with its text is not read out everywhere. */}
        <div role="alert">{shown !== undefined && <p className={styles['problem']}>{shown}</p>}</div>
        <TextInput
          name="login"
          label={say('signIn.login')}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          value={login}
          onChange={event => setLogin(event.currentTarget.value)}
        />
        <PasswordInput
          name="password"
          label={say('signIn.password')}
          autoComplete="current-password"
          value={password}
          onChange={event => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" loading={signIn.isPending} disabled={wait.leftMs > 0}>
          {say('signIn.submit')}
        </Button>
        {config.data?.demo === true && <p className="quiet">{say('signIn.demoHint')}</p>}
      </form>
    </Alone>
  )
}
