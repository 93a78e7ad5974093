import type { RegisterDetail, StationState } from '@harbor/protocol'
import { Button, TextInput } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'
import { useTimeStyle } from '../console-context.ts'
import { failureText } from '../shell/failure.tsx'
import orders from '../work-orders/orders.module.css'
import { exactText } from '../time/format.ts'
import { useWords } from '../words/words.tsx'
import styles from './register.module.css'
import { StateBadge } from './state-badge.tsx'
import { useStep } from './use-register.ts'

/** Where the station is in its life, how it came there, and what may follow. */
export function LifePart({ station }: { station: RegisterDetail }) {
  const { say } = useWords()
  const time = useTimeStyle()
  const { id, state, steps, next } = station
  const step = useStep(id)
  const [reason, setReason] = useState('')
  const [isChecked, setIsChecked] = useState(false)
  const isMissing = isChecked && reason.trim() === ''
  const go = (to: StationState) => {
    setIsChecked(true)
    if (reason.trim() === '' || step.isPending) return
    step.mutate(
      { state: to, reason: reason.trim() },
      {
        onSuccess: () => {
          setReason('')
          setIsChecked(false)
        },
      },
    )
  }
  return (
    <section className={`card ${styles['part']}`} data-part="life">
      <h2>{say('register.life')}</h2>
      <p role="status" data-testid="state" data-state={state}>
        <StateBadge state={state} />
      </p>
      {next.length > 0 && (
        <form
          className={styles['column']}
          onSubmit={(event: SyntheticEvent) => event.preventDefault()}
          aria-label={say('register.stepTo')}
        >
          <TextInput
            name="reason"
            label={say('register.stepWhy')}
            description={say('register.stepWhyHint')}
            required
            maxLength={500}
            value={reason}
            error={isMissing && say('register.required')}
            onChange={event => setReason(event.currentTarget.value)}
          />
          <div className={styles['actions']}>
            {next.map(to => (
              <Button
                key={to}
                type="button"
                variant={to === next[0] ? 'filled' : 'default'}
                data-step={to}
                aria-disabled={step.isPending}
                onClick={() => go(to)}
              >
                {say('register.step', { state: say(`register.states.${to}`) })}
              </Button>
            ))}
          </div>
          {step.isError && (
            <p role="alert" className={orders['problem']}>
              {say('order.failed', { reason: failureText(step.error, say) })}
            </p>
          )}
        </form>
      )}
      <ol className={styles['log']}>
        {steps.map(({ at, by, to, reason: why }) => (
          <li key={`${at} ${to}`}>
            <span>
              <b>{say(`register.states.${to}`)}</b>
              {why !== 'new' && why !== 'import' && `: ${why}`}
            </span>
            <span className="quiet">
              {exactText(Date.parse(at), time)} · {by}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
