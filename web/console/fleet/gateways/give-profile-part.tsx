import type { ConfigPreview, ProfileUse } from '@harbor/protocol'
import { Button, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { useAnnounce } from '../../shell/announcer.tsx'
import { Part } from '../../shell/part.tsx'
import { localName, useWords } from '../../words/words.tsx'
import { ConfigChanges } from '../config-changes.tsx'
import { fleetFailureText } from '../failure-text.ts'
import styles from '../fleet.module.css'
import { useProfiles } from '../profiles/profile-list-page.tsx'
import { useFleetAct } from '../use-fleet.ts'
import { Losses } from './losses.tsx'

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
