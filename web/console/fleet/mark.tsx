import type { ReactNode } from 'react'
import styles from './fleet.module.css'

/** How good something is: `doubt` wants a look, `bad` wants a hand; `calm` says nothing of it. */
export type Tone = 'good' | 'doubt' | 'bad' | 'calm'

const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', doubt: '!', bad: '✕', calm: '·' }

/** A state in a word, with a sign beside the colour. */
export function Mark({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={styles['mark']} data-tone={tone}>
      <span aria-hidden="true">{SIGNS[tone]}</span>
      {children}
    </span>
  )
}
