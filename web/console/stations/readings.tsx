import { type StationDetail, isMetric } from '@harbor/protocol'
import { Age } from '../time/age.tsx'
import { useWords } from '../words/words.tsx'
import { capital } from './metric-choice.ts'
import styles from './station-page.module.css'
import { valueText } from './value-text.ts'

type Reading = StationDetail['readings'][number]

/** The newest value of each metric, by appliance; what belongs to the room comes first. */
export function Readings({ station }: { station: StationDetail }) {
  const { say, locale } = useWords()
  if (station.readings.length === 0) return <p className="quiet">{say('station.noReadings')}</p>
  return (
    <div className={styles['readingGroups']}>
      {groupsOf(station).map(({ key, kind, readings }) => (
        <section key={key}>
          <h3 className={styles['group']}>
            {kind === undefined ? say('station.stationItself') : say(`appliance.${kind}`)}
          </h3>
          <ul className={styles['rows']} data-wide>
            {readings.map(reading => (
              <li key={`${reading.device}/${reading.metric}`} data-reading={`${reading.device}/${reading.metric}`}>
                <span className={styles['pair']}>
                  <span>{capital(isMetric(reading.metric) ? say(`metric.${reading.metric}`) : reading.metric)}</span>
                  <span className={styles['small']}>{reading.device}</span>
                </span>
                <span className={styles['right']}>
                  <span className={`${styles['value']} numbers`}>{valueText(reading, say, locale)}</span>
                  <span className={styles['small']}>
                    <Age at={reading.at} />
                  </span>
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

function groupsOf({ readings, appliances }: StationDetail) {
  const order: (StationDetail['appliances'][number] | undefined)[] = [undefined, ...appliances]
  const known = new Set(appliances.map(({ id }) => id))
  const belongs = (reading: Reading, id: string | undefined) =>
    id === undefined ? reading.appliance === undefined || !known.has(reading.appliance) : reading.appliance === id
  return order
    .map(appliance => ({
      key: appliance?.id ?? 'room',
      kind: appliance?.kind,
      readings: readings
        .filter(reading => belongs(reading, appliance?.id))
        .sort((a, b) => (`${a.metric}/${a.device}` < `${b.metric}/${b.device}` ? -1 : 1)),
    }))
    .filter(group => group.readings.length > 0)
}
