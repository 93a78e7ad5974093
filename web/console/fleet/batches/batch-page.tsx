import type { BatchToken, BatchView, TokenState } from '@harbor/protocol'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { Failure } from '../../shell/failure.tsx'
import { BackIcon } from '../../shell/icons.tsx'
import { LoadingRows } from '../../shell/list-states.tsx'
import { Page } from '../../shell/page.tsx'
import { Age } from '../../time/age.tsx'
import { localName, useWords } from '../../words/words.tsx'
import { fleetFailureText } from '../failure-text.ts'
import styles from '../fleet.module.css'
import { Mark, type Tone } from '../mark.tsx'
import { FLEET_REFETCH_MS, useFleet, useFleetAct } from '../use-fleet.ts'
import { Expires } from './batch-list-page.tsx'
import { BatchProgress } from './batch-progress.tsx'

const TONES: Readonly<Record<TokenState, Tone>> = { open: 'calm', used: 'good', expired: 'doubt', revoked: 'bad' }

/** One batch, live: which stations have their box. */
export function BatchPage() {
  const { batch = '' } = useParams()
  const { say } = useWords()
  const view = useFleet({
    key: ['batch', batch],
    ask: (api, signal) => api.batches.view(batch, signal),
    everyMs: FLEET_REFETCH_MS,
  })
  return (
    <Page title={view.data?.name ?? say('batch.title')}>
      <Link to="/fleet/batches" className={styles['link']}>
        <BackIcon /> {say('batch.title')}
      </Link>
      {view.data === undefined && view.isError && <Failure error={view.error} retry={() => void view.refetch()} />}
      {view.data === undefined && !view.isError && <LoadingRows />}
      {view.data !== undefined && <Loaded view={view.data} />}
    </Page>
  )
}

function Loaded({ view }: { view: BatchView }) {
  const { say } = useWords()
  const { tokens, createdAt, createdBy, expiresAt, firstProfile, revokedAt } = view
  const count = (state: TokenState) => tokens.filter(token => token.state === state).length
  const counts = { open: count('open'), used: count('used'), expired: count('expired'), revoked: count('revoked') }
  return (
    <>
      <BatchProgress counts={counts} />
      <p className={`${styles['line']} quiet`}>
        <span>
          {createdBy} · <Age at={createdAt} />
        </span>
        <Expires at={expiresAt} />
        {firstProfile !== undefined && (
          <Link to={`/fleet/profiles/${firstProfile.profile}`}>
            {firstProfile.profile} · {say('fleet.version', { version: firstProfile.version })}
          </Link>
        )}
        {revokedAt !== undefined && <b>{say('batch.state.revoked')}</b>}
      </p>
      {counts.open > 0 && <Revoke batch={view.batch} open={counts.open} />}
      <ul className={styles['list']}>
        {tokens.map(token => (
          <Token key={token.prefix} token={token} />
        ))}
      </ul>
    </>
  )
}

function Token({ token }: { token: BatchToken }) {
  const { say, language } = useWords()
  const { prefix, station, gateway, state, usedAt, usedGateway, hardware } = token
  return (
    <li className={`card ${styles['row']}`} data-station={station} data-state={state} data-tone={TONES[state]}>
      <p className={styles['line']}>
        <b>{localName(language, token)}</b>
        <Mark tone={TONES[state]}>{say(`batch.state.${state}`)}</Mark>
        {gateway !== undefined && <span>{say('batch.replaces', { gateway })}</span>}
      </p>
      <p className={`${styles['line']} quiet`}>
        <span>{station}</span>
        <code>{prefix}…</code>
        {hardware?.model !== undefined && <span>{hardware.model}</span>}
        {usedAt !== undefined && <Age at={usedAt} />}
      </p>
      {usedGateway !== undefined && (
        <p className={styles['line']}>
          <Link to={`/fleet/gateways/${usedGateway}`} className={styles['link']}>
            {usedGateway}
          </Link>
          <Link to={`/fleet/bench/${usedGateway}`} className={styles['link']}>
            {say('bench.open')}
          </Link>
        </p>
      )}
    </li>
  )
}

/** Tokens that no box has used are made dead: it takes a second press. */
function Revoke({ batch, open }: { batch: string; open: number }) {
  const { say } = useWords()
  const [isAsked, setIsAsked] = useState(false)
  const revoke = useFleetAct(api => api.batches.revoke(batch))
  return (
    <div className={styles['actions']}>
      {isAsked ? (
        <div className={styles['warning']} role="group" aria-label={say('batch.reallyRevoke', { count: open })}>
          <p>{say('batch.reallyRevoke', { count: open })}</p>
          <div className={styles['actions']}>
            <Button color="red.9" data-act="confirm-revoke" onClick={() => revoke.mutate(undefined)}>
              {say('batch.revoke')}
            </Button>
            <Button variant="default" onClick={() => setIsAsked(false)}>
              {say('batch.keep')}
            </Button>
          </div>
        </div>
      ) : (
        <Button variant="default" data-act="revoke" onClick={() => setIsAsked(true)}>
          {say('batch.revoke')}
        </Button>
      )}
      {revoke.isError && <p role="alert">{say('order.failed', { reason: fleetFailureText(revoke.error, say) })}</p>}
    </div>
  )
}
