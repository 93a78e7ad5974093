import type { ConfigTextCheck, ExplainedConfig } from '@harbor/protocol'
import { Button } from '@mantine/core'
import { useDeferredValue, useState } from 'react'
import { useAnnounce } from '../../shell/announcer.tsx'
import { Failure } from '../../shell/failure.tsx'
import { LoadingRows } from '../../shell/list-states.tsx'
import { Part } from '../../shell/part.tsx'
import { useWords } from '../../words/words.tsx'
import { ConfigChanges } from '../config-changes.tsx'
import { fleetFailureText } from '../failure-text.ts'
import styles from '../fleet.module.css'
import { ProfileText } from '../profiles/profile-text.tsx'
import { useFleet, useFleetAct } from '../use-fleet.ts'
import { Losses } from './losses.tsx'
import { OriginsTable } from './origins-table.tsx'
import { ownText } from './own-settings.ts'

interface OwnPartProps {
  gateway: string
  /** The newest; undefined: it was never given a config. */
  version: number | undefined
}

/** What one gateway has otherwise than its profile says; without a profile its whole settings. */
export function OwnPart({ gateway, version }: OwnPartProps) {
  const { say } = useWords()
  const [isOpen, setIsOpen] = useState(false)
  const explained = useFleet({
    key: ['explained', gateway, version],
    ask: (api, signal) => api.profiles.explained(gateway, version, signal),
    isWanted: version !== undefined,
    keepBefore: true,
  })
  if (version !== undefined && explained.data === undefined)
    return explained.isError ? (
      <Failure error={explained.error} retry={() => void explained.refetch()} />
    ) : (
      <LoadingRows />
    )
  const source = explained.data?.source
  return (
    <Part name="own" title={say(source === undefined ? 'fleet.own.settings' : 'fleet.own.overrides')}>
      <p className="quiet">
        {source === undefined
          ? say('fleet.own.settingsHint')
          : say('fleet.own.overridesHint', { profile: source.profile, version: source.version })}
      </p>
      {isOpen ? (
        <Editor gateway={gateway} explained={explained.data} onClose={() => setIsOpen(false)} />
      ) : (
        <div className={styles['actions']}>
          <Button variant="default" data-act="edit-own" onClick={() => setIsOpen(true)}>
            {say('fleet.own.edit')}
          </Button>
        </div>
      )}
    </Part>
  )
}

interface EditorProps {
  gateway: string
  explained: ExplainedConfig | undefined
  onClose: () => void
}

/** The text, its faults by line, and what it would make of the gateway. */
function Editor({ gateway, explained, onClose }: EditorProps) {
  const { say } = useWords()
  // A change by somebody else does not take away what is being written here: it shows as a difference, and is asked about if lost.
  const [text, setText] = useState(() => ownText(explained))
  const source = explained?.source
  const asked = useDeferredValue(text)
  const of = source && { profile: source.profile, version: source.version }
  const check = useFleet({
    key: ['own-check', gateway, explained?.version, asked],
    ask: (api, signal) => api.profiles.checkOwn(gateway, { text: asked, ...of }, signal),
    isWanted: asked.trim() !== '',
    keepBefore: true,
  })
  const isNewest = asked === text && !check.isPlaceholderData && text.trim() !== ''
  const preview = check.data?.preview
  return (
    <div className={styles['stack']} data-form="own">
      <ProfileText text={text} rows={12} problems={check.data?.problems ?? []} onChange={setText} />
      {check.isError && <Failure error={check.error} retry={() => void check.refetch()} />}
      {preview !== undefined && isNewest && (
        <Preview key={preview.confirm ?? ''} {...{ gateway, text, preview, of, onDone: onClose }} />
      )}
      <div className={styles['actions']}>
        <Button variant="default" data-act="leave-own" onClick={onClose}>
          {say('profile.cancel')}
        </Button>
      </div>
    </div>
  )
}

interface PreviewProps {
  gateway: string
  text: string
  preview: NonNullable<ConfigTextCheck['preview']>
  /** Undefined: by hand. */
  of: { profile: string; version: number } | undefined
  onDone: () => void
}

/** What would be another, and the press that gives it: twice where something is lost. */
function Preview({ gateway, text, preview, of, onDone }: PreviewProps) {
  const { say } = useWords()
  const announce = useAnnounce()
  const { problems, changes, losses, origins, confirm } = preview
  const give = useFleetAct(api => api.profiles.giveOwn(gateway, { text, ...of }, confirm))
  const press = () =>
    give.mutate(undefined, {
      onSuccess: version => {
        announce(say('fleet.give.given', { version }))
        onDone()
      },
    })
  return (
    <div className={styles['stack']} data-testid="own-change">
      {problems.length > 0 && (
        <ul className={styles['problem']} role="alert">
          {problems.map(problem => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
      <ConfigChanges changes={changes} label={say('fleet.own.changes')} />
      {origins.length > 0 && (
        <details className={styles['disclosure']}>
          <summary>{say('fleet.own.origins')}</summary>
          <div>
            <OriginsTable origins={origins} label={say('fleet.own.origins')} />
          </div>
        </details>
      )}
      {problems.length === 0 && changes.length > 0 && losses.length > 0 && (
        <Losses losses={losses} isBusy={give.isPending} onSure={press} onKeep={onDone} />
      )}
      {problems.length === 0 && changes.length > 0 && losses.length === 0 && (
        <div className={styles['actions']}>
          <Button data-act="give-own" aria-disabled={give.isPending} onClick={() => give.isPending || press()}>
            {say('fleet.own.give')}
          </Button>
        </div>
      )}
      {give.isError && (
        <p role="alert" className={styles['problem']}>
          {say('order.failed', { reason: fleetFailureText(give.error, say) })}
        </p>
      )}
    </div>
  )
}
