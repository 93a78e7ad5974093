import { useEffect, useRef, useState } from 'react'
import type { FeedState } from '../feed/feed-state.ts'
import { useFinder } from '../finder-context.ts'
import type { ListedStation } from '../model/station-order.ts'
import { isOpen } from '../model/station-now.ts'
import { Icon } from '../parts/icons.tsx'
import { StationCard } from '../parts/station-card.tsx'
import { distanceText } from '../parts/status.tsx'
import type { PositionState } from '../position.ts'
import { PinLegend } from '../parts/pin-legend.tsx'

/** What fills the first screens of a phone; the rest follows when these are drawn. */
const FIRST_CARDS = 8
const CARDS_A_STEP = 60
/** A position no better than this is told to be rough. */
const ROUGH_M = 300

interface ListPageProps {
  phase: FeedState['phase']
  stations: readonly ListedStation[]
  position: PositionState
  findPosition: () => void
  retry: () => void
  go: (path: string) => void
}

/** The stations, best first. */
export function ListPage({ phase, stations, position, findPosition, retry, go }: ListPageProps) {
  const { t } = useFinder()
  const near = position.kind === 'known'
  const title = near ? t('list.titleNear') : t('list.title')
  return (
    <>
      <header className="list-head">
        <h1 tabIndex={-1}>{title}</h1>
        {phase === 'ready' && stations.length > 0 && (
          <p className="quiet">
            {t('list.summary', { open: stations.filter(isOpen).length, count: stations.length })}
            {near && ` · ${t('distance.note')}`}
          </p>
        )}
        {(phase === 'loading' || stations.length > 0) && <LocateButton position={position} find={findPosition} />}
        <PositionNote position={position} />
      </header>
      {phase === 'loading' && <Skeleton />}
      {phase === 'failed' && <Failure retry={retry} />}
      {phase === 'ready' && stations.length === 0 && (
        <div className="notice">
          <h2>{t('list.empty')}</h2>
          <p>{t('list.emptyHint')}</p>
        </div>
      )}
      {phase === 'ready' && stations.length > 0 && <Cards stations={stations} go={go} />}
      {stations.length > 0 && <PinLegend />}
    </>
  )
}

function Cards({ stations, go }: Pick<ListPageProps, 'stations' | 'go'>) {
  const { t } = useFinder()
  const [shown, setShown] = useState(FIRST_CARDS)
  const drawn = useRef(false)
  useEffect(() => {
    if (drawn.current) return
    drawn.current = true
    const timer = setTimeout(() => setShown(CARDS_A_STEP), 100)
    return () => clearTimeout(timer)
  }, [])
  const more = Math.min(CARDS_A_STEP, stations.length - shown)
  return (
    <>
      <ul className="cards" role="list">
        {stations.slice(0, shown).map(station => (
          <StationCard key={station.view.id} station={station} go={go} />
        ))}
      </ul>
      {more > 0 && shown > FIRST_CARDS && (
        <button type="button" className="button wide" onClick={() => setShown(shown + CARDS_A_STEP)}>
          {t('list.more', { count: more })}
        </button>
      )}
    </>
  )
}

function LocateButton({ position, find }: { position: PositionState; find: () => void }) {
  const { t } = useFinder()
  if (position.kind === 'unavailable') return null
  const busy = position.kind === 'asking'
  const text = busy ? t('locate.busy') : position.kind === 'known' ? t('locate.again') : t('locate.find')
  return (
    <button
      type="button"
      className={`button locate${position.kind === 'known' ? ' locate-again' : ''}`}
      aria-disabled={busy}
      onClick={busy ? undefined : find}
    >
      <Icon name="locate" />
      <span>{text}</span>
    </button>
  )
}

function PositionNote({ position }: { position: PositionState }) {
  const { t } = useFinder()
  const text = () => {
    if (position.kind === 'refused') return t('locate.refused')
    if (position.kind === 'failed') return t('locate.failed')
    return position.kind === 'known' && position.accuracyM > ROUGH_M
      ? t('locate.rough', { distance: distanceText(position.accuracyM, t) })
      : undefined
  }
  return (
    <p role="status" className="position-note">
      {text()}
    </p>
  )
}

function Failure({ retry }: { retry: () => void }) {
  const { t } = useFinder()
  return (
    <div className="notice" role="alert">
      <h2>{t('failure.title')}</h2>
      <p>{t('failure.hint')}</p>
      <button type="button" className="button" onClick={retry}>
        {t('failure.retry')}
      </button>
    </div>
  )
}

/** Grey cards in the place and size of what comes. */
function Skeleton() {
  const { t } = useFinder()
  return (
    <div className="cards" role="status" aria-busy="true">
      <span className="visually-hidden">{t('list.loading')}</span>
      {[1, 2, 3].map(number => (
        <div key={number} className="card skeleton" aria-hidden="true">
          <span className="skeleton-line" />
          <span className="skeleton-line skeleton-wide" />
          <span className="skeleton-line" />
          <span className="skeleton-block" />
        </div>
      ))}
    </div>
  )
}
