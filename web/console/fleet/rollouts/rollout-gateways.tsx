import { ROLLOUT_GATEWAY_STATES, type RolloutGatewayPage } from '@harbor/protocol'
import { NativeSelect } from '@mantine/core'
import { useRef, useState } from 'react'
import { Link } from 'react-router'
import { Failure } from '../../shell/failure.tsx'
import { Part } from '../../shell/part.tsx'
import { Age } from '../../time/age.tsx'
import { useWords } from '../../words/words.tsx'
import styles from '../fleet.module.css'
import { Pager, usePlace } from '../pager.tsx'
import { FLEET_LIVE, FLEET_REFETCH_MS, useFleet } from '../use-fleet.ts'

/** The gateways of a rollout, and where each is; those that failed with the reason. */
export function RolloutGateways({ rollout }: { rollout: string }) {
  const { say } = useWords()
  const [choice, setChoice] = useState('')
  const query = new URLSearchParams(choice === 'failed' ? { failed: '1' } : choice === '' ? {} : { state: choice })
  const place = usePlace(choice)
  const list = useRef<HTMLUListElement>(null)
  if (place.after !== undefined) query.set('after', place.after)
  const page = useFleet({
    key: [FLEET_LIVE, 'rollout-gateways', rollout, query.toString()],
    ask: (api, signal) => api.rollouts.gateways(rollout, query, signal),
    everyMs: FLEET_REFETCH_MS,
    keepBefore: true,
  })
  return (
    <Part name="gateways" title={say('fleet.title')}>
      <NativeSelect
        name="gateway-state"
        label={say('fleet.stateLabel')}
        data={[
          { value: '', label: say('rollout.everyState') },
          { value: 'failed', label: say('rollout.onlyFailed') },
          ...ROLLOUT_GATEWAY_STATES.map(value => ({ value, label: say(`rollout.gatewayState.${value}`) })),
        ]}
        value={choice}
        onChange={event => setChoice(event.currentTarget.value)}
      />
      {page.isError && <Failure error={page.error} retry={() => void page.refetch()} />}
      {page.data?.gateways.length === 0 && <p className="quiet">{say('rollout.noGateways')}</p>}
      <ul ref={list} className={styles['list']}>
        {page.data?.gateways.map(one => (
          <Row key={one.gateway} one={one} />
        ))}
      </ul>
      {page.data !== undefined && <Pager place={place} next={page.data.next} list={list} />}
    </Part>
  )
}

function Row({ one }: { one: RolloutGatewayPage['gateways'][number] }) {
  const { say } = useWords()
  const { gateway, state, failure, reason, since, newVersion } = one
  return (
    <li data-gateway={gateway} data-state={state}>
      <p className={styles['line']}>
        <Link to={`/fleet/gateways/${gateway}`} className={styles['link']}>
          {gateway}
        </Link>
        <b>{say(`rollout.gatewayState.${state}`)}</b>
        {newVersion !== undefined && <span>{say('fleet.version', { version: newVersion })}</span>}
        <span className="quiet">
          <Age at={since} />
        </span>
      </p>
      {failure !== undefined && (
        <p>
          {say(`rollout.failure.${failure}`)}
          {reason !== undefined && `: ${reason}`}
        </p>
      )}
    </li>
  )
}
