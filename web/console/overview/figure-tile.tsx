import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { WarningIcon } from '../shell/icons.tsx'
import { Age } from '../time/age.tsx'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'
import { STALE_AFTER_MS, freshnessOf } from './freshness.ts'
import styles from './overview.module.css'

/** What a figure says of the state of things: only while it is fresh. */
export type Tone = 'good' | 'bad' | 'warn' | 'plain'

interface FigureTileProps {
  /** For tests and styles: what it is of. */
  name: string
  label: string
  value: string
  /** Beside the value: against the usual one, of how many. */
  note?: ReactNode
  tone?: Tone
  /** When the value was right. */
  at: string
  staleAfterMs?: number
  /** The list behind the figure. */
  to: string
}

/** One figure with its age, leading to the list behind it. Past its age it loses its colour and says so. */
export function FigureTile({ name, label, value, note, tone = 'plain', at, staleAfterMs, to }: FigureTileProps) {
  const { say } = useWords()
  const nowMs = useNow()
  const freshness = freshnessOf(at, nowMs, staleAfterMs ?? STALE_AFTER_MS)
  return (
    <li
      className={`card ${styles['tile']}`}
      data-figure={name}
      data-freshness={freshness}
      data-tone={freshness === 'live' ? tone : 'plain'}
    >
      <Link to={to} className={styles['tileLink']}>
        <span className={styles['label']}>{label}</span>
        <span className={styles['value']}>{value}</span>
      </Link>
      {note !== undefined && <p className={styles['note']}>{note}</p>}
      <p className={styles['age']}>
        {freshness === 'stale' && (
          <span className={styles['stale']}>
            <WarningIcon /> {say('overview.stale')}{' '}
          </span>
        )}
        <Age at={at} />
      </p>
    </li>
  )
}
