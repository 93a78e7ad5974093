import { Button, Checkbox, TextInput } from '@mantine/core'
import { type IssuedToken, SERVICE_RIGHTS, type ServiceAccount, type ServiceRight } from '@harbor/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type SyntheticEvent, useState } from 'react'
import { useConsole } from '../console-context.ts'
import { Failure, failureText } from '../shell/failure.tsx'
import { Age } from '../time/age.tsx'
import { useWords } from '../words/words.tsx'
import styles from './automation.module.css'
import { regionsOf } from './regions-of.ts'

const ACCOUNTS = ['automation', 'accounts'] as const

/** Service accounts: made, given another token, revoked. A token is shown once. */
export function AccountsPart() {
  const { say } = useWords()
  const { api } = useConsole()
  const client = useQueryClient()
  const [issued, setIssued] = useState<IssuedToken>()
  const accounts = useQuery({ queryKey: ACCOUNTS, queryFn: ({ signal }) => api.automation.accounts(signal) })
  const taken = async (answer?: IssuedToken) => {
    if (answer !== undefined) setIssued(answer)
    await client.invalidateQueries({ queryKey: ['automation'] })
  }
  return (
    <section className={`card ${styles['part']}`} data-part="accounts">
      <h2>{say('automation.accounts')}</h2>
      {accounts.isError && <Failure error={accounts.error} retry={() => void accounts.refetch()} />}
      {issued !== undefined && (
        <div role="status" className={styles['list']}>
          <strong>{say('automation.token', { account: issued.account.name })}</strong>
          <code className={styles['token']} data-testid="token">
            {issued.token}
          </code>
          <Button variant="default" onClick={() => setIssued(undefined)}>
            {say('automation.copied')}
          </Button>
        </div>
      )}
      <ul className={styles['list']}>
        {accounts.data?.accounts.map(account => (
          <li key={account.name} className={styles['list']} data-account={account.name}>
            <Account account={account} onTaken={taken} />
          </li>
        ))}
      </ul>
      <NewAccount onTaken={taken} />
    </section>
  )
}

type Taken = (answer?: IssuedToken) => Promise<void>

function Account({ account, onTaken }: { account: ServiceAccount; onTaken: Taken }) {
  const { say } = useWords()
  const { api } = useConsole()
  const [isAsking, setAsking] = useState(false)
  const { name, rights, districts, streets, tokens, revokedAt } = account
  const add = useMutation({ mutationFn: () => api.automation.addToken(name), onSuccess: onTaken })
  const end = useMutation({
    mutationFn: (id: string) => api.automation.endToken(name, id),
    onSuccess: () => onTaken(),
  })
  const revoke = useMutation({ mutationFn: () => api.automation.revoke(name), onSuccess: () => onTaken() })
  const failed = add.error ?? end.error ?? revoke.error
  const regions = streets ?? districts
  return (
    <>
      <div className={styles['row']}>
        <span>
          <strong>{name}</strong> {revokedAt !== undefined && say('automation.revoked')}{' '}
          <span className="quiet">
            {rights.map(right => say(`automation.right.${right}`)).join(' · ')} ·{' '}
            {regions.length === 0 ? say('automation.wholeCity') : regions.join(', ')}
          </span>
        </span>
        {revokedAt === undefined && !isAsking && (
          <span className={styles['row']}>
            <Button
              variant="default"
              aria-label={say('automation.addTokenOf', { account: name })}
              loading={add.isPending}
              onClick={() => add.mutate()}
            >
              {say('automation.addToken')}
            </Button>
            <Button
              variant="default"
              aria-label={say('automation.revokeNamed', { account: name })}
              onClick={() => setAsking(true)}
            >
              {say('automation.revoke')}
            </Button>
          </span>
        )}
      </div>
      {isAsking && revokedAt === undefined && (
        <div className={styles['row']} role="alert">
          {say('automation.reallyRevoke', { account: name })}
          <Button color="red" loading={revoke.isPending} onClick={() => revoke.mutate()}>
            {say('automation.revoke')}
          </Button>
          <Button variant="default" onClick={() => setAsking(false)}>
            {say('automation.keep')}
          </Button>
        </div>
      )}
      {tokens.map(({ id, createdAt, usedAt }) => (
        <div key={id} className={styles['row']}>
          <span className="quiet">
            {say('automation.since')} <Age at={createdAt} /> ·{' '}
            {usedAt === undefined ? (
              say('automation.neverUsed')
            ) : (
              <>
                {say('automation.used')} <Age at={usedAt} />
              </>
            )}
          </span>
          <Button variant="subtle" onClick={() => end.mutate(id)}>
            {say('automation.endToken')}
          </Button>
        </div>
      ))}
      {failed !== null && <p role="alert">{failureText(failed, say)}</p>}
    </>
  )
}

function NewAccount({ onTaken }: { onTaken: Taken }) {
  const { say } = useWords()
  const { api } = useConsole()
  const [name, setName] = useState('')
  const [region, setRegion] = useState('')
  const [rights, setRights] = useState<readonly ServiceRight[]>(['read'])
  const make = useMutation({
    mutationFn: () => api.automation.make({ name: name.trim(), rights: [...rights], ...regionsOf(region) }),
    onSuccess: async answer => {
      setName('')
      await onTaken(answer)
    },
  })
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    make.mutate()
  }
  return (
    <form className={styles['form']} onSubmit={submit} data-part="new-account">
      <TextInput
        name="name"
        label={say('automation.name')}
        description={say('automation.nameHint')}
        value={name}
        required
        onChange={event => setName(event.currentTarget.value)}
      />
      <fieldset className={styles['form']}>
        <legend>{say('automation.rights')}</legend>
        {SERVICE_RIGHTS.map(right => (
          <Checkbox
            key={right}
            label={say(`automation.right.${right}`)}
            checked={rights.includes(right)}
            onChange={event =>
              setRights(event.currentTarget.checked ? [...rights, right] : rights.filter(one => one !== right))
            }
          />
        ))}
      </fieldset>
      <TextInput
        name="region"
        label={say('automation.region')}
        description={say('automation.regionHint')}
        value={region}
        onChange={event => setRegion(event.currentTarget.value)}
      />
      <Button type="submit" loading={make.isPending} disabled={rights.length === 0}>
        {say('automation.make')}
      </Button>
      {make.isError && <p role="alert">{failureText(make.error, say)}</p>}
    </form>
  )
}
