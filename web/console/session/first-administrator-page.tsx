import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type SyntheticEvent, useState } from 'react'
import { Link, Navigate, useNavigate } from 'react-router'
import { queryKeys } from '../api/query-keys.ts'
import { RequestError } from '../api/request-error.ts'
import { useClientConfig, useConsole } from '../console-context.ts'
import { failureText } from '../shell/failure.tsx'
import { useWords } from '../words/words.tsx'
import { Alone } from './alone.tsx'
import { LEAST_PASSWORD_LENGTH, MOST_PASSWORD_LENGTH, passwordFault, passwordLength } from './password-rules.ts'
import styles from './session.module.css'

const EMPTY = { code: '', name: '', login: '', password: '' }
type Field = keyof typeof EMPTY

/** Gives an empty system its first administrator. */
export function FirstAdministratorPage() {
  const { say } = useWords()
  const { api } = useConsole()
  const client = useQueryClient()
  const navigate = useNavigate()
  const config = useClientConfig()
  const [values, setValues] = useState(EMPTY)
  const [isTried, setIsTried] = useState(false)
  const make = useMutation({
    mutationFn: api.makeFirstAdministrator,
    async onSuccess() {
      await client.invalidateQueries({ queryKey: queryKeys.session })
      await client.invalidateQueries({ queryKey: queryKeys.clientConfig })
      await navigate('/sign-in', { replace: true, state: { accountMade: true } })
    },
  })
  if (config.data?.needsFirstAdministrator === false && !make.isSuccess) return <Navigate to="/alerts" replace />

  const faultOf = (field: Field): string | undefined => {
    const value = values[field]
    if (value.trim() === '') return say('firstAdministrator.required')
    if (field !== 'password') return undefined
    const fault = passwordFault(value, values.login)
    const numbers = { length: passwordLength(value), least: LEAST_PASSWORD_LENGTH, most: MOST_PASSWORD_LENGTH }
    return fault && say(`firstAdministrator.${fault}`, numbers)
  }
  const input = (field: Field) => ({
    name: field,
    label: say(`firstAdministrator.${field}`),
    value: values[field],
    error: isTried ? faultOf(field) : undefined,
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget
      setValues(before => ({ ...before, [field]: value }))
    },
  })
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    setIsTried(true)
    const faulty = (['code', 'name', 'login', 'password'] as const).find(field => faultOf(field) !== undefined)
    if (faulty === undefined) {
      if (!make.isPending)
        make.mutate({ ...values, code: values.code.trim(), name: values.name.trim(), login: values.login.trim() })
      return
    }
    // The first field that needs a change gets the focus (WCAG 2.2, technique SCR32).
    const form = event.currentTarget as HTMLFormElement
    form.querySelector<HTMLInputElement>(`input[name=${faulty}]`)?.focus()
  }
  const problem = (): string | undefined => {
    const { error } = make
    if (error === null) return undefined
    if (error instanceof RequestError && error.serverCode === 'wrong_code') return say('firstAdministrator.wrongCode')
    if (error instanceof RequestError && error.code === 'API_CONFLICT') return say('firstAdministrator.taken')
    return failureText(error, say)
  }
  const shown = problem()
  return (
    <Alone title={say('firstAdministrator.title')}>
      <form className={`card ${styles['form']}`} onSubmit={submit} noValidate>
        <div className={styles['intro']}>
          <h1>{say('firstAdministrator.title')}</h1>
          <p className="quiet">{say('firstAdministrator.intro')}</p>
        </div>
        <div role="alert">
          {shown !== undefined && (
            <p className={styles['problem']}>
              {shown}{' '}
              {make.error instanceof RequestError && make.error.code === 'API_CONFLICT' && (
                <Link to="/sign-in" onClick={() => void config.refetch()}>
                  {say('firstAdministrator.toSignIn')}
                </Link>
              )}
            </p>
          )}
        </div>
        <TextInput
          {...input('code')}
          description={say('firstAdministrator.codeHint')}
          autoComplete="one-time-code"
          autoCapitalize="characters"
          spellCheck={false}
        />
        <TextInput {...input('name')} autoComplete="name" />
        <TextInput {...input('login')} autoComplete="username" autoCapitalize="none" spellCheck={false} />
        <PasswordInput
          {...input('password')}
          description={say('firstAdministrator.passwordHint', { least: LEAST_PASSWORD_LENGTH })}
          autoComplete="new-password"
        />
        <Button type="submit" loading={make.isPending}>
          {say('firstAdministrator.submit')}
        </Button>
      </form>
    </Alone>
  )
}
