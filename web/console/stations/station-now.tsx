import type { StationDetail } from '@harbor/protocol'
import { GapNow, useGapsNow } from '../rota/gap-now.tsx'
import { Age } from '../time/age.tsx'
import { useWords } from '../words/words.tsx'
import styles from './station-page.module.css'
import { OpeningText, SpaceText } from './status-text.tsx'
import { valueText } from './value-text.ts'

/** How the station is now, each with its age: an old number is never shown as a new one. */
export function StationNow({ station }: { station: StationDetail }) {
  const { say, locale } = useWords()
  const gap = useGapsNow({ station: station.id }).get(station.id)
  const { opening, space, insideTemperatureC, insideMeasuredAt, heardAt, hours } = station
  return (
    <dl className={styles['facts']}>
      <dt>{say('station.opening')}</dt>
      <dd>
        <OpeningText opening={opening} />
        {gap !== undefined && (
          <>
            {' · '}
            <GapNow gap={gap} />
          </>
        )}
      </dd>
      {hours !== undefined && (
        <>
          <dt>{say('station.hours')}</dt>
          <dd>{hours}</dd>
        </>
      )}
      <dt>{say('station.space')}</dt>
      <dd>
        <SpaceText space={space} /> {space.countedAt !== undefined && <Age at={space.countedAt} />}
      </dd>
      {insideTemperatureC !== undefined && (
        <>
          <dt>{say('station.inside')}</dt>
          <dd>
            {valueText({ metric: 'temperature', value: insideTemperatureC, unit: 'Cel' }, say, locale)}{' '}
            {insideMeasuredAt !== undefined && <Age at={insideMeasuredAt} />}
          </dd>
        </>
      )}
      <dt>{say('station.heard')}</dt>
      <dd>{heardAt === undefined ? say('station.never') : <Age at={heardAt} />}</dd>
    </dl>
  )
}
