import { Link } from 'react-router'
import { Failure } from '../../shell/failure.tsx'
import { LoadingRows } from '../../shell/list-states.tsx'
import { Page } from '../../shell/page.tsx'
import { Age } from '../../time/age.tsx'
import { useWords } from '../../words/words.tsx'
import styles from '../fleet.module.css'
import { FLEET_LIVE, useFleet } from '../use-fleet.ts'

/** Boxes come one after the other: the newest is to be there at once. */
const REFETCH_MS = 2_000

/** The boxes that became gateways last: the one just switched on stands on top. */
export function BenchListPage() {
  const { say } = useWords()
  const page = useFleet({
    key: [FLEET_LIVE, 'claims'],
    ask: (api, signal) => api.batches.claims(signal),
    everyMs: REFETCH_MS,
  })
  const claims = page.data?.rows
  return (
    <Page title={say('bench.title')}>
      <p className="quiet">{say('bench.intro')}</p>
      {claims === undefined && page.isError && <Failure error={page.error} retry={() => void page.refetch()} />}
      {claims === undefined && !page.isError && <LoadingRows />}
      {claims?.length === 0 && (
        <div className={`card ${styles['empty']}`} data-testid="no-claims">
          <h2>{say('bench.none')}</h2>
          <Link to="/fleet/batches" className={styles['link']}>
            {say('batch.title')}
          </Link>
        </div>
      )}
      <ol className={styles['list']} data-testid="claims">
        {claims?.map(
          ({ seq, at, gateway, station }) =>
            gateway !== undefined && (
              <li key={seq} className={`card ${styles['row']}`} data-gateway={gateway}>
                <Link to={`/fleet/bench/${gateway}`} className={styles['link']}>
                  <b>{gateway}</b>
                </Link>
                <span className="quiet">
                  {station} · <Age at={at} />
                </span>
              </li>
            ),
        )}
      </ol>
    </Page>
  )
}
