import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { CONTACT_KINDS, type ContactKind, ROLES, SEVERITIES } from '@harbor/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type SyntheticEvent, useState } from 'react'
import { useConsole } from '../console-context.ts'
import { Failure, failureText } from '../shell/failure.tsx'
import { useWords } from '../words/words.tsx'
import styles from './automation.module.css'

const CHANNELS = ['automation', 'channels'] as const

/** Groups' robots and people's phones that Node-RED tells by. */
export function ChannelsPart() {
  const { say } = useWords()
  const { api } = useConsole()
  const client = useQueryClient()
  const list = useQuery({ queryKey: CHANNELS, queryFn: ({ signal }) => api.automation.channels(signal) })
  const changed = () => client.invalidateQueries({ queryKey: CHANNELS })
  const remove = useMutation({ mutationFn: (id: string) => api.automation.removeChannel(id), onSuccess: changed })
  return (
    <section className={`card ${styles['part']}`} data-part="channels">
      <h2>{say('automation.channels')}</h2>
      <p className="quiet">{say('automation.channelsHint')}</p>
      {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.data?.channels.length === 0 && <p className="quiet">{say('automation.noChannels')}</p>}
      <ul className={styles['list']}>
        {list.data?.channels.map(({ id, kind, name, target, region, roles, severities, quiet, trouble }) => (
          <li key={id} className={styles['row']} data-channel={id}>
            <span>
              {name} ·{' '}
              <span className="quiet">
                {say(`automation.kind.${kind}`)} {target} · {region ?? say('automation.wholeCity')} ·{' '}
                {severities.join(' ')}
                {roles.length > 0 && ` · ${roles.map(role => say(`role.${role}`)).join(say('automation.comma'))}`}
                {quiet !== undefined && ` · ${say('automation.quietAt', quiet)}`}
              </span>{' '}
              {trouble !== undefined && <strong>{say('automation.trouble', { reason: trouble.reason })}</strong>}
            </span>
            <Button
              variant="default"
              aria-label={say('automation.removeNamed', { name })}
              onClick={() => remove.mutate(id)}
            >
              {say('automation.remove')}
            </Button>
          </li>
        ))}
      </ul>
      {remove.isError && <p role="alert">{failureText(remove.error, say)}</p>}
      <NewChannel onSaved={changed} />
    </section>
  )
}

const EMPTY = { id: '', name: '', target: '', login: '', region: '', quietFrom: '', quietTo: '' }

function NewChannel({ onSaved }: { onSaved: () => Promise<void> }) {
  const { say, language } = useWords()
  const { api } = useConsole()
  const [kind, setKind] = useState<ContactKind>('wecom')
  const [text, setText] = useState(EMPTY)
  const [severities, setSeverities] = useState<readonly (typeof SEVERITIES)[number][]>(['P0', 'P1'])
  const [roles, setRoles] = useState<readonly (typeof ROLES)[number][]>([])
  const save = useMutation({
    mutationFn: () => {
      const { id, name, target, login, region, quietFrom, quietTo } = text
      return api.automation.putChannel(id.trim(), {
        kind,
        name: name.trim(),
        target: target.trim(),
        ...(login.trim() !== '' && { login: login.trim() }),
        ...(region.trim() !== '' && { region: region.trim() }),
        // A phone is its person's, whatever their role.
        roles: login.trim() === '' ? [...roles] : [],
        severities: [...severities],
        ...(quietFrom !== '' && { quiet: { from: quietFrom, to: quietTo } }),
        language: language.startsWith('zh') ? 'zh' : 'en',
      })
    },
    onSuccess: async () => {
      setText(EMPTY)
      setRoles([])
      await onSaved()
    },
  })
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    save.mutate()
  }
  const field = (name: keyof typeof EMPTY) => ({
    name,
    value: text[name],
    onChange: (event: { currentTarget: { value: string } }) => setText({ ...text, [name]: event.currentTarget.value }),
  })
  return (
    <form className={styles['form']} onSubmit={submit} data-part="new-channel">
      <NativeSelect
        label={say('automation.kindLabel')}
        value={kind}
        data={CONTACT_KINDS.map(value => ({ value, label: say(`automation.kind.${value}`) }))}
        onChange={event => setKind(CONTACT_KINDS.find(one => one === event.currentTarget.value) ?? 'wecom')}
      />
      <TextInput label={say('automation.channelId')} required {...field('id')} />
      <TextInput label={say('automation.name')} required {...field('name')} />
      <TextInput
        label={say('automation.target')}
        description={say('automation.targetHint')}
        required
        {...field('target')}
      />
      {kind === 'sms' && <TextInput label={say('automation.login')} {...field('login')} />}
      <TextInput label={say('automation.channelRegion')} {...field('region')} />
      <fieldset className={styles['row']}>
        <legend>{say('automation.severities')}</legend>
        {SEVERITIES.map(severity => (
          <Checkbox
            key={severity}
            label={severity}
            checked={severities.includes(severity)}
            onChange={event =>
              setSeverities(
                event.currentTarget.checked ? [...severities, severity] : severities.filter(one => one !== severity),
              )
            }
          />
        ))}
      </fieldset>
      {!(kind === 'sms' && text.login.trim() !== '') && (
        <fieldset className={styles['row']}>
          <legend>{say('automation.roles')}</legend>
          {ROLES.map(role => (
            <Checkbox
              key={role}
              name={`role-${role}`}
              label={say(`role.${role}`)}
              checked={roles.includes(role)}
              onChange={event =>
                setRoles(event.currentTarget.checked ? [...roles, role] : roles.filter(one => one !== role))
              }
            />
          ))}
        </fieldset>
      )}
      <fieldset className={styles['row']}>
        <legend>{say('automation.quiet')}</legend>
        <TextInput
          type="time"
          label={say('automation.quietFrom')}
          required={text.quietTo !== ''}
          {...field('quietFrom')}
        />
        <TextInput
          type="time"
          label={say('automation.quietTo')}
          required={text.quietFrom !== ''}
          {...field('quietTo')}
        />
      </fieldset>
      <Button type="submit" loading={save.isPending} disabled={severities.length === 0}>
        {say('automation.save')}
      </Button>
      {save.isError && <p role="alert">{failureText(save.error, say)}</p>}
    </form>
  )
}
