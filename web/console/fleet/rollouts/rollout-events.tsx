import type { RolloutEvent } from '@harbor/protocol'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTimeStyle } from '../../console-context.ts'
import { Failure } from '../../shell/failure.tsx'
import { Part } from '../../shell/part.tsx'
import { TakeAwayTable } from '../../table/take-away-table.tsx'
import { exactText } from '../../time/format.ts'
import { useWords } from '../../words/words.tsx'
import { actorName } from '../actor-name.ts'
import styles from '../fleet.module.css'
import { FLEET_LIVE, FLEET_REFETCH_MS, useFleet } from '../use-fleet.ts'

/** The exact record, oldest first: every step, and each change of a gateway. */
export function RolloutEvents({ rollout }: { rollout: string }) {
  const { say } = useWords()
  const [after, setAfter] = useState(0)
  const page = useFleet({
    key: [FLEET_LIVE, 'rollout-events', rollout, after],
    ask: (api, signal) => api.rollouts.events(rollout, after, signal),
    everyMs: FLEET_REFETCH_MS,
    keepBefore: true,
  })
  const { events, next } = page.data ?? {}
  return (
    <Part name="record" title={say('rollout.record')}>
      <TakeAwayTable path={`fleet/rollouts/${rollout}/events`} query={new URLSearchParams()} />
      {page.isError && <Failure error={page.error} retry={() => void page.refetch()} />}
      <ol className={styles['list']}>
        {events?.map(event => (
          <Row key={event.seq} event={event} />
        ))}
      </ol>
      <div className={styles['actions']}>
        {after > 0 && (
          <Button variant="default" onClick={() => setAfter(0)}>
            {say('rollout.fromStart')}
          </Button>
        )}
        {next !== undefined && (
          <Button variant="default" onClick={() => setAfter(next)}>
            {say('order.more')}
          </Button>
        )}
      </div>
    </Part>
  )
}

function Row({
  event: { event, seq, at, by, gateway, state, stage, failure, reason, version },
}: {
  event: RolloutEvent
}) {
  const { say } = useWords()
  const time = useTimeStyle()
  const facts = [
    gateway,
    state && say(`rollout.gatewayState.${state}`),
    stage === undefined ? undefined : say('rollout.stageNumber', { number: stage + 1 }),
    version === undefined ? undefined : say('fleet.version', { version }),
    failure && say(`rollout.failure.${failure}`),
    reason,
  ].filter(fact => fact !== undefined)
  return (
    <li data-event={event} data-seq={seq}>
      <b>{say(`rollout.event.${event}`)}</b> {facts.join(' · ')}
      <p className="quiet">
        {exactText(Date.parse(at), time)} · {actorName(by, say)}
      </p>
    </li>
  )
}
