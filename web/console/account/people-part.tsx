import { Button, TextInput } from '@mantine/core'
import type { StaffEntry } from '@harbor/protocol'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useConsole } from '../console-context.ts'
import { useAnnounce } from '../shell/announcer.tsx'
import { Failure, failureText } from '../shell/failure.tsx'
import { useWords } from '../words/words.tsx'
import styles from './account.module.css'

const PEOPLE = ['governed-people'] as const
/** More are found by their name: a list as long as this is read by nobody. */
const MOST_SHOWN = 20

/** People of an administrator's region, to be signed out everywhere, and freed of a second factor that they lost. */
export function PeoplePart() {
  const { say } = useWords()
  const { api } = useConsole()
  const [text, setText] = useState('')
  const list = useQuery({
    queryKey: [...PEOPLE, text.trim()],
    queryFn: ({ signal }) => api.account.people(text.trim(), signal),
    placeholderData: keepPreviousData,
  })
  const people = (list.data?.people ?? []).filter(({ isOther }) => isOther)
  return (
    <section className={`card ${styles['part']}`} data-part="people">
      <h2>{say('ownAccount.people')}</h2>
      <p className="quiet">{say('ownAccount.peopleHint')}</p>
      <TextInput
        type="search"
        name="person"
        label={say('ownAccount.search')}
        value={text}
        onChange={event => setText(event.currentTarget.value)}
      />
      {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.data !== undefined && people.length === 0 && <p className="quiet">{say('ownAccount.nobody')}</p>}
      <ul className={styles['list']}>
        {people.slice(0, MOST_SHOWN).map(person => (
          <li key={person.login} className={styles['row']} data-person={person.login}>
            <SomebodyElse person={person} />
          </li>
        ))}
      </ul>
      {people.length > MOST_SHOWN && (
        <p className="quiet">{say('ownAccount.more', { count: people.length - MOST_SHOWN })}</p>
      )}
    </section>
  )
}

function SomebodyElse({ person: { login, name, role, sessions, hasSecondFactor } }: { person: StaffEntry }) {
  const { say } = useWords()
  const { api } = useConsole()
  return (
    <>
      <div className={styles['about']}>
        <span>{name}</span>
        <span className="quiet">
          {login} · {say(`role.${role}`)} · {say('ownAccount.signedIn', { count: sessions })} ·{' '}
          {say(hasSecondFactor ? 'secondFactor.has' : 'secondFactor.hasNot')}
        </span>
      </div>
      {sessions > 0 && (
        <AskedTwice
          label={say('ownAccount.endAll')}
          named={say('ownAccount.endAllOf', { name })}
          act={() => api.account.endSessionsOf(login)}
        />
      )}
      {hasSecondFactor && (
        <AskedTwice
          label={say('secondFactor.reset')}
          named={say('secondFactor.resetOf', { name })}
          act={() => api.account.resetSecondFactorOf(login)}
        />
      )}
    </>
  )
}

/** A button whose act is not taken back: it asks once more. */
function AskedTwice({ label, named, act }: { label: string; named: string; act: () => Promise<unknown> }): ReactNode {
  const { say } = useWords()
  const client = useQueryClient()
  const announce = useAnnounce()
  const [isAsking, setAsking] = useState(false)
  const doing = useMutation({
    mutationFn: act,
    onSuccess: async () => {
      setAsking(false)
      announce(say('ownAccount.done'))
      await client.invalidateQueries({ queryKey: PEOPLE })
    },
  })
  if (!isAsking)
    return (
      <Button variant="default" aria-label={named} onClick={() => setAsking(true)}>
        {label}
      </Button>
    )
  return (
    <div className={styles['row']} role="alert">
      {named}?
      <Button color="red" loading={doing.isPending} onClick={() => doing.mutate()}>
        {label}
      </Button>
      <Button variant="default" onClick={() => setAsking(false)}>
        {say('ownAccount.cancel')}
      </Button>
      {doing.isError && <p>{failureText(doing.error, say)}</p>}
    </div>
  )
}
