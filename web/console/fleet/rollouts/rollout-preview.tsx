import type { RolloutPreview } from '@harbor/protocol'
import { Button } from '@mantine/core'
import { Link } from 'react-router'
import { Part } from '../../shell/part.tsx'
import { useWords } from '../../words/words.tsx'
import styles from '../fleet.module.css'

interface RolloutPreviewViewProps {
  preview: RolloutPreview
  isBusy: boolean
  onMake: () => void
}

/** Which gateways it would take, stage by stage; made with a press if another rollout holds none of them. */
export function RolloutPreviewView({
  preview: { total, online, stages, held },
  isBusy,
  onMake,
}: RolloutPreviewViewProps) {
  const { say } = useWords()
  return (
    <Part name="preview" title={say('rollout.previewTitle')}>
      <p role="status" data-testid="selected">
        <b>{say('rollout.gateways', { count: total })}</b> · {say('rollout.online', { count: online })}
      </p>
      <ol className={styles['list']}>
        {stages.map(({ gateways, first }, index) => (
          // Stages never change their order.
          // oxlint-disable-next-line no-array-index-key
          <li key={index} data-stage={index}>
            <b>
              {say('rollout.stageNumber', { number: index + 1 })}: {say('rollout.gateways', { count: gateways })}
            </b>
            <p className="quiet">
              {first.join(', ')}
              {gateways > first.length && ' …'}
            </p>
          </li>
        ))}
      </ol>
      {held.length > 0 && (
        <div className={styles['problem']} role="alert">
          <p>{say('rollout.held')}</p>
          <ul>
            {held.map(({ gateway, rollout }) => (
              <li key={gateway}>
                {gateway}: <Link to={`/fleet/rollouts/${rollout}`}>{rollout}</Link>
              </li>
            ))}
          </ul>
        </div>
      )}
      {total > 0 && held.length === 0 && (
        <div className={styles['actions']}>
          <Button data-testid="make-rollout" aria-disabled={isBusy} onClick={() => isBusy || onMake()}>
            {say('rollout.makeIt')}
          </Button>
          <span className="quiet">{say('rollout.makeHint')}</span>
        </div>
      )}
      {total === 0 && <p>{say('rollout.noGateways')}</p>}
    </Part>
  )
}
