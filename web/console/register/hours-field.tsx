import { NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../words/words.tsx'
import styles from './register.module.css'
import { useCheck } from './use-register.ts'
import { type UsualHours, fromHours, toHours } from './usual-hours.ts'
import { WeekPreview } from './week-preview.tsx'

const EMPTY: UsualHours = { weekdays: '', weekend: '', holidays: undefined }
const MODES = ['same', 'off', 'other'] as const

interface HoursFieldProps {
  value: string
  district: string
  onChange: (value: string) => void
}

/** Opening hours: the usual kind in three fields, every other kind as text; what they mean for the next week stands below. */
export function HoursField({ value, district, onChange }: HoursFieldProps) {
  const { say } = useWords()
  const parsed = value === '' ? EMPTY : fromHours(value)
  // What is being typed need not be hours yet.
  const [typed, setTyped] = useState<UsualHours>(parsed ?? EMPTY)
  const check = useCheck(value.trim() === '' ? undefined : { hours: value, district }).data
  const change = (part: Partial<UsualHours>) => {
    const next = { ...typed, ...part }
    setTyped(next)
    onChange(toHours(next))
  }
  const mode = typed.holidays === undefined ? 'same' : typed.holidays === '' ? 'off' : 'other'
  return (
    <fieldset className={styles['group']} data-part="hours">
      <legend>{say('register.hours')}</legend>
      {parsed !== undefined && (
        <div className={styles['fields']}>
          <TextInput
            name="weekdays"
            label={say('register.weekdays')}
            value={typed.weekdays}
            onChange={event => change({ weekdays: event.currentTarget.value })}
          />
          <TextInput
            name="weekend"
            label={say('register.weekend')}
            value={typed.weekend}
            onChange={event => change({ weekend: event.currentTarget.value })}
          />
          <NativeSelect
            name="holiday-mode"
            label={say('register.holidays')}
            data={MODES.map(one => ({ value: one, label: say(`register.holidayMode.${one}`) }))}
            value={mode}
            onChange={event => {
              const chosen = event.currentTarget.value
              change({ holidays: chosen === 'same' ? undefined : chosen === 'off' ? '' : '09:00-17:00' })
            }}
          />
          {mode === 'other' && (
            <TextInput
              name="holidays"
              label={say('register.holidayMode.other')}
              value={typed.holidays ?? ''}
              onChange={event => change({ holidays: event.currentTarget.value })}
            />
          )}
          <p className={`quiet ${styles['wide']}`}>{say('register.intervalsHint')}</p>
        </div>
      )}
      <TextInput
        name="hours"
        label={say('register.asText')}
        maxLength={500}
        value={value}
        error={check?.isHoursReadable === false && say('register.unreadable')}
        onChange={event => {
          const text = event.currentTarget.value
          setTyped(fromHours(text) ?? EMPTY)
          onChange(text)
        }}
      />
      {check?.plan !== undefined && (
        <>
          <p>
            <b>{say('register.preview')}</b>
          </p>
          <WeekPreview plan={check.plan} />
        </>
      )}
    </fieldset>
  )
}
