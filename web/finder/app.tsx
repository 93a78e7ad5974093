import type { CityOverview, ClientConfig } from '@harbor/protocol'
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { LOCALES, type Language, saveLanguage } from '../shared/i18n/language.ts'
import type { SeenView } from '../shared/map/map-types.ts'
import type { CityLists } from './feed/city-lists.ts'
import { lostSinceMs, serverNowMs } from './feed/feed-state.ts'
import type { StationsFeed } from './feed/stations-feed.ts'
import type { ViewFeed } from './feed/view-feed.ts'
import { type FinderContext, FinderProvider, inLanguage } from './finder-context.ts'
import { lookOf } from './model/look.ts'
import type { ListedStation } from './model/station-order.ts'
import type { AppUpdates } from './offline/app-updates.ts'
import { ListPage } from './pages/list-page.tsx'
import { BackLink, MissingPage, StationPage } from './pages/station-page.tsx'
import { VisitorPage } from './pages/visitor-page.tsx'
import { ConnectionBar } from './parts/connection-bar.tsx'
import { FinderMap } from './parts/finder-map.tsx'
import { Header } from './parts/header.tsx'
import { Failure, Skeleton } from './parts/loading.tsx'
import { UpdateNote } from './parts/update-note.tsx'
import type { PageClock } from './page-clock.ts'
import { usePosition } from './position.ts'
import { questionKey } from './question.ts'
import { stationPath, useNavigation } from './route.ts'
import { translatorFor } from './texts/texts.ts'
import { type Theme, useTheme } from './theme.ts'
import { useCities } from './use-cities.ts'
import { useConfig } from './use-config.ts'
import { usePanelMemory } from './use-panel-memory.ts'
import { useQuestion } from './use-question.ts'
import { foundStations, inSteps, useKeptCity, useLookup, useSteadyOrder } from './use-stations.ts'

export interface AppProps {
  feed: StationsFeed
  views: ViewFeed
  lists: CityLists
  clock: PageClock
  updates: AppUpdates
  language: Language
  theme: Theme
  loadConfig: () => Promise<ClientConfig>
  loadCities: () => Promise<CityOverview>
  /** Told of the stations' zone once the server has said it. */
  onTimeZone: (timeZone: string) => void
}

/** Until the server has said which zone its stations are in. */
export const DEFAULT_ZONE = 'Asia/Shanghai'

/** The whole page. */
export function App(props: AppProps) {
  const { feed, views, lists, clock, updates, onTimeZone } = props
  const state = useSyncExternalStore(feed.subscribe, feed.getState)
  const phoneNowMs = useSyncExternalStore(clock.subscribe, clock.getNowMs)
  const [language, setLanguage] = useState(props.language)
  const [theme, setTheme] = useTheme(props.theme)
  const navigation = useNavigation()
  const { route, go, back } = navigation
  const { state: position, find } = usePosition()
  const asked = useQuestion(navigation, position, feed)
  const { question } = asked
  const [seen, setSeen] = useState<SeenView>()

  // Cards first: the map and all that is for later wait until there is an answer, or none to be had.
  const [answered, setAnswered] = useState(false)
  if (!answered && state.phase !== 'loading') setAnswered(true)
  const config = useConfig(props.loadConfig, answered)
  const cities = useCities(props.loadCities, answered && route.page === 'list' && position.kind !== 'known')
  const timeZone = config?.timeZone ?? DEFAULT_ZONE
  useEffect(() => onTimeZone(timeZone), [onTimeZone, timeZone])
  const nowMs = inSteps(serverNowMs(state, phoneNowMs))
  const context = useMemo(
    (): FinderContext => ({ t: translatorFor(language), language, locale: LOCALES[language], timeZone, nowMs }),
    [language, timeZone, nowMs],
  )
  const here = position.kind === 'known' ? position.position : undefined
  const lookup = useLookup({ state, phoneNowMs, timeZone, lists, here })
  const found = foundStations(lookup, state.found, question)
  const stations = useSteadyOrder(found, questionKey(question), clock)
  useKeptCity(lists, state)

  const id = route.page === 'station' ? route.id : undefined
  const chosen = id === undefined ? undefined : lookup(id)
  const opened = id === undefined ? undefined : state.opened.get(id)
  useEffect(() => {
    if (id !== undefined) feed.openStation(id)
  }, [feed, id])
  usePageTitle(context, chosen)
  const panel = usePanelMemory(navigation)

  const ids = [...(id === undefined ? [] : [id]), ...stations.map(({ view }) => view.id)].join()
  useEffect(() => feed.look(lookOf(seen?.box, ids === '' ? [] : ids.split(','))), [feed, seen, ids])
  useEffect(() => {
    if (seen !== undefined) views.want({ box: seen.box, zoom: seen.zoom, filters: question.filters })
  }, [views, seen, question.filters])

  const chooseLanguage = (next: Language) => {
    saveLanguage(next)
    setLanguage(next)
  }
  const select = useCallback((pin: string) => go(stationPath(pin)), [go])
  const missing = route.page === 'missing' || opened?.kind === 'missing'
  return (
    <FinderProvider value={context}>
      <div className={`layout layout-${route.page}`}>
        <a className="skip" href="#stations">
          {context.t('skip.toList')}
        </a>
        <Header
          language={language}
          onLanguage={chooseLanguage}
          theme={theme}
          onTheme={setTheme}
          demo={config?.demo === true}
        />
        {route.page !== 'visit' && (
          <FinderMap
            views={views}
            stations={stations}
            chosen={chosen}
            lookup={lookup}
            asked={asked}
            position={position}
            config={config}
            seen={seen}
            wanted={answered}
            onSelect={select}
            onMove={setSeen}
          />
        )}
        <main id="stations" tabIndex={-1} ref={panel}>
          <ConnectionBar lostSinceMs={lostSinceMs(state, phoneNowMs)} />
          <UpdateNote updates={updates} />
          {route.page === 'list' && (
            <ListPage
              state={state}
              stations={stations}
              asked={asked}
              position={position}
              findPosition={() => {
                asked.setMapPlace(undefined)
                find()
              }}
              retry={feed.reload}
              go={go}
              theme={theme}
              onTheme={setTheme}
              updates={updates}
              cities={cities}
            />
          )}
          {route.page === 'visit' && <VisitorPage visit={route.visit} go={go} />}
          {missing && <MissingPage back={back} />}
          {id !== undefined && !missing && chosen !== undefined && (
            <StationPage
              station={chosen}
              detail={opened?.kind === 'known' ? opened.detail : undefined}
              go={go}
              back={back}
            />
          )}
          {id !== undefined && !missing && chosen === undefined && (
            <>
              <BackLink back={back} />
              {opened?.kind === 'failed' ? <Failure retry={() => feed.openStation(id)} /> : <Skeleton />}
            </>
          )}
        </main>
      </div>
    </FinderProvider>
  )
}

function usePageTitle({ t, language }: FinderContext, chosen: ListedStation | undefined): void {
  const brand = t('brand')
  const name = chosen === undefined ? undefined : inLanguage(language, chosen.view.nameZh, chosen.view.nameEn)
  useEffect(() => {
    document.title = name === undefined ? brand : `${name} · ${brand}`
  }, [brand, name])
}
