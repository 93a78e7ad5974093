import type { StationDetail, WorkOrderDetail } from '@harbor/protocol'
import { isMetric } from '@harbor/protocol'
import { useWatchedStation } from '../live/live-context.tsx'
import { useSession } from '../session/use-session.ts'
import { useStation } from '../stations/use-stations.ts'
import { valueText } from '../stations/value-text.ts'
import { Age } from '../time/age.tsx'
import { useWords } from '../words/words.tsx'
import styles from './on-site.module.css'
import { TestSwitch } from './test-switch.tsx'

/** States in which somebody works on it. */
const AT_WORK: readonly WorkOrderDetail['state'][] = ['accepted', 'on_site', 'done']

/** Whether the page shows what helps on site: while somebody works on an appliance. */
export function isAtWork({ state, appliance }: WorkOrderDetail): boolean {
  return appliance !== undefined && AT_WORK.includes(state)
}

/** Beside the appliance: what its sensors say now, as it comes, and the test switch of its plug. */
export function OnSite({ order }: { order: WorkOrderDetail }) {
  const { say } = useWords()
  const role = useSession().data?.role
  useWatchedStation(order.station)
  const station = useStation(order.station)
  if (station.data === undefined)
    return <p className="quiet">{say(station.isError ? 'failure.unreachable' : 'loading')}</p>
  const readings = readingsOf(station.data, order.appliance)
  const plugs = readings.filter(({ metric }) => metric === 'relay').map(({ device }) => device)
  const maySwitch = role !== undefined && role !== 'keeper'
  if (readings.length === 0) return <p className="quiet">{say('inbox.siteNothing')}</p>
  return (
    <>
      <h3>{say('inbox.siteReadings')}</h3>
      <Readings readings={readings} />
      {maySwitch &&
        order.applianceKind !== undefined &&
        plugs.map(device => (
          <TestSwitch
            key={device}
            device={device}
            what={say(`appliance.${order.applianceKind ?? 'fridge'}`)}
            relay={readings.find(one => one.device === device && one.metric === 'relay')}
          />
        ))}
    </>
  )
}

type Reading = StationDetail['readings'][number]

function readingsOf({ readings }: StationDetail, appliance: string | undefined): Reading[] {
  return readings.filter(one => one.appliance === appliance && isMetric(one.metric))
}

function Readings({ readings }: { readings: readonly Reading[] }) {
  const { say, locale } = useWords()
  return (
    <dl className={`${styles['readings']} numbers`}>
      {readings.map(reading => (
        <div key={`${reading.device}/${reading.metric}`} data-reading={`${reading.device}/${reading.metric}`}>
          <dt>{isMetric(reading.metric) ? say(`metric.${reading.metric}`) : reading.metric}</dt>
          <dd>
            <strong>{valueText(reading, say, locale)}</strong>{' '}
            <span className="quiet">
              <Age at={reading.at} />
            </span>
          </dd>
        </div>
      ))}
    </dl>
  )
}
