import { Button } from '@mantine/core'
import type { AlertDetail } from '@harbor/protocol'
import { Link, useNavigate } from 'react-router'
import { useSession } from '../session/use-session.ts'
import { failureText } from '../shell/failure.tsx'
import { useOrders, useMakeOrder } from '../work-orders/use-orders.ts'
import { useWords } from '../words/words.tsx'
import styles from './alert-page.module.css'

/** The work order that deals with an alert, or the way to make one. */
export function AlertOrder({ alert }: { alert: AlertDetail }) {
  const { say } = useWords()
  const navigate = useNavigate()
  const role = useSession().data?.role
  const make = useMakeOrder()
  const isAllowed = role !== undefined && role !== 'hardware'
  const query = { choice: 'all', sort: 'newest', isMine: false, isOverdue: false, severities: [], limit: 1 } as const
  const orders = useOrders({ ...query, alert: alert.id }, { isEnabled: isAllowed })
  const order = orders.data?.orders[0]
  if (!isAllowed || orders.data === undefined) return null
  if (order !== undefined)
    return (
      <p className={styles['line']} data-part="order">
        <Link to={`/work-orders/${order.id}`} className={styles['station']}>
          {say('order.toOrder')}
        </Link>
        <span>{say(`order.state.${order.state}`)}</span>
        <span className="quiet">
          {order.assigneeName === undefined
            ? say('order.nobody')
            : say('order.assignedTo', { name: order.assigneeName })}
        </span>
      </p>
    )
  if (alert.state === 'resolved') return null
  return (
    <div className={styles['fact']} data-part="order">
      <Button
        variant="default"
        aria-disabled={make.isPending}
        onClick={() =>
          make.isPending ||
          make.mutate({ alert: alert.id }, { onSuccess: ({ id }) => void navigate(`/work-orders/${id}`) })
        }
      >
        {say('order.make')}
      </Button>
      {make.isError && (
        <p role="alert" className={styles['problem']}>
          {say('order.failed', { reason: failureText(make.error, say) })}
        </p>
      )}
    </div>
  )
}
