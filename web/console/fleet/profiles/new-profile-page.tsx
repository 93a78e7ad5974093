import { isId } from '@harbor/protocol'
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { BackIcon } from '../../shell/icons.tsx'
import { Page } from '../../shell/page.tsx'
import { useWords } from '../../words/words.tsx'
import styles from '../fleet.module.css'
import { useFleetAct } from '../use-fleet.ts'
import { EMPTY_PROFILE } from './profile-draft.ts'
import { ProfileEditor } from './profile-editor.tsx'

const FIELDS = ['profile', 'nameZh', 'nameEn'] as const

/** A new profile: its name in both languages and its first version. */
export function NewProfilePage() {
  const { say } = useWords()
  const navigate = useNavigate()
  const [names, setNames] = useState({ profile: '', nameZh: '', nameEn: '' })
  const [isChecked, setIsChecked] = useState(false)
  const make = useFleetAct((api, body: Parameters<typeof api.profiles.make>[0]) => api.profiles.make(body))
  const isWrong = (field: (typeof FIELDS)[number]) =>
    field === 'profile' ? !isId(names.profile) : names[field].trim() === ''
  return (
    <Page title={say('profile.make')}>
      <Link to="/fleet/profiles" className={styles['link']}>
        <BackIcon /> {say('profile.title')}
      </Link>
      <ProfileEditor
        text={EMPTY_PROFILE}
        save={{ label: say('profile.saveNew'), isBusy: make.isPending, error: make.error }}
        onSave={({ text, note }) => {
          setIsChecked(true)
          if (FIELDS.some(isWrong)) return
          make.mutate(
            { ...names, text, note },
            { onSuccess: ({ profile }) => void navigate(`/fleet/profiles/${profile}`, { replace: true }) },
          )
        }}
      >
        <div className={styles['fields']}>
          {FIELDS.map(field => (
            <TextInput
              key={field}
              name={field}
              label={say(`profile.field.${field}`)}
              description={field === 'profile' ? say('profile.idHint') : undefined}
              required
              maxLength={field === 'profile' ? 40 : 120}
              value={names[field]}
              error={isChecked && isWrong(field) && say(field === 'profile' ? 'profile.idHint' : 'register.required')}
              onChange={event => setNames({ ...names, [field]: event.currentTarget.value })}
            />
          ))}
        </div>
      </ProfileEditor>
    </Page>
  )
}
