import type { BatchList, IssuedBatch } from '@harbor/protocol'
import { useState } from 'react'
import { Link } from 'react-router'
import { useTimeStyle } from '../../console-context.ts'
import { Failure } from '../../shell/failure.tsx'
import { LoadingRows } from '../../shell/list-states.tsx'
import { Page } from '../../shell/page.tsx'
import { Age } from '../../time/age.tsx'
import { exactText } from '../../time/format.ts'
import { useWords } from '../../words/words.tsx'
import styles from '../fleet.module.css'
import { FLEET_REFETCH_MS, useFleet } from '../use-fleet.ts'
import { BatchProgress, batchState } from './batch-progress.tsx'
import { IssuedPart } from './issued-part.tsx'
import { NewBatchForm } from './new-batch-form.tsx'

/** Batches of claim tokens: making one, and how far each has come. */
export function BatchListPage() {
  const { say } = useWords()
  const [issued, setIssued] = useState<IssuedBatch>()
  const list = useFleet({
    key: ['batches'],
    ask: (api, signal) => api.batches.list(signal),
    everyMs: FLEET_REFETCH_MS,
  })
  const batches = list.data?.batches
  return (
    <Page title={say('batch.title')}>
      <p className="quiet">{say('batch.intro')}</p>
      {issued === undefined ? (
        <NewBatchForm onIssued={setIssued} />
      ) : (
        <IssuedPart issued={issued} onDone={() => setIssued(undefined)} />
      )}
      {batches === undefined && list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {batches === undefined && !list.isError && <LoadingRows />}
      {batches?.length === 0 && <p data-testid="no-batches">{say('batch.none')}</p>}
      <ul className={styles['list']}>
        {batches?.map(batch => (
          <Row key={batch.batch} batch={batch} />
        ))}
      </ul>
    </Page>
  )
}

function Row({ batch }: { batch: BatchList['batches'][number] }) {
  const { batch: id, name, createdAt, createdBy, expiresAt, tokens } = batch
  const state = batchState(tokens)
  return (
    <li className={`card ${styles['row']}`} data-batch={id} data-tone={state === 'done' ? 'good' : 'calm'}>
      <h2>
        <Link to={`/fleet/batches/${id}`} className={styles['link']}>
          {name}
        </Link>
      </h2>
      <BatchProgress counts={tokens} />
      <p className={`${styles['line']} quiet`}>
        <span>
          {createdBy} · <Age at={createdAt} />
        </span>
        {state === 'open' && <Expires at={expiresAt} />}
      </p>
    </li>
  )
}

/** Until when tokens hold. */
export function Expires({ at }: { at: string }) {
  const { say } = useWords()
  const time = useTimeStyle()
  return <span>{say('batch.expires', { at: exactText(Date.parse(at), time) })}</span>
}
