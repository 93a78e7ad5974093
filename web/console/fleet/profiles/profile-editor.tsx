import { Button, SegmentedControl, TextInput } from '@mantine/core'
import { type ReactNode, type SyntheticEvent, useDeferredValue, useState } from 'react'
import { problemsOf } from '../../api/fleet-profiles-api.ts'
import { useWords } from '../../words/words.tsx'
import { fleetFailureText } from '../failure-text.ts'
import styles from '../fleet.module.css'
import { useFleet } from '../use-fleet.ts'
import { textOf, tryParseProfile } from './profile-draft.ts'
import { ProfileForm } from './profile-form.tsx'
import { ProfileText } from './profile-text.tsx'

interface ProfileEditorProps {
  /** What it begins with. */
  text: string
  save: { label: string; isBusy: boolean; error: unknown }
  onSave: (version: { text: string; note: string }) => void
  /** What stands above. */
  children?: ReactNode
}

/** A version of a profile that is being written: by a form, or as JSON. The server names what is wrong by line. */
export function ProfileEditor({ text: start, save, onSave, children }: ProfileEditorProps) {
  const { say } = useWords()
  const [text, setText] = useState(start)
  const [note, setNote] = useState('')
  const [view, setView] = useState<'form' | 'text'>('form')
  const asked = useDeferredValue(text)
  const check = useFleet({
    key: ['profile-check', asked],
    ask: (api, signal) => api.profiles.check(asked, signal),
    isWanted: asked.trim() !== '',
    keepBefore: true,
  })
  const document = tryParseProfile(text)
  const isNewest = !check.isPlaceholderData && asked === text
  const problems = problemsOf(save.error) ?? check.data?.problems ?? []
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    if (!save.isBusy) onSave({ text, note: note.trim() })
  }
  return (
    <form className={styles['stack']} noValidate data-form="profile" onSubmit={submit}>
      {children}
      <SegmentedControl
        aria-label={say('profile.view.label')}
        data={[
          { value: 'form', label: say('profile.view.form') },
          { value: 'text', label: say('profile.view.text') },
        ]}
        value={view}
        onChange={value => setView(value === 'text' ? 'text' : 'form')}
      />
      {view === 'form' && document !== undefined && (
        <ProfileForm document={document} onChange={next => setText(textOf(next))} />
      )}
      {view === 'form' && document === undefined && (
        <p className={styles['warning']} role="status">
          {say('profile.noForm')}
        </p>
      )}
      {view === 'text' && <ProfileText text={text} problems={problems} onChange={setText} />}
      <div role="status" data-testid="check" data-sound={isNewest && problems.length === 0}>
        {problems.length > 0 ? (
          <>
            <p>{say('profile.problems', { count: problems.length })}</p>
            {view === 'form' && (
              <ul>
                {problems.map(({ path, line, column, reason }) => (
                  <li key={`${line}:${column} ${reason}`}>
                    <code>{path}</code> {reason}
                  </li>
                ))}
              </ul>
            )}
          </>
        ) : (
          isNewest && check.data !== undefined && <p className="quiet">{say('profile.sound')}</p>
        )}
      </div>
      <TextInput
        name="note"
        label={say('profile.note')}
        description={say('profile.noteHint')}
        maxLength={300}
        value={note}
        onChange={event => setNote(event.currentTarget.value)}
      />
      {save.error !== null && (
        <p role="alert" className={styles['problem']} data-testid="not-saved">
          {say('order.failed', { reason: fleetFailureText(save.error, say) })}
        </p>
      )}
      <div className={styles['actions']}>
        <Button type="submit" data-testid="save" aria-disabled={save.isBusy}>
          {save.label}
        </Button>
      </div>
    </form>
  )
}
