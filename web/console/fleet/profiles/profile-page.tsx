import type { ProfileView } from '@harbor/protocol'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { useAnnounce } from '../../shell/announcer.tsx'
import { Failure } from '../../shell/failure.tsx'
import { BackIcon } from '../../shell/icons.tsx'
import { LoadingRows } from '../../shell/list-states.tsx'
import { Page } from '../../shell/page.tsx'
import { Column, Part, Parts } from '../../shell/part.tsx'
import { Age } from '../../time/age.tsx'
import { localName, useWords } from '../../words/words.tsx'
import { ConfigChanges } from '../config-changes.tsx'
import { actorName } from '../actor-name.ts'
import styles from '../fleet.module.css'
import { useFleet, useFleetAct } from '../use-fleet.ts'
import { VersionPairChoice, useVersionPair } from '../version-pair.tsx'
import { ProfileEditor } from './profile-editor.tsx'

/** One profile: its versions, what is another between any two, and the next one being written. */
export function ProfilePage() {
  const { profile = '' } = useParams()
  return <ProfileById key={profile} profile={profile} />
}

function ProfileById({ profile }: { profile: string }) {
  const { say, language } = useWords()
  const view = useFleet({ key: ['profile', profile], ask: (api, signal) => api.profiles.view(profile, signal) })
  return (
    <Page title={view.data === undefined ? say('profile.title') : localName(language, view.data)}>
      <Link to="/fleet/profiles" className={styles['link']}>
        <BackIcon /> {say('profile.title')}
      </Link>
      {view.data === undefined && view.isError && <Failure error={view.error} retry={() => void view.refetch()} />}
      {view.data === undefined && !view.isError && <LoadingRows />}
      {view.data !== undefined && <Versions view={view.data} />}
    </Page>
  )
}

function Versions({ view: { profile, versions } }: { view: ProfileView }) {
  const { say } = useWords()
  const newest = versions[0]?.version ?? 1
  const [chosen, setChosen] = useState<number>()
  const [isEditing, setIsEditing] = useState(false)
  const shown = chosen ?? newest
  return (
    <>
      {isEditing ? (
        <Editor profile={profile} from={shown} newest={newest} onClose={() => setIsEditing(false)} />
      ) : (
        <p>
          <Button data-testid="edit" onClick={() => setIsEditing(true)}>
            {say('profile.next', { version: shown })}
          </Button>
        </p>
      )}
      <Parts>
        <Column>
          {!isEditing && <Document profile={profile} version={shown} />}
          <Diff profile={profile} versions={versions.map(({ version }) => version)} />
        </Column>
        <Column>
          <Part name="versions" title={say('fleet.versions')}>
            <ol className={styles['list']} reversed>
              {versions.map(({ version, note, savedAt, savedBy, gateways }) => (
                <li key={version} data-version={version}>
                  <p className={styles['line']}>
                    <Button
                      variant={version === shown ? 'light' : 'default'}
                      aria-pressed={version === shown}
                      onClick={() => setChosen(version)}
                    >
                      {say('fleet.version', { version })}
                    </Button>
                    <span>{say('profile.gateways', { count: gateways })}</span>
                  </p>
                  <p className="quiet">
                    {actorName(savedBy, say)} · <Age at={savedAt} /> {note}
                  </p>
                </li>
              ))}
            </ol>
          </Part>
        </Column>
      </Parts>
    </>
  )
}

function useProfileVersion(profile: string, version: number) {
  return useFleet({
    key: ['profile-version', profile, version],
    ask: (api, signal) => api.profiles.version(profile, version, signal),
  })
}

function Document({ profile, version }: { profile: string; version: number }) {
  const { say } = useWords()
  const shown = useProfileVersion(profile, version)
  return (
    <Part name="document" title={say('fleet.version', { version })}>
      {shown.isError && <Failure error={shown.error} retry={() => void shown.refetch()} />}
      {shown.data !== undefined && (
        <pre className={styles['text']} tabIndex={0} aria-label={say('profile.view.text')}>
          {shown.data.text}
        </pre>
      )}
    </Part>
  )
}

interface EditorProps {
  profile: string
  /** The version that it begins with. */
  from: number
  newest: number
  onClose: () => void
}

function Editor({ profile, from, newest, onClose }: EditorProps) {
  const { say } = useWords()
  const announce = useAnnounce()
  const start = useProfileVersion(profile, from)
  // What it replaces stays when somebody else saves meanwhile: the server then says so.
  const [after] = useState(newest)
  const save = useFleetAct((api, body: { text: string; note: string }) =>
    api.profiles.save(profile, { ...body, after }),
  )
  if (start.data === undefined)
    return start.isError ? <Failure error={start.error} retry={() => void start.refetch()} /> : <LoadingRows />
  return (
    <Part name="editor" title={say('profile.next', { version: from })}>
      <ProfileEditor
        text={start.data.text}
        save={{ label: say('profile.save', { version: after + 1 }), isBusy: save.isPending, error: save.error }}
        onSave={version =>
          save.mutate(version, {
            onSuccess: made => {
              announce(say('profile.saved', { version: made.version }))
              onClose()
            },
          })
        }
      />
      <div className={styles['actions']}>
        <Button variant="default" onClick={onClose}>
          {say('profile.cancel')}
        </Button>
      </div>
    </Part>
  )
}

function Diff({ profile, versions }: { profile: string; versions: readonly number[] }) {
  const { say } = useWords()
  const pair = useVersionPair(versions)
  const diff = useFleet({
    key: ['profile-diff', profile, pair],
    ask: (api, signal) => api.profiles.diff(profile, pair ?? { from: 1, to: 1 }, signal),
    isWanted: pair !== undefined,
    keepBefore: true,
  })
  if (pair === undefined) return null
  return (
    <Part name="diff" title={say('fleet.change.title')}>
      <VersionPairChoice versions={versions} pair={pair} />
      {diff.isError && <Failure error={diff.error} retry={() => void diff.refetch()} />}
      {diff.data !== undefined && <ConfigChanges changes={diff.data.changes} label={say('fleet.change.title')} />}
    </Part>
  )
}
