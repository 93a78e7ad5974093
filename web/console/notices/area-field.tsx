import { useId } from 'react'
import styles from './notices.module.css'

interface AreaFieldProps {
  name: string
  label: string
  lang: string
  value: string
  /** False: nothing is wrong. */
  error: string | false
  onText: (text: string) => void
}

/** A text of some lines. */
export function AreaField({ name, label, lang, value, error, onText }: AreaFieldProps) {
  const problem = useId()
  return (
    <label className={styles['area']}>
      <span>{label} *</span>
      <textarea
        name={name}
        lang={lang}
        required
        maxLength={lang === 'en' ? 2_000 : 1_000}
        value={value}
        aria-invalid={error !== false}
        aria-describedby={error === false ? undefined : problem}
        onChange={event => onText(event.currentTarget.value)}
      />
      {error !== false && (
        <span id={problem} className={styles['problem']}>
          {error}
        </span>
      )}
    </label>
  )
}
