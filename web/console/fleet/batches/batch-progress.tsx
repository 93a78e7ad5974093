import type { TokenCounts } from '@harbor/protocol'
import { useWords } from '../../words/words.tsx'
import styles from '../fleet.module.css'

/** Where a batch as a whole is: `open` while a box may still come. */
export function batchState({ open, used, expired, revoked }: TokenCounts): 'open' | 'done' | 'over' {
  if (open > 0) return 'open'
  return used > 0 && expired + revoked === 0 ? 'done' : 'over'
}

/** How many boxes of a batch have become gateways. */
export function BatchProgress({ counts }: { counts: TokenCounts }) {
  const { say } = useWords()
  const { used, open, expired, revoked } = counts
  const all = used + open + expired + revoked
  const text = say('batch.claimed', { count: all, used })
  return (
    <>
      <p className={styles['line']}>
        <b data-testid="claimed">{text}</b>
        {expired > 0 && <span>{say('batch.expired', { count: expired })}</span>}
        {revoked > 0 && <span>{say('batch.revoked', { count: revoked })}</span>}
      </p>
      <progress className={styles['progress']} value={used} max={Math.max(1, all)} aria-label={text} />
    </>
  )
}
