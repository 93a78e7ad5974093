import { Button, Skeleton } from '@mantine/core'
import { useWords } from '../words/words.tsx'
import { CheckIcon } from './icons.tsx'
import styles from './list-states.module.css'

/** A list that is on its way. */
export function LoadingRows() {
  const { say } = useWords()
  return (
    <div className={styles['rows']} aria-busy="true">
      <p className="for-screen-readers">{say('loading')}</p>
      {[0, 1, 2].map(row => (
        <Skeleton key={row} height={120} radius="md" />
      ))}
    </div>
  )
}

/** Filters that leave no alert. */
export function NoMatch({ onClear }: { onClear: () => void }) {
  const { say } = useWords()
  return (
    <div className={`card ${styles['empty']}`} data-testid="no-match">
      <h2>{say('alerts.noMatchTitle')}</h2>
      <Button variant="default" onClick={onClear}>
        {say('alerts.clearFilters')}
      </Button>
    </div>
  )
}

/** No alert at all. */
export function NothingBroken() {
  const { say } = useWords()
  return (
    <div className={`card ${styles['empty']}`} data-testid="nothing-broken">
      <span className={styles['good']}>
        <CheckIcon />
      </span>
      <h2>{say('alerts.emptyTitle')}</h2>
      <p className="quiet">{say('alerts.emptyText')}</p>
    </div>
  )
}
