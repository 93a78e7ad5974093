import type { WorkOrderStep } from '@harbor/protocol'
import { useTimeStyle } from '../console-context.ts'
import { clockText, exactText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'
import { stepText } from './order-words.ts'
import styles from './orders.module.css'

/** Everything that happened to an order, newest first, with who did it. */
export function OrderHistory({ history }: { history: readonly WorkOrderStep[] }) {
  const { say } = useWords()
  const style = useTimeStyle()
  const nowMs = useNow()
  return (
    <ol className={styles['history']}>
      {history.toReversed().map(step => (
        <li key={step.seq} data-act={step.act}>
          <span>
            {stepText(step, say, { nowMs, style })}
            {step.because !== undefined && ` · ${say(`order.becauseOf.${step.because}`)}`}
          </span>
          {step.note !== undefined && <span>{step.note}</span>}
          {step.madeAt !== undefined && (
            <span className="quiet" data-testid="made-at">
              {say('offline.madeAt', { time: clockText(Date.parse(step.madeAt), nowMs, style) })}
            </span>
          )}
          <span className={`quiet ${styles['when']}`}>
            <time dateTime={step.at} title={exactText(Date.parse(step.at), style)}>
              {clockText(Date.parse(step.at), nowMs, style)}
            </time>{' '}
            · {step.actorName ?? say('order.bySystem')}
          </span>
        </li>
      ))}
    </ol>
  )
}
