import { Link, useParams } from 'react-router'
import { KeptFrom } from '../../offline/kept-from.tsx'
import { FLEET_ROLES } from '../../shell/nav-entries.ts'
import { Failure } from '../../shell/failure.tsx'
import { BackIcon } from '../../shell/icons.tsx'
import { LoadingRows } from '../../shell/list-states.tsx'
import { Page } from '../../shell/page.tsx'
import { Column, Parts } from '../../shell/part.tsx'
import { useSession } from '../../session/use-session.ts'
import { localName, useWords } from '../../words/words.tsx'
import styles from '../fleet.module.css'
import { FLEET_LIVE, FLEET_REFETCH_MS, useFleet } from '../use-fleet.ts'
import { AuditPart } from './audit-part.tsx'
import { BoxPart } from './box-part.tsx'
import { ConfigDiffPart } from './config-diff-part.tsx'
import { DevicesPart } from './devices-part.tsx'
import { ExplainedPart } from './explained-part.tsx'
import { GiveProfilePart } from './give-profile-part.tsx'
import { OwnPart } from './own-part.tsx'
import { TagsPart } from './tags-part.tsx'
import { TwinPart } from './twin-part.tsx'

/** One gateway: what it is to run and what it says it runs, its devices, its configs, what was done to it. */
export function GatewayPage() {
  const { gateway = '' } = useParams()
  return <GatewayById key={gateway} gateway={gateway} />
}

function GatewayById({ gateway }: { gateway: string }) {
  const { say, language } = useWords()
  const role = useSession().data?.role
  const isFleet = role !== undefined && FLEET_ROLES.includes(role)
  const view = useFleet({
    key: [FLEET_LIVE, 'twin', gateway],
    ask: (api, signal) => api.twin.view(gateway, signal),
    everyMs: FLEET_REFETCH_MS,
  })
  const twin = view.data
  return (
    <Page
      title={
        twin === undefined ? gateway : localName(language, { nameZh: twin.stationNameZh, nameEn: twin.stationNameEn })
      }
      aside={twin !== undefined && <p className="quiet">{gateway}</p>}
    >
      <Link to="/fleet/gateways" className={styles['link']}>
        <BackIcon /> {say('fleet.title')}
      </Link>
      {twin !== undefined && view.isError && <KeptFrom atMs={view.dataUpdatedAt} />}
      {twin === undefined && view.isError && <Failure error={view.error} retry={() => void view.refetch()} />}
      {twin === undefined && !view.isError && <LoadingRows />}
      {twin !== undefined && (
        <Parts>
          <Column>
            <TwinPart twin={twin} />
            <DevicesPart twin={twin} mayAdopt={isFleet} />
            {isFleet && <Configs gateway={gateway} />}
          </Column>
          <Column>
            {isFleet && (
              <>
                <BoxPart gateway={gateway} station={twin.station} />
                <TagsPart gateway={gateway} tags={twin.tags} />
                <AuditPart gateway={gateway} />
              </>
            )}
          </Column>
        </Parts>
      )}
    </Page>
  )
}

/** Its configs: given, explained, held against each other. */
function Configs({ gateway }: { gateway: string }) {
  const configs = useFleet({
    key: [FLEET_LIVE, 'configs', gateway],
    ask: (api, signal) => api.profiles.configs(gateway, signal),
  })
  if (configs.data === undefined)
    return configs.isError ? <Failure error={configs.error} retry={() => void configs.refetch()} /> : <LoadingRows />
  const { versions } = configs.data
  const numbers = versions.map(({ version }) => version)
  return (
    <>
      <GiveProfilePart gateway={gateway} now={versions[0]?.source?.profile} />
      <OwnPart gateway={gateway} version={numbers[0]} />
      <ExplainedPart gateway={gateway} versions={numbers} />
      <ConfigDiffPart gateway={gateway} versions={numbers} />
    </>
  )
}
