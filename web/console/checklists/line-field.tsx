import { Textarea, TextInput } from '@mantine/core'
import type { ChecklistLine } from '@harbor/protocol'
import { useState } from 'react'
import { useWords } from '../words/words.tsx'
import styles from './checklists.module.css'
import { type Draft, type DraftAnswer, resultOf } from './draft.ts'
import { PhotoField } from './photo-field.tsx'

export interface LineFieldProps {
  draft: Draft
  line: ChecklistLine
  number: number
  /** Somebody tried to send without it. */
  isAskedFor: boolean
  onAnswer: (answer: DraftAnswer) => void
  onPhotos: (photos: Draft['photos']) => void
}

/** One line of a checklist: large enough for a thumb. */
export function LineField({ draft, line, number, isAskedFor, onAnswer, onPhotos }: LineFieldProps) {
  const { say, language } = useWords()
  const answer = draft.answers[line.id] ?? {}
  const result = resultOf(draft, line)
  const label = language === 'zh' ? line.labelZh : line.labelEn
  const isFailed = result === 'failed'
  const problem = isAskedFor && (result === 'missing' || result === 'wrong')
  return (
    <fieldset className={`card ${styles['line']}`} data-line={line.id} data-result={result} id={`line-${line.id}`}>
      <legend className={styles['legend']}>
        {number}. {label}
        {line.isOptional === true && <span className="quiet"> {say('checklist.optional')}</span>}
      </legend>
      <Value line={line} value={answer.value} label={label} onChange={value => onAnswer({ ...answer, value })} />
      {problem && (
        <p role="alert" className={styles['problem']}>
          {say('checklist.missing')}
        </p>
      )}
      {isFailed && <p className={styles['failed']}>{say('checklist.opensOrder', { severity: line.severity })}</p>}
      {(isFailed || answer.note !== undefined) && (
        <Textarea
          label={say('checklist.note')}
          maxLength={500}
          rows={2}
          value={answer.note ?? ''}
          onChange={event => onAnswer({ ...answer, note: event.currentTarget.value })}
        />
      )}
      {(isFailed || line.type === 'photo') && (
        <PhotoField
          photos={draft.photos.filter(photo => photo.line === line.id).map(({ blob }) => blob)}
          label={label}
          onChange={photos =>
            onPhotos([
              ...draft.photos.filter(photo => photo.line !== line.id),
              ...photos.map(blob => ({ line: line.id, blob })),
            ])
          }
        />
      )}
    </fieldset>
  )
}

interface ValueProps {
  line: ChecklistLine
  value: DraftAnswer['value']
  label: string
  onChange: (value: DraftAnswer['value']) => void
}

function Value({ line, value, label, onChange }: ValueProps) {
  const { say, language } = useWords()
  switch (line.type) {
    case 'pass_fail':
      return (
        <Choice
          name={line.id}
          value={value}
          onChange={onChange}
          options={[
            { id: 'pass', label: say('checklist.pass'), fails: false },
            { id: 'fail', label: say('checklist.fail'), fails: true },
          ]}
        />
      )
    case 'choice':
      return (
        <Choice
          name={line.id}
          value={value}
          onChange={onChange}
          options={line.options.map(option => ({
            id: option.id,
            label: language === 'zh' ? option.labelZh : option.labelEn,
            fails: option.fails === true,
          }))}
        />
      )
    case 'number': {
      const { min, max, unit = '' } = line
      return (
        <NumberField
          label={label}
          hint={say('checklist.range', { min: min ?? '…', max: max ?? '…', unit })}
          value={typeof value === 'number' ? value : undefined}
          onChange={onChange}
        />
      )
    }
    case 'text':
      return (
        <Textarea
          aria-label={label}
          maxLength={1_000}
          rows={2}
          value={typeof value === 'string' ? value : ''}
          onChange={event => onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
        />
      )
    case 'photo':
      return null
  }
}

interface ChoiceProps {
  name: string
  value: DraftAnswer['value']
  options: readonly { id: string; label: string; fails: boolean }[]
  onChange: (value: string) => void
}

function Choice({ name, value, options, onChange }: ChoiceProps) {
  return (
    <div className={styles['choices']}>
      {options.map(({ id, label, fails }) => (
        <label key={id} className={styles['choice']} data-fails={fails}>
          <input type="radio" name={name} value={id} checked={value === id} onChange={() => onChange(id)} />
          <span>{label}</span>
        </label>
      ))}
    </div>
  )
}

interface NumberFieldProps {
  label: string
  hint: string
  value: number | undefined
  onChange: (value: number | undefined) => void
}

/** Keeps what is typed as it is typed: "3." is on its way to 3.5. */
function NumberField({ label, hint, value, onChange }: NumberFieldProps) {
  const [text, setText] = useState(value === undefined ? '' : String(value))
  return (
    <TextInput
      aria-label={label}
      description={hint}
      inputMode="decimal"
      value={text}
      onChange={event => {
        const typed = event.currentTarget.value
        setText(typed)
        const number = Number(typed.replace(',', '.'))
        onChange(typed.trim() === '' || !Number.isFinite(number) ? undefined : number)
      }}
    />
  )
}
