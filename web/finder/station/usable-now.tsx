import { useFinder } from '../finder-context.ts'
import type { ApplianceNow, StationNow } from '../model/station-now.ts'
import { ageText, clockText } from '../model/time-text.ts'
import { Icon } from '../parts/icons.tsx'
import { followInPage } from '../parts/station-card.tsx'
import { STATE_ICONS } from '../parts/status.tsx'
import { Block } from './block.tsx'
import { reportPath } from './paths.ts'
import { type StationTranslate, useStationTexts } from './texts/texts.ts'

/** What each appliance is good for right now, when it will be again, and where to say that it is not. */
export function UsableNow({ station, go }: { station: StationNow; go: (path: string) => void }) {
  const t = useStationTexts()
  const { t: say, nowMs, ...words } = useFinder()
  return (
    <Block icon="microwave" title={t('use.title')}>
      {station.appliances.length === 0 && <p>{t('use.none')}</p>}
      <ul className="uses" role="list">
        {station.appliances.map(appliance => {
          const { id, kind, model, state, heardAtMs, backAtMs } = appliance
          const back = backAtMs === undefined ? undefined : clockText(backAtMs, nowMs, { t: say, ...words })
          const path = reportPath(station.view.id, { topic: 'broken', appliance: id })
          const name = [t(`device.${kind}`), model].filter(part => part !== undefined).join(' ')
          return (
            <li key={id} className={`use sign-${state}`} data-appliance={kind} data-state={state}>
              <Icon name={kind} />
              <p className="use-name">{t(`use.${kind}`)}</p>
              <p className="use-state">
                <Icon name={STATE_ICONS[state]} />
                {stateText(appliance, back, t)}
              </p>
              <p className="use-foot">
                <span>
                  {name} ·{' '}
                  {heardAtMs === undefined
                    ? say('appliance.notHeard')
                    : say('appliance.heard', { age: ageText(nowMs - heardAtMs, say) })}
                </span>
                <a
                  className="use-report"
                  href={path}
                  aria-label={t('use.reportLong', { name })}
                  onClick={event => followInPage(event, () => go(path))}
                >
                  {t('use.report')}
                </a>
              </p>
            </li>
          )
        })}
      </ul>
    </Block>
  )
}

function stateText({ kind, state, running }: ApplianceNow, back: string | undefined, t: StationTranslate): string {
  if (state === 'unknown') return t('use.unknown')
  if (state === 'faulty') return back === undefined ? t('use.no') : t('use.repair', { time: back })
  if (kind !== 'air_conditioner' || running === undefined) return t('use.yes')
  return running ? t('use.running') : t('use.idle')
}
