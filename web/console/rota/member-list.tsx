import type { RotaMemberRequest, StationRota } from '@harbor/protocol'
import { Button, TextInput } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'
import { failureText } from '../shell/failure.tsx'
import { useWords } from '../words/words.tsx'
import styles from './rota.module.css'
import { useRotaAct } from './use-rota.ts'

/** Who serves at a station, and for whoever manages it, who else is to. */
export function MemberList({ rota }: { rota: StationRota }) {
  const { say } = useWords()
  const end = useRotaAct((api, person: string) => api.endMember(rota.station, person), say('stock.saved'))
  return (
    <>
      <h3>{say('rota.members')}</h3>
      {rota.members.length === 0 && <p className="quiet">{say('rota.noMembers')}</p>}
      <ul className={styles['list']}>
        {rota.members.map(({ person, name, kind, contact }) => (
          <li key={person} className={`card ${styles['row']}`} data-member={person}>
            <p>
              {name} · {say(`rota.${kind}`)}
              {contact !== undefined && ` · ${contact}`}
            </p>
            {rota.mayManage && (
              <div className={styles['acts']}>
                <Button
                  variant="default"
                  aria-label={say('rota.remove', { name })}
                  aria-disabled={end.isPending}
                  onClick={() => end.isPending || end.mutate(person)}
                >
                  {say('rota.removeShort')}
                </Button>
              </div>
            )}
          </li>
        ))}
      </ul>
      {rota.mayManage && <AddMember station={rota.station} />}
    </>
  )
}

function AddMember({ station }: { station: string }) {
  const { say } = useWords()
  const [login, setLogin] = useState('')
  const [name, setName] = useState('')
  const [contact, setContact] = useState('')
  const add = useRotaAct((api, request: RotaMemberRequest) => api.addMember(station, request), say('stock.saved'))
  const send = (request: RotaMemberRequest) => (event: SyntheticEvent) => {
    event.preventDefault()
    if (add.isPending || Object.values(request).every(text => text === '')) return
    add.mutate(request, {
      onSuccess: () => {
        setLogin('')
        setName('')
        setContact('')
      },
    })
  }
  const reach = contact.trim()
  return (
    <details className={styles['disclosure']}>
      <summary>{say('rota.addKeeper')}</summary>
      <div className={styles['section']}>
        <form className={styles['form']} onSubmit={send({ login: login.trim() })} data-form="keeper">
          <TextInput
            name="login"
            label={say('rota.login')}
            maxLength={80}
            autoComplete="off"
            value={login}
            onChange={event => setLogin(event.currentTarget.value)}
          />
          <Button type="submit">{say('rota.addKeeper')}</Button>
        </form>
        <form
          className={styles['form']}
          onSubmit={send({ name: name.trim(), ...(reach !== '' && { contact: reach }) })}
          data-form="volunteer"
        >
          <TextInput
            name="volunteer"
            label={say('rota.name')}
            description={say('rota.private')}
            maxLength={60}
            autoComplete="off"
            value={name}
            onChange={event => setName(event.currentTarget.value)}
          />
          <TextInput
            name="contact"
            label={say('rota.contact')}
            maxLength={60}
            autoComplete="off"
            value={contact}
            onChange={event => setContact(event.currentTarget.value)}
          />
          <Button type="submit">{say('rota.addVolunteer')}</Button>
        </form>
        <div role="status">
          {add.data?.calendar !== undefined && (
            <>
              <p>{say('rota.calendar', { name: add.data.name })}</p>
              <p className={styles['address']} data-testid="calendar-address">
                {`${window.location.origin}${add.data.calendar}`}
              </p>
            </>
          )}
        </div>
        {add.isError && (
          <p role="alert" className={styles['problem']}>
            {say('rota.failed', { reason: failureText(add.error, say) })}
          </p>
        )}
      </div>
    </details>
  )
}
