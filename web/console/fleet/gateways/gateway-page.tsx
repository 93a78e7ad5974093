import { Link, useParams } from 'react-router'
import { FLEET_ROLES } from '../../shell/nav-entries.ts'
import { Failure } from '../../shell/failure.tsx'
import { BackIcon } from '../../shell/icons.tsx'
import { LoadingRows } from '../../shell/list-states.tsx'
import { Page } from '../../shell/page.tsx'
import { Column, Parts } from '../../shell/part.tsx'
import { useSession } from '../../session/use-session.ts'
import { useWords } from '../../words/words.tsx'
import styles from '../fleet.module.css'
import { useFleet } from '../use-fleet.ts'
import { AuditPart } from './audit-part.tsx'
import { ConfigDiffPart } from './config-diff-part.tsx'
import { ExplainedPart } from './explained-part.tsx'
import { GiveProfilePart } from './give-profile-part.tsx'

/** One gateway: what it is to run and what it says it runs, its devices, its configs, what was done to it. */
export function GatewayPage() {
  const { gateway = '' } = useParams()
  return <GatewayById key={gateway} gateway={gateway} />
}

function GatewayById({ gateway }: { gateway: string }) {
  const { say } = useWords()
  const role = useSession().data?.role
  const isFleet = role !== undefined && FLEET_ROLES.includes(role)
  const configs = useFleet({
    key: ['configs', gateway],
    ask: (api, signal) => api.profiles.configs(gateway, signal),
    isWanted: isFleet,
  })
  const versions = configs.data?.versions.map(({ version }) => version) ?? []
  return (
    <Page title={gateway}>
      <Link to="/fleet/gateways" className={styles['link']}>
        <BackIcon /> {say('fleet.title')}
      </Link>
      {isFleet && (
        <Parts>
          <Column>
            {configs.isError && <Failure error={configs.error} retry={() => void configs.refetch()} />}
            {configs.isPending && <LoadingRows />}
            {configs.data !== undefined && (
              <>
                <GiveProfilePart gateway={gateway} now={configs.data.versions[0]?.source?.profile} />
                <ExplainedPart gateway={gateway} versions={versions} />
                <ConfigDiffPart gateway={gateway} versions={versions} />
              </>
            )}
          </Column>
          <Column>
            <AuditPart gateway={gateway} />
          </Column>
        </Parts>
      )}
    </Page>
  )
}
