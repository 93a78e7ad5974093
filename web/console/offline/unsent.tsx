import { Button } from '@mantine/core'
import { Link } from 'react-router'
import { useConsole, useTimeStyle } from '../console-context.ts'
import { useSession } from '../session/use-session.ts'
import { clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'
import { stepText } from '../work-orders/order-words.ts'
import styles from './offline.module.css'
import { useSendingLater, useUnsent } from './use-offline.ts'
import type { WaitingAct } from './waiting-act.ts'

/** Says on every page what is not sent yet, and what was not taken. The region stays, so that screen readers hear of it. */
export function UnsentBar() {
  const { say } = useWords()
  const unsent = useUnsent()
  useSendingLater()
  const refused = unsent.filter(act => act.refused !== undefined)
  const waiting = unsent.length - refused.length
  const first = refused[0] ?? unsent[0]
  return (
    <div role="status">
      {first !== undefined && (
        <p className={styles['bar']} data-testid="unsent-bar" data-waiting={waiting} data-refused={refused.length}>
          <span>
            {waiting > 0 && say('offline.waiting', { count: waiting })}{' '}
            {refused.length > 0 && <strong>{say('offline.refused', { count: refused.length })}</strong>}
          </span>
          <Link to={`/work-orders/${first.order}`} className={styles['link']}>
            {say('offline.show')}
          </Link>
        </p>
      )}
    </div>
  )
}

/** What this phone has not sent of an order, and what the server did not take, in plain words. */
export function UnsentOfOrder({ order }: { order: string }) {
  const { say } = useWords()
  const { offline } = useConsole()
  const login = useSession().data?.login
  const unsent = useUnsent().filter(act => act.order === order)
  if (unsent.length === 0) return null
  const isWaiting = unsent.some(({ refused }) => refused === undefined)
  return (
    <section className={styles['unsent']} aria-label={say('offline.title')} data-part="unsent">
      <h3>{say('offline.title')}</h3>
      <ul>
        {unsent.map(act => (
          <Unsent key={act.key} act={act} />
        ))}
      </ul>
      {isWaiting && login !== undefined && (
        <>
          <p className="quiet">{say('offline.byItself')}</p>
          <Button variant="default" onClick={() => void offline.outbox.flush(login)}>
            {say('offline.sendNow')}
          </Button>
        </>
      )}
    </section>
  )
}

function Unsent({ act }: { act: WaitingAct }) {
  const { say } = useWords()
  const { offline } = useConsole()
  const style = useTimeStyle()
  const nowMs = useNow()
  const { refused, asked } = act
  const what = askedText(act, say, { nowMs, style })
  return (
    <li data-unsent={asked.act} data-refused={refused?.kind}>
      <span>
        {what}
        {'note' in asked && asked.note !== undefined && `: ${asked.note}`}
        <span className="quiet"> · {clockText(act.madeAtMs, nowMs, style)}</span>
      </span>
      {refused !== undefined && (
        <p className={styles['why']} role="alert" data-testid="refused">
          {refused.faster === undefined
            ? say(refused.kind === 'no' ? 'offline.notAllowed' : 'offline.noLongerFits', { reason: refused.message })
            : say('offline.meanwhile', {
                name: refused.faster.name ?? say('order.bySystem'),
                time: clockText(Date.parse(refused.faster.at), nowMs, style),
                what: say(`offline.did.${refused.faster.act as 'accept'}`),
              })}
        </p>
      )}
      <Button
        variant="subtle"
        aria-label={say(refused === undefined ? 'offline.takeBackNamed' : 'offline.readNamed', { what })}
        onClick={() => void offline.outbox.remove(act.key)}
      >
        {say(refused === undefined ? 'offline.takeBack' : 'offline.read')}
      </Button>
    </li>
  )
}

function askedText(
  { asked, madeAtMs }: WaitingAct,
  say: ReturnType<typeof useWords>['say'],
  when: Parameters<typeof stepText>[2],
): string {
  const step = {
    seq: 1,
    act: asked.act,
    at: new Date(madeAtMs).toISOString(),
    to: 'open',
    ...(asked.act === 'part' && { part: asked.part }),
    ...(asked.act === 'promise' && asked.promisedAt !== null && { promisedAt: asked.promisedAt }),
    ...(asked.act === 'assign' && { assigneeName: asked.assignee }),
  } as const
  return stepText(step, say, when)
}

/** Before somebody signs out with acts that were not sent: they would be gone. */
export function UnsentWarning() {
  const { say } = useWords()
  const count = useUnsent().length
  if (count === 0) return null
  return (
    <p className={styles['why']} data-testid="unsent-warning">
      {say('offline.lostAtSignOut', { count })}
    </p>
  )
}
