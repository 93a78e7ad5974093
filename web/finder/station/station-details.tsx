import type { StationDetail } from '@harbor/protocol'
import { inLanguage, useFinder } from '../finder-context.ts'
import type { ListedStation } from '../model/station-order.ts'
import { clockText } from '../model/time-text.ts'
import { followInPage } from '../parts/station-card.tsx'
import { SpaceText } from '../parts/status.tsx'
import { WayThere } from '../way/way-there.tsx'
import { Block } from './block.tsx'
import { BusyHours } from './busy-hours.tsx'
import { InsideAir } from './inside-air.tsx'
import { OpeningBasis } from './opening-basis.tsx'
import { MY_REPORTS_PATH, reportPath } from './paths.ts'
import { NoticesHere } from './notices-here.tsx'
import { Said } from './said.tsx'
import { StationActs } from './station-acts.tsx'
import './choice.css'
import './station-details.css'
import { useStationTexts } from './texts/texts.ts'
import { UsableNow } from './usable-now.tsx'
import { WeekTable } from './week-table.tsx'

export interface StationDetailsProps {
  station: ListedStation
  /** Absent until it is loaded, and without a network when the phone does not keep it. */
  detail: StationDetail | undefined
  go: (path: string) => void
}

/** All of a station's page below its name, in the order in which it is asked. */
export function StationDetails({ station, detail, go }: StationDetailsProps) {
  const { view, opening } = station
  return (
    <>
      <OpeningBasis station={station} />
      {detail?.closedFor !== undefined && <ClosedFor reason={detail.closedFor} />}
      {detail?.notices !== undefined && <NoticesHere notices={detail.notices} />}
      <StationActs view={view} detail={detail} />
      <UsableNow station={station} go={go} />
      {opening !== 'closed' && <Seats station={station} />}
      <Said view={view} detail={detail} go={go} />
      <InsideAir station={station} />
      {detail !== undefined && <WeekTable detail={detail} />}
      {view.hasSensors && <BusyHours key={view.id} station={view.id} isCounted={station.countedAtMs !== undefined} />}
      <FindIt station={station} detail={detail} />
      <WayThere view={view} />
      {detail !== undefined && detail.photos.length > 0 && <Photos photos={detail.photos} />}
      <More station={view.id} go={go} />
    </>
  )
}

/** Why the station is closed until further notice, in the words of whoever closed it. */
function ClosedFor({ reason }: { reason: string }) {
  const t = useStationTexts()
  return (
    <p className="basis basis-warns" data-testid="closed-for">
      {t('now.closedFor', { reason })}
    </p>
  )
}

function Seats({ station }: { station: ListedStation }) {
  const t = useStationTexts()
  const finder = useFinder()
  const { arrived } = station.view.space
  return (
    <Block icon="seat" title={finder.t('station.space')}>
      <SpaceText station={station} />
      {arrived !== undefined && (
        <p className="quiet">
          {t('space.arrived', {
            count: arrived.count,
            since: clockText(Date.parse(arrived.since), finder.nowMs, finder),
          })}
        </p>
      )}
    </Block>
  )
}

/** The address, the hint to the door, and what else is there. */
function FindIt({ station: { view }, detail }: Pick<StationDetailsProps, 'station' | 'detail'>) {
  const t = useStationTexts()
  const { t: say, language } = useFinder()
  const address = inLanguage(language, view.addressZh ?? '', view.addressEn ?? '') || view.addressZh
  const hint = inLanguage(language, detail?.hintZh ?? '', detail?.hintEn ?? '') || detail?.hintZh
  const host = detail?.hostKind
  return (
    <>
      {(address !== undefined || hint !== undefined || host !== undefined) && (
        <Block icon="place" title={t('place.title')}>
          {address !== undefined && <p>{address}</p>}
          {host !== undefined && <p>{t('place.host', { host: t(`host.${host}`) })}</p>}
          {hint !== undefined && hint !== '' && (
            <p className="hint">
              <strong>{t('place.hint')}</strong> {hint}
            </p>
          )}
        </Block>
      )}
      {view.facilities.length > 0 && (
        <Block icon="check" title={say('station.facilities')}>
          <ul className="chips" role="list">
            {view.facilities.map(facility => (
              <li key={facility}>{say(`facility.${facility}`)}</li>
            ))}
          </ul>
        </Block>
      )}
    </>
  )
}

function Photos({ photos }: { photos: readonly string[] }) {
  const t = useStationTexts()
  return (
    <section className="photos" aria-labelledby="photos-title">
      <h2 id="photos-title">{t('photos.title')}</h2>
      <ul role="list">
        {photos.map((src, index) => (
          <li key={src}>
            <img
              src={src}
              alt={t('photos.of', { number: index + 1, count: photos.length })}
              loading="lazy"
              decoding="async"
              width="1280"
              height="960"
            />
          </li>
        ))}
      </ul>
    </section>
  )
}

function More({ station, go }: { station: string; go: (path: string) => void }) {
  const t = useStationTexts()
  const report = reportPath(station)
  return (
    <section className="more">
      <h2>{t('more.report')}</h2>
      <a className="button" href={report} onClick={event => followInPage(event, () => go(report))}>
        {t('more.reportButton')}
      </a>
      <a
        className="plain-button"
        href={MY_REPORTS_PATH}
        onClick={event => followInPage(event, () => go(MY_REPORTS_PATH))}
      >
        {t('more.mine')}
      </a>
    </section>
  )
}
