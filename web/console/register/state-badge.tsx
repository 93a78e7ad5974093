import { type StationState, isPublicState } from '@harbor/protocol'
import { useWords } from '../words/words.tsx'
import styles from './register.module.css'

/** Where a station is in its life, and whether visitors see it: in words, not by colour alone. */
export function StateBadge({ state }: { state: StationState }) {
  const { say } = useWords()
  return (
    <span>
      <b className={styles['badge']} data-state={state}>
        {say(`register.states.${state}`)}
      </b>{' '}
      <span className="quiet">{say(isPublicState(state) ? 'register.isPublic' : 'register.staffOnly')}</span>
    </span>
  )
}
