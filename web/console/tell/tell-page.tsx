import { Button, Checkbox, NativeSelect, Skeleton, TextInput } from '@mantine/core'
import { SEVERITIES, type TellChoice, type TellSettings } from '@harbor/protocol'
import { useQuery } from '@tanstack/react-query'
import { type SyntheticEvent, useState } from 'react'
import { useConsole } from '../console-context.ts'
import { useSession } from '../session/use-session.ts'
import { Failure, failureText } from '../shell/failure.tsx'
import { Page } from '../shell/page.tsx'
import { Age } from '../time/age.tsx'
import { useWords } from '../words/words.tsx'
import { deviceId, deviceLabel, ownEndpoint, pushAbility, subscribe, unsubscribe } from './push.ts'
import { MailConfirm } from './mail-confirm.tsx'
import styles from './tell.module.css'
import { TellTest } from './tell-test.tsx'
import { TELL_SETTINGS, useChange } from './use-tell.ts'

/** How the person signed in is told: on which phones, of what, when not, and by mail. */
export function TellPage() {
  const { say } = useWords()
  const { api } = useConsole()
  const settings = useQuery({ queryKey: TELL_SETTINGS, queryFn: ({ signal }) => api.tell.settings(signal) })
  const role = useSession().data?.role
  return (
    <Page title={say('tell.title')}>
      {settings.data === undefined && settings.isError && (
        <Failure error={settings.error} retry={() => void settings.refetch()} />
      )}
      {settings.data === undefined && !settings.isError && <Skeleton height={320} radius="md" aria-busy="true" />}
      {settings.data !== undefined && (
        <>
          <Devices settings={settings.data} />
          <Choice settings={settings.data} />
          <MailConfirm settings={settings.data} />
          <TellTest settings={settings.data} />
        </>
      )}
      {role === 'administrator' && <Undelivered />}
    </Page>
  )
}

function Devices({ settings }: { settings: TellSettings }) {
  const { say } = useWords()
  const { api } = useConsole()
  const ability = pushAbility()
  const own = useQuery({
    queryKey: ['tell-own', settings.devices.length],
    queryFn: async () => {
      const endpoint = await ownEndpoint()
      return endpoint === undefined ? '' : deviceId(endpoint)
    },
    networkMode: 'always',
  })
  const add = useChange(
    async () => api.tell.addDevice(await subscribe(settings.pushKey, deviceLabel(navigator.userAgent))),
    say('tell.added'),
  )
  const remove = useChange(async (id: string) => {
    if (id === own.data) await unsubscribe()
    return api.tell.removeDevice(id)
  }, say('tell.removed'))
  const isTold = settings.devices.some(({ id }) => id === own.data)
  return (
    <section className={`card ${styles['part']}`} data-part="devices">
      <h2>{say('tell.devices')}</h2>
      {ability !== 'possible' && <p data-testid="unable">{say(`tell.unable.${ability}`)}</p>}
      {ability === 'possible' && !isTold && (
        <Button data-testid="subscribe" loading={add.isPending} onClick={() => add.mutate(undefined)}>
          {say('tell.subscribe')}
        </Button>
      )}
      {add.isError && <p role="alert">{say('tell.subscribeFailed', { reason: (add.error as Error).message })}</p>}
      {settings.devices.length === 0 && <p className="quiet">{say('tell.noDevices')}</p>}
      <ul className={styles['list']}>
        {settings.devices.map(({ id, label, since }) => (
          <li key={id} className={styles['row']} data-device={id}>
            <span>
              {label} {id === own.data && <strong>{say('tell.thisOne')}</strong>}{' '}
              <span className="quiet">
                <Age at={since} />
              </span>
            </span>
            <Button variant="default" aria-label={say('tell.removeNamed', { label })} onClick={() => remove.mutate(id)}>
              {say('tell.remove')}
            </Button>
          </li>
        ))}
      </ul>
      {remove.isError && <p role="alert">{failureText(remove.error, say)}</p>}
    </section>
  )
}

function Choice({ settings: { choice, sendsMail } }: { settings: TellSettings }) {
  const { say } = useWords()
  const { api } = useConsole()
  const [draft, setDraft] = useState<TellChoice>(choice)
  const save = useChange((next: TellChoice) => api.tell.choose(next), say('tell.saved'))
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    const { mail, ...rest } = draft
    const address = mail?.trim() ?? ''
    save.mutate({ ...rest, ...(address !== '' && { mail: address }) })
  }
  const quiet = draft.quiet ?? { from: '22:00', to: '06:30' }
  return (
    <form className={`card ${styles['part']}`} data-part="choice" onSubmit={submit} noValidate>
      <h2>{say('tell.choice')}</h2>
      <p className="quiet">{say('tell.always')}</p>
      <Checkbox.Group
        label={say('tell.severities')}
        value={[...draft.severities]}
        onChange={values => setDraft({ ...draft, severities: SEVERITIES.filter(one => values.includes(one)) })}
      >
        <div className={styles['boxes']}>
          {SEVERITIES.map(value => (
            <Checkbox key={value} size="md" value={value} label={say(`tell.grade.${value}`)} />
          ))}
        </div>
      </Checkbox.Group>
      <Checkbox
        size="md"
        label={say('tell.quiet')}
        description={say('tell.quietHint')}
        checked={draft.quiet !== undefined}
        onChange={event => setDraft({ ...draft, quiet: event.currentTarget.checked ? quiet : undefined })}
      />
      {draft.quiet !== undefined && (
        <div className={styles['times']}>
          <TextInput
            type="time"
            label={say('tell.from')}
            value={quiet.from}
            onChange={event => setDraft({ ...draft, quiet: { ...quiet, from: event.currentTarget.value } })}
          />
          <TextInput
            type="time"
            label={say('tell.to')}
            value={quiet.to}
            onChange={event => setDraft({ ...draft, quiet: { ...quiet, to: event.currentTarget.value } })}
          />
        </div>
      )}
      <NativeSelect
        label={say('tell.language')}
        data={[
          { value: 'zh', label: '中文' },
          { value: 'en', label: 'English' },
        ]}
        value={draft.language}
        onChange={event => setDraft({ ...draft, language: event.currentTarget.value === 'en' ? 'en' : 'zh' })}
      />
      <TextInput
        type="email"
        name="mail"
        label={say('tell.mail')}
        description={say(sendsMail ? 'tell.mailHint' : 'tell.mailOff')}
        autoComplete="email"
        value={draft.mail ?? ''}
        onChange={event => setDraft({ ...draft, mail: event.currentTarget.value })}
      />
      <Button type="submit" aria-disabled={save.isPending}>
        {say('tell.save')}
      </Button>
      {save.isError && <p role="alert">{failureText(save.error, say)}</p>}
      {save.isSuccess && <p data-testid="saved">{say('tell.saved')}</p>}
    </form>
  )
}

function Undelivered() {
  const { say } = useWords()
  const { api } = useConsole()
  const list = useQuery({ queryKey: ['undelivered'], queryFn: ({ signal }) => api.tell.undelivered(signal) })
  const tellings = list.data?.tellings ?? []
  return (
    <section className={`card ${styles['part']}`} data-part="undelivered">
      <h2>{say('tell.undelivered')}</h2>
      {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.data !== undefined && tellings.length === 0 && <p className="quiet">{say('tell.allDelivered')}</p>}
      <ul className={styles['list']}>
        {tellings.map((one, index) => (
          <li key={index}>
            {one.login} · {say(`tell.channel.${one.channel}`)} · {say(`tell.kind.${one.kind}`)} ·{' '}
            <Age at={one.createdAt} /> {one.reason !== undefined && <span className="quiet">{one.reason}</span>}
          </li>
        ))}
      </ul>
    </section>
  )
}
