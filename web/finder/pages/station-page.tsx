import type { StationDetail } from '@harbor/protocol'
import { inLanguage, useFinder } from '../finder-context.ts'
import type { ListedStation } from '../model/station-order.ts'
import { ageText } from '../model/time-text.ts'
import { Icon } from '../parts/icons.tsx'
import { followInPage } from '../parts/station-card.tsx'
import { OpeningText, PinBadge, distanceText } from '../parts/status.tsx'
import { LazyPart } from '../station/lazy-part.tsx'

interface StationPageProps {
  station: ListedStation
  /** Absent until it is loaded. */
  detail: StationDetail | undefined
  go: (path: string) => void
  back: () => void
}

/** What decides whether to walk there comes with the first screen; the rest follows in a part of its own. */
const loadDetails = async () => (await import('../station/station-details.tsx')).StationDetails

/** Everything the public may know of one station, each with its age. */
export function StationPage({ station, detail, go, back }: StationPageProps) {
  const { t, language, nowMs } = useFinder()
  const { view, pin, opening, space, heardAtMs } = station
  return (
    <article className="station" data-station={view.id} data-opening={opening} data-space={space} data-pin={pin}>
      <BackLink back={back} />
      <div className="card-top">
        <PinBadge pin={pin} />
        {station.distanceM !== undefined && (
          <span className="distance">{t('distance.straight', { distance: distanceText(station.distanceM, t) })}</span>
        )}
      </div>
      <h1 tabIndex={-1}>{inLanguage(language, view.nameZh, view.nameEn)}</h1>
      <p className="card-where">
        <span>{inLanguage(language, view.districtNameZh, view.districtNameEn)}</span>
        <OpeningText station={station} />
      </p>
      <LazyPart
        load={loadDetails}
        props={{ station, detail, go }}
        words={{ loading: t('part.loading'), failed: t('part.failed'), retry: t('failure.retry') }}
      />
      <p className="quiet station-heard">
        {heardAtMs === undefined ? t('station.neverHeard') : t('station.heard', { age: ageText(nowMs - heardAtMs, t) })}
      </p>
    </article>
  )
}

/** What an address shows that belongs to no station. */
export function MissingPage({ back }: { back: () => void }) {
  const { t } = useFinder()
  return (
    <div className="station">
      <BackLink back={back} />
      <h1 tabIndex={-1}>{t('station.missing')}</h1>
      <p>{t('station.missingHint')}</p>
    </div>
  )
}

export function BackLink({ back }: { back: () => void }) {
  const { t } = useFinder()
  return (
    <a className="back" href="/" onClick={event => followInPage(event, back)}>
      <Icon name="back" />
      {t('station.back')}
    </a>
  )
}
