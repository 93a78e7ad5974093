import { memo } from 'react'
import { inLanguage, useFinder } from '../finder-context.ts'
import type { ListedStation } from '../model/station-order.ts'
import { stationPath } from '../route.ts'
import { BasisText } from './basis-text.tsx'
import { OpeningText, PinBadge, ServiceSigns, SpaceText, WalkText, distanceText } from './status.tsx'

interface StationCardProps {
  station: ListedStation
  go: (path: string) => void
}

/** A station in the list: everything that decides whether to walk there, in the order it is asked. */
export const StationCard = memo(function StationCard({ station, go }: StationCardProps) {
  const { t, language } = useFinder()
  const { view, pin, opening, space, distanceM } = station
  const path = stationPath(view.id)
  return (
    <li className={`card card-${pin}`} data-station={view.id} data-opening={opening} data-space={space} data-pin={pin}>
      <div className="card-top">
        <PinBadge pin={pin} />
        {distanceM !== undefined && <WalkText straightM={distanceM} />}
      </div>
      <h2 className="card-name">
        <a href={path} onClick={event => followInPage(event, () => go(path))}>
          {inLanguage(language, view.nameZh, view.nameEn)}
        </a>
      </h2>
      <p className="card-where">
        <span>
          {inLanguage(language, view.districtNameZh, view.districtNameEn)}
          {distanceM !== undefined && ` · ${distanceText(distanceM, t)}`}
        </span>
        <OpeningText station={station} />
      </p>
      <BasisText station={station} />
      {opening !== 'closed' && (
        <>
          <SpaceText station={station} />
          <ServiceSigns station={station} />
        </>
      )}
    </li>
  )
})

/** What is read of a click on a link. */
type LinkClick = Pick<MouseEvent, 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey' | 'button' | 'preventDefault'>

/** Follows a link without loading a page, unless the visitor asks for a new tab or window. */
export function followInPage(event: LinkClick, follow: () => void): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return
  event.preventDefault()
  follow()
}
