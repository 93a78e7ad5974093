import type { WorkOrder } from '@harbor/protocol'
import { Link } from 'react-router'
import { SeverityBadge } from '../alerts/severity-badge.tsx'
import { useTimeStyle } from '../console-context.ts'
import { clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'
import styles from './orders.module.css'
import { dueOf, orderTitle, stationName } from './order-words.ts'

/** One work order: what, where, who has it, and by when. */
export function OrderRow({ order }: { order: WorkOrder }) {
  const { say, language } = useWords()
  const { applianceKind } = order
  return (
    <li
      className={`card ${styles['row']}`}
      data-order={order.id}
      data-state={order.state}
      data-severity={order.severity}
    >
      <div className={styles['line']}>
        <SeverityBadge severity={order.severity} />
        <span className={styles['stateName']}>{say(`order.state.${order.state}`)}</span>
      </div>
      <h2>
        <Link to={`/work-orders/${order.id}`} className={styles['open']}>
          {orderTitle(order, language)}
        </Link>
      </h2>
      <p className={styles['line']}>
        <span>{stationName(order, language)}</span>
        <span className="quiet">
          {applianceKind === undefined ? say('order.wholeStation') : say(`appliance.${applianceKind}`)}
        </span>
      </p>
      <p className={styles['line']}>
        <span className="quiet">
          {order.assigneeName === undefined
            ? say('order.nobody')
            : say('order.assignedTo', { name: order.assigneeName })}
        </span>
        <Due order={order} />
      </p>
    </li>
  )
}

/** By when what, or why no clock runs. */
export function Due({ order }: { order: WorkOrder }) {
  const { say } = useWords()
  const nowMs = useNow()
  const style = useTimeStyle()
  if (order.pausedSince !== undefined) return <span>{say('order.paused', { reason: order.pauseReason ?? '' })}</span>
  const due = dueOf(order, nowMs)
  if (due === undefined) return null
  const words = { what: say(`order.due.${due.stage}`), time: clockText(due.atMs, nowMs, style) }
  return (
    <span className={due.isLate ? styles['late'] : undefined} data-late={due.isLate || undefined}>
      {say(due.isLate ? 'order.late' : 'order.dueIn', words)}
    </span>
  )
}
