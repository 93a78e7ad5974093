import type { ClientConfig } from '@harbor/protocol'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { LOCALES, type Language, saveLanguage } from '../shared/i18n/language.ts'
import { lostSinceMs, momentOf } from './feed/feed-state.ts'
import type { StationsFeed } from './feed/stations-feed.ts'
import { type FinderContext, FinderProvider, inLanguage } from './finder-context.ts'
import { stationNow } from './model/station-now.ts'
import { type ListedStation, keepOrder, orderStations } from './model/station-order.ts'
import { ListPage } from './pages/list-page.tsx'
import { BackLink, MissingPage, StationPage } from './pages/station-page.tsx'
import { ConnectionBar } from './parts/connection-bar.tsx'
import { FinderMap } from './parts/finder-map.tsx'
import { Header } from './parts/header.tsx'
import type { PageClock } from './page-clock.ts'
import { usePosition } from './position.ts'
import { type Navigation, stationPath, useNavigation } from './route.ts'
import { translatorFor } from './texts/texts.ts'

interface AppProps {
  feed: StationsFeed
  clock: PageClock
  language: Language
  loadConfig: () => Promise<ClientConfig>
}

/** Until the server has said which zone its stations are in. */
const DEFAULT_ZONE = 'Asia/Shanghai'

/** The whole page. */
export function App({ feed, clock, language: firstLanguage, loadConfig }: AppProps) {
  const state = useSyncExternalStore(feed.subscribe, feed.getState)
  const phoneNowMs = useSyncExternalStore(clock.subscribe, clock.getNowMs)
  const [language, setLanguage] = useState(firstLanguage)
  const config = useConfig(loadConfig)
  const navigation = useNavigation()
  const { state: position, find } = usePosition()
  const { route, go, back } = navigation

  const moment = momentOf(state, phoneNowMs)
  const context: FinderContext = {
    t: translatorFor(language),
    language,
    locale: LOCALES[language],
    timeZone: config?.timeZone ?? DEFAULT_ZONE,
    nowMs: moment.nowMs,
  }
  const here = position.kind === 'known' ? position.position : undefined
  const stations = useSteadyOrder(
    orderStations(
      [...state.stations.values()].map(({ view }) => stationNow(view, moment)),
      here,
    ),
    here,
    clock,
  )
  const chosen = route.page === 'station' ? stations.find(({ view }) => view.id === route.id) : undefined
  usePageTitle(context, chosen)
  const panel = usePanelMemory(navigation)

  const chooseLanguage = (next: Language) => {
    saveLanguage(next)
    setLanguage(next)
  }
  const loaded = state.phase === 'ready'
  const missing = route.page === 'missing' || (route.page === 'station' && loaded && chosen === undefined)
  // A link to a station shows the list's own loading and failure until there is something to find it in.
  const showList = route.page === 'list' || (!missing && chosen === undefined)
  return (
    <FinderProvider value={context}>
      <div className={`layout layout-${route.page}`}>
        <a className="skip" href="#stations">
          {context.t('skip.toList')}
        </a>
        <Header language={language} onLanguage={chooseLanguage} demo={config?.demo === true} />
        <FinderMap
          stations={stations}
          chosen={chosen}
          position={position}
          config={config}
          onSelect={id => go(stationPath(id))}
        />
        <main id="stations" tabIndex={-1} ref={panel}>
          <ConnectionBar lostSinceMs={lostSinceMs(state, phoneNowMs)} />
          {chosen !== undefined && <StationPage station={chosen} back={back} />}
          {missing && <MissingPage back={back} />}
          {showList && (
            <>
              {route.page === 'station' && <BackLink back={back} />}
              <ListPage
                phase={state.phase}
                stations={stations}
                position={position}
                findPosition={find}
                retry={feed.reload}
                go={go}
              />
            </>
          )}
        </main>
      </div>
    </FinderProvider>
  )
}

function useConfig(load: () => Promise<ClientConfig>): ClientConfig | undefined {
  const [config, setConfig] = useState<ClientConfig>()
  useEffect(() => {
    let gone = false
    const loadOnce = () =>
      load().then(
        loaded => {
          if (!gone) setConfig(loaded)
        },
        // The page works without it: the default zone, no tiles. It is asked for again with the network.
        () => {
          if (!gone) window.addEventListener('online', loadOnce, { once: true })
        },
      )
    void loadOnce()
    return () => {
      gone = true
      window.removeEventListener('online', loadOnce)
    }
  }, [load])
  return config
}

/** Cards keep their places while a hand is at them; a new position or other stations order them anew. */
function useSteadyOrder(ordered: ListedStation[], here: object | undefined, clock: PageClock): ListedStation[] {
  const [held, setHeld] = useState<{ ids: string; here: object | undefined }>({ ids: '', here: undefined })
  const ids = ordered.map(({ view }) => view.id).join()
  useEffect(
    () =>
      clock.subscribe(() => {
        if (!clock.areHandsBusy()) {
          setHeld(before => (before.ids === ids && before.here === here ? before : { ids, here }))
        }
      }),
    [ids, here, clock],
  )
  return held.here === here ? keepOrder(ordered, held.ids.split(',')) : ordered
}

function usePageTitle({ t, language }: FinderContext, chosen: ListedStation | undefined): void {
  const brand = t('brand')
  const name = chosen === undefined ? undefined : inLanguage(language, chosen.view.nameZh, chosen.view.nameEn)
  useEffect(() => {
    document.title = name === undefined ? brand : `${name} · ${brand}`
  }, [brand, name])
}

/**
 * Moves focus to a new page's heading, and on the way back to the card that was left, at the place it was at. On a wide
 * screen the panel scrolls, on a phone the window.
 */
function usePanelMemory({ route }: Navigation) {
  const panel = useRef<HTMLElement>(null)
  const left = useRef({ panel: 0, window: 0 })
  const lastId = useRef<string | undefined>(undefined)
  const id = route.page === 'station' ? route.id : undefined
  const first = useRef(true)
  // While the list is shown, where it stands is noted before it goes.
  useEffect(() => {
    if (id !== undefined) return
    const note = () => {
      left.current = { panel: panel.current?.scrollTop ?? 0, window: window.scrollY }
    }
    const element = panel.current
    window.addEventListener('scroll', note, { passive: true })
    element?.addEventListener('scroll', note, { passive: true })
    return () => {
      window.removeEventListener('scroll', note)
      element?.removeEventListener('scroll', note)
    }
  }, [id])
  useEffect(() => {
    const before = lastId.current
    lastId.current = id
    if (first.current) {
      first.current = false
      return
    }
    const element = panel.current
    const card =
      id === undefined && before !== undefined ? document.querySelector(`[data-station="${before}"] a`) : null
    const target = card ?? element?.querySelector('h1')
    if (target instanceof HTMLElement) target.focus({ preventScroll: true })
    const place = id === undefined ? left.current : { panel: 0, window: 0 }
    element?.scrollTo(0, place.panel)
    window.scrollTo(0, place.window)
  }, [id])
  return panel
}
