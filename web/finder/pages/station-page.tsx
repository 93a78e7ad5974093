import type { ReactNode } from 'react'
import { inLanguage, useFinder } from '../finder-context.ts'
import { hoursLines } from '../model/hours-text.ts'
import type { ListedStation } from '../model/station-order.ts'
import { ageText } from '../model/time-text.ts'
import { Icon, type IconName } from '../parts/icons.tsx'
import { followInPage } from '../parts/station-card.tsx'
import { OpeningText, PinBadge, STATE_ICONS, SpaceText, distanceText } from '../parts/status.tsx'

/** Everything the public may know of one station, each with its age. */
export function StationPage({ station, back }: { station: ListedStation; back: () => void }) {
  const { t, language, nowMs, locale } = useFinder()
  const { view, pin, opening, space, heardAtMs } = station
  const address = inLanguage(language, view.addressZh ?? '', view.addressEn ?? '') || view.addressZh
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
      {opening !== 'closed' && (
        <Block icon="seat" title={t('station.space')}>
          <SpaceText station={station} />
        </Block>
      )}
      <Appliances station={station} />
      <Block icon="thermometer" title={t('station.temperature')}>
        <Temperature station={station} />
      </Block>
      <Block icon="clock" title={t('station.hours')}>
        {view.hours === undefined ? (
          <p>{t('station.hoursUnknown')}</p>
        ) : (
          hoursLines(view.hours, t, locale).map(line => <p key={line}>{line}</p>)
        )}
      </Block>
      {address !== undefined && address !== '' && (
        <Block icon="place" title={t('station.address')}>
          <p>{address}</p>
        </Block>
      )}
      {view.facilities.length > 0 && (
        <Block icon="check" title={t('station.facilities')}>
          <ul className="chips" role="list">
            {view.facilities.map(facility => (
              <li key={facility}>{t(`facility.${facility}`)}</li>
            ))}
          </ul>
        </Block>
      )}
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

function Block({ icon, title, children }: { icon: IconName; title: string; children: ReactNode }) {
  return (
    <section className="block">
      <h2>
        <Icon name={icon} />
        {title}
      </h2>
      {children}
    </section>
  )
}

function Appliances({ station }: { station: ListedStation }) {
  const { t, nowMs } = useFinder()
  return (
    <Block icon="microwave" title={t('appliances.title')}>
      {station.appliances.length === 0 && <p>{t('appliance.none')}</p>}
      <ul className="appliances" role="list">
        {station.appliances.map(({ id, kind, model, state, heardAtMs }) => (
          <li key={id} className={`appliance sign-${state}`} data-appliance={kind} data-state={state}>
            <Icon name={kind} />
            <span className="appliance-name">
              {t(`appliance.${kind}`)}
              {model !== undefined && <span className="quiet"> {model}</span>}
              <span className="quiet appliance-age">
                {heardAtMs === undefined
                  ? t('appliance.notHeard')
                  : t('appliance.heard', { age: ageText(nowMs - heardAtMs, t) })}
              </span>
            </span>
            <span className="sign-state">
              <Icon name={STATE_ICONS[state]} />
              {t(`appliance.${state}`)}
            </span>
          </li>
        ))}
      </ul>
    </Block>
  )
}

function Temperature({ station }: { station: ListedStation }) {
  const { t, nowMs } = useFinder()
  const { insideTemperatureC, insideMeasuredAtMs } = station
  if (insideTemperatureC === undefined || insideMeasuredAtMs === undefined)
    return <p>{t('station.temperatureUnknown')}</p>
  return (
    <p>
      <strong className="temperature">
        {t('station.temperatureValue', { value: Math.round(insideTemperatureC) })}
      </strong>{' '}
      <span className="quiet">{t('station.measured', { age: ageText(nowMs - insideMeasuredAtMs, t) })}</span>
    </p>
  )
}
