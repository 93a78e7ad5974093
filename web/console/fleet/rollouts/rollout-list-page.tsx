import type { RolloutState, RolloutView } from '@harbor/protocol'
import { Link } from 'react-router'
import { Failure } from '../../shell/failure.tsx'
import { LoadingRows } from '../../shell/list-states.tsx'
import { Page } from '../../shell/page.tsx'
import { Age } from '../../time/age.tsx'
import { useWords } from '../../words/words.tsx'
import { actorName } from '../actor-name.ts'
import styles from '../fleet.module.css'
import { Mark, type Tone } from '../mark.tsx'
import { FLEET_LIVE, FLEET_REFETCH_MS, useFleet } from '../use-fleet.ts'
import { RolloutProgress } from './rollout-progress.tsx'
import { useTargetText } from './target-text.ts'

/** Every rollout, newest first. */
export function RolloutListPage() {
  const { say } = useWords()
  const list = useFleet({
    key: [FLEET_LIVE, 'rollouts'],
    ask: (api, signal) => api.rollouts.list(undefined, signal),
    everyMs: FLEET_REFETCH_MS,
  })
  const rollouts = list.data?.rollouts
  return (
    <Page title={say('rollout.title')}>
      <p className="quiet">{say('rollout.intro')}</p>
      <p>
        <Link to="/fleet/new-rollout" className={styles['link']} data-testid="new-rollout">
          {say('rollout.make')}
        </Link>
      </p>
      {rollouts === undefined && list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {rollouts === undefined && !list.isError && <LoadingRows />}
      {rollouts?.length === 0 && <p data-testid="no-rollouts">{say('rollout.none')}</p>}
      <ul className={styles['list']}>
        {rollouts?.map(rollout => (
          <Row key={rollout.rollout} rollout={rollout} />
        ))}
      </ul>
    </Page>
  )
}

const TONES: Readonly<Record<RolloutState, Tone>> = {
  ready: 'calm',
  running: 'calm',
  paused: 'doubt',
  rolling_back: 'bad',
  done: 'good',
  rolled_back: 'bad',
}

/** Where a rollout is, in a word. */
export function RolloutMark({ state }: { state: RolloutState }) {
  const { say } = useWords()
  return (
    <span data-testid="rollout-state" data-state={state}>
      <Mark tone={TONES[state]}>{say(`rollout.state.${state}`)}</Mark>
    </span>
  )
}

function Row({ rollout }: { rollout: RolloutView }) {
  const { say } = useWords()
  const targetText = useTargetText()
  const { rollout: id, name, state, target, madeAt, madeBy } = rollout
  return (
    <li className={`card ${styles['row']}`} data-rollout={id} data-tone={TONES[state]}>
      <p className={styles['line']}>
        <Link to={`/fleet/rollouts/${id}`} className={styles['link']}>
          <b>{name}</b>
        </Link>
        <RolloutMark state={state} />
      </p>
      <RolloutProgress rollout={rollout} />
      <p className={`${styles['line']} quiet`}>
        <span>{targetText(target)}</span>
        <span>
          {actorName(madeBy, say)} · <Age at={madeAt} />
        </span>
      </p>
    </li>
  )
}
