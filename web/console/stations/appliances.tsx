import type { StationDetail } from '@harbor/protocol'
import { Link } from 'react-router'
import { CheckIcon, UnknownIcon, WarningIcon } from '../shell/icons.tsx'
import { Age } from '../time/age.tsx'
import orders from '../work-orders/orders.module.css'
import { useWords } from '../words/words.tsx'
import styles from './station-page.module.css'

const ICONS = { working: CheckIcon, faulty: WarningIcon, unknown: UnknownIcon } as const

/** The station's appliances and how each is. */
export function Appliances({ appliances }: { appliances: StationDetail['appliances'] }) {
  const { say } = useWords()
  if (appliances.length === 0) return <p className="quiet">{say('station.noAppliances')}</p>
  return (
    <ul className={styles['rows']}>
      {appliances.map(({ id, kind, model, state, heardAt }) => {
        const Icon = ICONS[state]
        return (
          <li key={id} data-appliance={id}>
            <span className={styles['pair']}>
              <Link to={`/assets/${id}`} className={orders['link']}>
                {say(`appliance.${kind}`)}
              </Link>
              {model !== undefined && <span className={styles['small']}>{model}</span>}
            </span>
            <span className={styles['right']}>
              <span className={styles['applianceState']} data-state={state}>
                <Icon /> {say(`applianceState.${state}`)}
              </span>
              <span className={styles['small']}>
                {heardAt === undefined ? (
                  say('station.neverHeard')
                ) : (
                  <>
                    {say('station.heardAge')} <Age at={heardAt} />
                  </>
                )}
              </span>
            </span>
          </li>
        )
      })}
    </ul>
  )
}
