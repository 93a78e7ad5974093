import { useFinder } from '../finder-context.ts'
import type { FinderTranslate } from '../texts/texts.ts'
import { roundDistance } from '../model/distance.ts'
import type { ApplianceState, PinState, ServiceNow, StationNow } from '../model/station-now.ts'
import { appliancesByKind } from '../model/station-now.ts'
import { ageText, clockText } from '../model/time-text.ts'
import { walkMinutes } from '../model/walk.ts'
import { Icon, type IconName } from './icons.tsx'
import { pinText } from './pin-text.ts'

/** The sign that a station also has on the map, with its meaning. */
export function PinBadge({ pin }: { pin: PinState }) {
  const { t } = useFinder()
  return (
    <span className={`badge badge-${pin}`}>
      <span className={`pin pin-${pin} pin-inline`} aria-hidden="true">
        <span className="pin-body">
          <span className="pin-sign" />
        </span>
      </span>
      {pinText(pin, t)}
    </span>
  )
}

/** Open, closed or not known, and until when. */
export function OpeningText({ station }: { station: StationNow }) {
  const { t, nowMs, ...words } = useFinder()
  const { opening, changesAtMs, view } = station
  const time = changesAtMs === undefined ? undefined : clockText(changesAtMs, nowMs, { t, ...words })
  const text = () => {
    if (opening === 'closing_soon' && time !== undefined) return t('opening.closesAt', { time })
    if (opening === 'open' && time !== undefined) return t('opening.until', { time })
    if (opening === 'closed' && time !== undefined) return t('opening.opensAt', { time })
    return opening === 'open' && view.hours?.trim() === '24/7' ? t('opening.allDay') : t(`opening.${opening}`)
  }
  return (
    <span className={`opening opening-${opening}`}>
      <Icon name="clock" />
      <span>
        {opening === 'closing_soon' && time !== undefined && `${t('opening.closing_soon')} · `}
        {text()}
      </span>
    </span>
  )
}

/** Seats left, drawn and told, with the age of the count. */
export function SpaceText({ station }: { station: StationNow }) {
  const { t, nowMs } = useFinder()
  const { space, people, capacity, seatsLeft, countedAtMs, knownAtMs } = station
  const age = countedAtMs === undefined ? undefined : ageText(nowMs - countedAtMs, t)
  if (people === undefined) {
    return (
      <div className="space space-unknown">
        <p className="space-main">{t('space.unknown')}</p>
        {/* Of a station that only the phone's own list tells of, nobody knows whether people are counted there. */}
        {knownAtMs > 0 && (
          <p className="quiet">{age === undefined ? t('space.notCounted') : t('space.countedLong', { age })}</p>
        )}
      </div>
    )
  }
  const counted = t('space.counted', { age: age ?? '' })
  return (
    <div className={`space space-${space}`}>
      <p className="space-main">
        {seatsLeft === undefined ? t('space.inside', { people }) : t('space.left', { left: seatsLeft })}
      </p>
      {capacity !== undefined && <SeatMeter taken={people} capacity={capacity} />}
      <p className="quiet">
        {capacity === undefined ? counted : `${t('space.taken', { people, capacity })} · ${counted}`}
      </p>
    </div>
  )
}

/** A picture of the numbers beside it, so it is hidden from screen readers. */
function SeatMeter({ taken, capacity }: { taken: number; capacity: number }) {
  const share = Math.min(1, taken / capacity)
  return (
    <svg className="seat-meter" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect className="seat-meter-all" width="100" height="6" />
      <rect className="seat-meter-taken" width={share * 100} height="6" />
    </svg>
  )
}

export const STATE_ICONS: Readonly<Record<ApplianceState, IconName>> = {
  working: 'check',
  faulty: 'cross',
  unknown: 'question',
}

/** Which services can be had now: one sign for each kind of appliance. */
export function ServiceSigns({ station }: { station: StationNow }) {
  const { t } = useFinder()
  const services = appliancesByKind(station.appliances)
  if (services.length === 0) return null
  return (
    <ul className="signs" role="list" aria-label={t('appliances.title')}>
      {services.map(service => (
        <ServiceSign key={service.kind} service={service} />
      ))}
    </ul>
  )
}

function ServiceSign({ service: { kind, state, running, backAtMs } }: { service: ServiceNow }) {
  const { t, nowMs, ...words } = useFinder()
  const text = () => {
    if (backAtMs !== undefined) return t('service.back', { time: clockText(backAtMs, nowMs, { t, ...words }) })
    // Whether it cools now is what a hot visitor asks; what the others draw just now says nothing.
    if (kind === 'air_conditioner' && running !== undefined) return t(running ? 'service.running' : 'service.idle')
    return t(`appliance.${state}`)
  }
  return (
    <li className={`sign sign-${state}`} data-appliance={kind} data-state={state}>
      <Icon name={kind} />
      <span className="sign-name">{t(`service.${kind}`)}</span>
      <span className="sign-state">
        <Icon name={STATE_ICONS[state]} />
        {text()}
      </span>
    </li>
  )
}

/** Whoever is further away rides. */
const LONGEST_WALK_MIN = 90

/** How far it is: minutes on foot, as an estimate from the straight distance; nothing where nobody walks. */
export function WalkText({ straightM }: { straightM: number }) {
  const { t } = useFinder()
  const minutes = walkMinutes(straightM)
  return minutes > LONGEST_WALK_MIN ? null : <span className="distance">{t('distance.walk', { minutes })}</span>
}

/** A distance in words: `350 m`, `1.2 km`. */
export function distanceText(metres: number, t: FinderTranslate): string {
  const { unit, value } = roundDistance(metres)
  return t(`distance.${unit}`, { value })
}
