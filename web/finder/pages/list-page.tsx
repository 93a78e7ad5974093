import type { FinderFilter } from '@harbor/protocol'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { FeedState } from '../feed/feed-state.ts'
import { inLanguage, useFinder } from '../finder-context.ts'
import type { ListedStation } from '../model/station-order.ts'
import { CityChooser } from '../parts/city-chooser.tsx'
import { FilterChips } from '../parts/filter-chips.tsx'
import { Icon } from '../parts/icons.tsx'
import { Failure, Skeleton } from '../parts/loading.tsx'
import { PinLegend } from '../parts/pin-legend.tsx'
import { SearchBox } from '../parts/search-box.tsx'
import { StationCard } from '../parts/station-card.tsx'
import { distanceText } from '../parts/status.tsx'
import { ThemeChoice } from '../parts/theme-choice.tsx'
import { InstallOffer } from '../parts/update-note.tsx'
import type { AppUpdates } from '../offline/app-updates.ts'
import type { PositionState } from '../position.ts'
import type { Theme } from '../theme.ts'
import type { City } from '../use-cities.ts'
import type { AskedQuestion } from '../use-question.ts'

/** What fills the first screens of a phone; more are drawn as they come near: an old phone takes its time for each. */
const FIRST_CARDS = 5
const CARDS_A_STEP = 5
/** Two cards ahead of a scrolling thumb, or of a focus that scrolls. */
const AHEAD = '600px'
/** A position no better than this is told to be rough. */
const ROUGH_M = 300

interface ListPageProps {
  state: FeedState
  stations: readonly ListedStation[]
  asked: AskedQuestion
  position: PositionState
  findPosition: () => void
  retry: () => void
  go: (path: string) => void
  theme: Theme
  onTheme: (theme: Theme) => void
  updates: AppUpdates
  /** To choose from, where it is not known where the visitor is. */
  cities: readonly City[]
}

/** The stations that were asked for, best first. */
export function ListPage(props: ListPageProps) {
  const { state, stations, asked, position, findPosition, retry, go, theme, onTheme, updates, cities } = props
  const { t, language } = useFinder()
  const { phase, found } = state
  const { text, filters } = asked.question
  const isAsking = phase === 'ready' && found?.key !== state.asked
  return (
    <>
      <header className="list-head">
        <h1 tabIndex={-1}>
          {asked.placeKind === 'city' && asked.city !== undefined && text === ''
            ? t('list.titleCity', { city: inLanguage(language, asked.city.nameZh, asked.city.nameEn) })
            : t(titleKey(asked))}
        </h1>
        <LocateButton position={position} find={findPosition} />
        <PositionNote position={position} />
      </header>
      <div className="ask">
        <SearchBox text={text} onSearch={asked.setText} />
        {position.kind !== 'known' && text === '' && (
          <CityChooser cities={cities} chosen={asked.city?.code} onChoose={asked.setCity} />
        )}
        <FilterChips filters={filters} onChange={asked.setFilters} />
      </div>
      <p className="quiet list-summary" role="status">
        {isAsking ? t('list.asking') : phase === 'ready' && <Summary found={found} asked={asked} />}
      </p>
      {found?.kept === true && (
        <p className="kept-note" data-testid="kept-note">
          <Icon name="offline" />
          {t('list.kept')}
        </p>
      )}
      {phase === 'loading' && <Skeleton />}
      {phase === 'failed' && <Failure retry={retry} />}
      {phase === 'ready' && stations.length === 0 && <Nothing found={found} asked={asked} />}
      {phase === 'ready' && stations.length > 0 && (
        <div className={isAsking ? 'asking' : undefined}>
          <Cards stations={stations} go={go} />
        </div>
      )}
      {stations.length > 0 && <PinLegend />}
      {stations.some(({ distanceM }) => distanceM !== undefined) && <p className="quiet">{t('distance.walkNote')}</p>}
      {phase !== 'loading' && <InstallOffer updates={updates} />}
      {phase !== 'loading' && <ThemeChoice theme={theme} onTheme={onTheme} />}
    </>
  )
}

function titleKey({ question, placeKind }: AskedQuestion) {
  if (question.text !== '') return 'list.titleFound'
  const titles = {
    here: 'list.titleNear',
    last: 'list.titleLast',
    map: 'list.titleMap',
    city: 'list.title',
    none: 'list.title',
  } as const
  return titles[placeKind]
}

function Summary({ found, asked }: { found: FeedState['found']; asked: AskedQuestion }) {
  const { t } = useFinder()
  if (found === undefined || found.of === 0) return null
  const { matching, of } = found
  return asked.question.filters.length === 0 && asked.question.text === '' ? null : t('list.match', { matching, of })
}

/** Nothing was found: says why, and offers what would find something. */
function Nothing({ found, asked }: { found: FeedState['found']; asked: AskedQuestion }) {
  const { t } = useFinder()
  const { text, filters } = asked.question
  if (filters.length === 0 || (found !== undefined && found.of === 0)) {
    const isSearch = text !== ''
    return (
      <div className="notice">
        <h2>{isSearch ? t('list.noneFound', { text }) : t('list.empty')}</h2>
        <p>{isSearch ? t('list.noneHint') : t('list.emptyHint')}</p>
      </div>
    )
  }
  const best = mostExcluding(found, filters)
  return (
    <div className="notice" data-testid="none-match">
      <h2>{t('list.none')}</h2>
      {best !== undefined && (
        <button
          type="button"
          className="button"
          onClick={() => asked.setFilters(filters.filter(filter => filter !== best.filter))}
        >
          {t('list.dropOne', { filter: t(`filter.${best.filter}`), count: best.count })}
        </button>
      )}
      <button type="button" className="button plain" onClick={() => asked.setFilters([])}>
        {t('list.dropAll')}
      </button>
    </div>
  )
}

/** The filter without which most would be left; undefined when no single one helps. */
function mostExcluding(found: FeedState['found'], filters: readonly FinderFilter[]) {
  const counted = filters.map(filter => ({ filter, count: found?.without[filter] ?? 0 }))
  const best = counted.reduce((a, b) => (b.count > a.count ? b : a), { filter: 'open', count: 0 })
  return best.count > 0 ? best : undefined
}

function Cards({ stations, go }: Pick<ListPageProps, 'stations' | 'go'>) {
  const [shown, setShown] = useState(FIRST_CARDS)
  const showMore = useCallback(() => setShown(count => count + CARDS_A_STEP), [])
  return (
    <ul className="cards" role="list">
      {stations.slice(0, shown).map(station => (
        <StationCard key={station.view.id} station={station} go={go} />
      ))}
      {shown < stations.length && <CardsEnd onNear={showMore} />}
    </ul>
  )
}

/** Where the cards that are drawn end, while there are more. */
function CardsEnd({ onNear }: { onNear: () => void }) {
  const end = useRef<HTMLLIElement>(null)
  useEffect(() => {
    const element = end.current
    if (element === null) return
    const observer = new IntersectionObserver(
      entries => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return
        onNear()
        // Where the end is still near after these, that is told anew.
        observer.unobserve(element)
        observer.observe(element)
      },
      { rootMargin: AHEAD },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [onNear])
  return <li ref={end} className="cards-end" aria-hidden="true" />
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
