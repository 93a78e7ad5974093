import { useFinder } from '../finder-context.ts'
import type { StationNow } from '../model/station-now.ts'
import { ageText } from '../model/time-text.ts'
import { Block } from './block.tsx'
import { useStationTexts } from './texts/texts.ts'

/** The temperature inside and what it does to a body, told as the estimate that it is. */
export function InsideAir({ station }: { station: StationNow }) {
  const t = useStationTexts()
  const { t: say, nowMs } = useFinder()
  const { insideTemperatureC, insideMeasuredAtMs, view } = station
  if (insideTemperatureC === undefined || insideMeasuredAtMs === undefined) {
    // A station without sensors never measures: nothing to say is better than "not measured now".
    return view.hasSensors ? (
      <Block icon="thermometer" title={t('air.title')}>
        <p>{say('station.temperatureUnknown')}</p>
      </Block>
    ) : null
  }
  const { heat } = view
  return (
    <Block icon="thermometer" title={t('air.title')}>
      <p>
        <strong className="temperature">
          {say('station.temperatureValue', { value: Math.round(insideTemperatureC) })}
        </strong>{' '}
        <span className="quiet">{say('station.measured', { age: ageText(nowMs - insideMeasuredAtMs, say) })}</span>
      </p>
      {heat !== undefined && (
        <p className={`heat heat-${heat}`} data-heat={heat}>
          <strong>{t(`air.heat.${heat}`)}</strong> <span className="quiet">{t('air.estimate')}</span>
        </p>
      )}
    </Block>
  )
}
