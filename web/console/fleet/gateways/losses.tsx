import type { ConfigLoss } from '@harbor/protocol'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../../words/words.tsx'
import { jsonText } from '../config-changes.tsx'
import styles from '../fleet.module.css'

interface LossesProps {
  losses: readonly ConfigLoss[]
  isBusy: boolean
  onSure: () => void
  onKeep: () => void
}

/** What would be lost is named, and asked about a second time. */
export function Losses({ losses, isBusy, onSure, onKeep }: LossesProps) {
  const { say } = useWords()
  const [isAsked, setIsAsked] = useState(false)
  return (
    <div className={styles['warning']} role="group" aria-label={say('fleet.loss.title')} data-testid="losses">
      <h3>{say('fleet.loss.title')}</h3>
      <ul>
        {losses.map(({ kind, device, path, before, after }) => (
          <li key={path} data-loss={kind} data-device={device}>
            {kind === 'device' ? (
              say('fleet.loss.device', { device })
            ) : (
              <>
                {say('fleet.loss.safety', { device })}: <code>{jsonText(before)}</code> →{' '}
                <code>{after === undefined ? say('fleet.change.nothing') : jsonText(after)}</code>
              </>
            )}
          </li>
        ))}
      </ul>
      <div className={styles['actions']}>
        {isAsked ? (
          <>
            <b>{say('fleet.loss.really', { count: losses.length })}</b>
            <Button color="red.9" data-act="confirm-loss" aria-disabled={isBusy} onClick={() => isBusy || onSure()}>
              {say('fleet.loss.yes')}
            </Button>
            <Button variant="default" onClick={onKeep}>
              {say('fleet.loss.keep')}
            </Button>
          </>
        ) : (
          <Button variant="default" data-act="give-anyway" onClick={() => setIsAsked(true)}>
            {say('fleet.loss.anyway')}
          </Button>
        )}
      </div>
    </div>
  )
}
