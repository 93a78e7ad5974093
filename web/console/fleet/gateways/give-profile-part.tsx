import type { ConfigLoss, ConfigPreview, ProfileUse } from '@harbor/protocol'
import { Button, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { useAnnounce } from '../../shell/announcer.tsx'
import { Part } from '../../shell/part.tsx'
import { localName, useWords } from '../../words/words.tsx'
import { ConfigChanges, jsonText } from '../config-changes.tsx'
import { fleetFailureText } from '../failure-text.ts'
import styles from '../fleet.module.css'
import { useProfiles } from '../profiles/profile-list-page.tsx'
import { useFleetAct } from '../use-fleet.ts'

/** A profile is looked at first: what it would change, and what it would take away. Only then it is given. */
export function GiveProfilePart({ gateway, now }: { gateway: string; now: string | undefined }) {
  const { say, language } = useWords()
  const profiles = useProfiles().data?.profiles
  const [chosen, setChosen] = useState<string>()
  const preview = useFleetAct((api, use: ProfileUse) => api.profiles.preview(gateway, use))
  const profile = chosen ?? now ?? ''
  return (
    <Part name="give-profile" title={say('fleet.give.title')}>
      <NativeSelect
        name="profile"
        label={say('fleet.give.profile')}
        data={[
          { value: '', label: '–' },
          ...(profiles ?? []).map(one => ({
            value: one.profile,
            label: `${localName(language, one)} · ${say('fleet.version', { version: one.version })}`,
          })),
        ]}
        value={profile}
        onChange={event => {
          setChosen(event.currentTarget.value)
          preview.reset()
        }}
      />
      <div className={styles['actions']}>
        <Button
          variant="default"
          data-testid="preview"
          aria-disabled={profile === '' || preview.isPending}
          onClick={() => profile !== '' && !preview.isPending && preview.mutate({ profile })}
        >
          {say('fleet.give.preview')}
        </Button>
      </div>
      {preview.isError && (
        <p role="alert" className={styles['problem']}>
          {say('order.failed', { reason: fleetFailureText(preview.error, say) })}
        </p>
      )}
      {preview.data !== undefined && <Preview gateway={gateway} preview={preview.data} onDone={preview.reset} />}
    </Part>
  )
}

interface PreviewProps {
  gateway: string
  preview: ConfigPreview
  onDone: () => void
}

function Preview({ gateway, preview, onDone }: PreviewProps) {
  const { say } = useWords()
  const announce = useAnnounce()
  const { source, problems, changes, losses, confirm } = preview
  const give = useFleetAct(api =>
    api.profiles.use(gateway, { profile: source.profile, version: source.version }, confirm),
  )
  const press = () =>
    give.mutate(undefined, {
      onSuccess: ({ version }) => {
        announce(say('fleet.give.given', { version }))
        onDone()
      },
    })
  return (
    <div className={styles['stack']} data-testid="would-change">
      {problems.length > 0 && (
        <ul className={styles['problem']} role="alert">
          {problems.map(problem => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
      <ConfigChanges changes={changes} label={say('fleet.give.title')} />
      {problems.length === 0 && changes.length > 0 && (
        <>
          {losses.length > 0 ? (
            <Losses losses={losses} isBusy={give.isPending} onSure={press} onKeep={onDone} />
          ) : (
            <div className={styles['actions']}>
              <Button data-testid="give" aria-disabled={give.isPending} onClick={() => give.isPending || press()}>
                {say('fleet.give.give', { version: source.version })}
              </Button>
            </div>
          )}
        </>
      )}
      {give.isError && (
        <p role="alert" className={styles['problem']}>
          {say('order.failed', { reason: fleetFailureText(give.error, say) })}
        </p>
      )}
    </div>
  )
}

interface LossesProps {
  losses: readonly ConfigLoss[]
  isBusy: boolean
  onSure: () => void
  onKeep: () => void
}

/** What would be lost is named, and asked about a second time. */
export function Losses({ losses, isBusy, onSure, onKeep }: LossesProps) {
  const { say } = useWords()
  const [isAsked, setIsAsked] = useState(false)
  return (
    <div className={styles['warning']} role="group" aria-label={say('fleet.loss.title')} data-testid="losses">
      <h3>{say('fleet.loss.title')}</h3>
      <ul>
        {losses.map(({ kind, device, path, before, after }) => (
          <li key={path} data-loss={kind} data-device={device}>
            {kind === 'device' ? (
              say('fleet.loss.device', { device })
            ) : (
              <>
                {say('fleet.loss.safety', { device })}: <code>{jsonText(before)}</code> →{' '}
                <code>{after === undefined ? say('fleet.change.nothing') : jsonText(after)}</code>
              </>
            )}
          </li>
        ))}
      </ul>
      <div className={styles['actions']}>
        {isAsked ? (
          <>
            <b>{say('fleet.loss.really', { count: losses.length })}</b>
            <Button color="red.9" data-act="confirm-loss" aria-disabled={isBusy} onClick={() => isBusy || onSure()}>
              {say('fleet.loss.yes')}
            </Button>
            <Button variant="default" onClick={onKeep}>
              {say('fleet.loss.keep')}
            </Button>
          </>
        ) : (
          <Button variant="default" data-act="give-anyway" onClick={() => setIsAsked(true)}>
            {say('fleet.loss.anyway')}
          </Button>
        )}
      </div>
    </div>
  )
}
