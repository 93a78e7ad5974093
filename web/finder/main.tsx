import { createRoot } from 'react-dom/client'
import { createPublicApi } from '../shared/api/public-api.ts'
import { detectLanguage } from '../shared/i18n/language.ts'
import { App, DEFAULT_ZONE } from './app.tsx'
import { createCityLists } from './feed/city-lists.ts'
import { createKeptStations } from './feed/kept-stations.ts'
import { createStationsFeed } from './feed/stations-feed.ts'
import { createViewFeed } from './feed/view-feed.ts'
import { readLastPlace } from './last-place.ts'
import { startAppUpdates } from './offline/app-updates.ts'
import { openKeptDatabase } from './offline/kept-database.ts'
import { createPageClock } from './page-clock.ts'
import { parseQuestion } from './question.ts'
import { sendWaitingReports } from './report/wake-outbox.ts'
import './styles/finder.css'
import { startTheme } from './theme.ts'
import { watchDevice } from './watch-device.ts'

const CALM_MS = 4_000
const nowMs = () => Date.now()
const api = createPublicApi(window.fetch.bind(window))
const store = openKeptDatabase()
const lists = createCityLists({ api, store, nowMs })
let timeZone = DEFAULT_ZONE

const feed = createStationsFeed({
  api,
  loadLive: async () => (await import('../shared/live/live-stations.ts')).connectLive,
  kept: createKeptStations({ store, lists, nowMs, timeZone: () => timeZone }),
  nowMs,
  random: () => Math.random(),
  watchDevice,
})
// Asked before anything is drawn: on a weak network the answer is what takes longest.
feed.ask({ place: readLastPlace(), ...parseQuestion(window.location.search) })
feed.start()

const views = createViewFeed({
  api,
  async answerKept(wanted) {
    await lists.ready()
    if (lists.all().length === 0) return undefined
    const { viewKept } = await import('./model/view-kept.ts')
    const state = feed.getState()
    return viewKept(lists.all(), wanted, {
      nowMs: nowMs() + state.clockOffsetMs,
      timeZone,
      lastKnown: id => state.stations.get(id),
    })
  },
})
const clock = createPageClock(nowMs, feed.subscribe)
clock.start()

const root = document.getElementById('app')
if (root !== null) {
  const theme = startTheme()
  const language = detectLanguage()
  createRoot(root).render(
    <App
      feed={feed}
      views={views}
      lists={lists}
      clock={clock}
      updates={startAppUpdates(calm())}
      language={language}
      theme={theme}
      loadConfig={api.getClientConfig}
      loadCities={api.getCities}
      onTimeZone={next => {
        timeZone = next
      }}
    />,
  )
}

void calm().then(sendWaitingReports)

/** Resolves some seconds after the first answer, when the map has had its turn. */
function calm(): Promise<void> {
  return new Promise(resolve => {
    const stop = feed.subscribe(() => {
      if (feed.getState().phase === 'loading') return
      stop()
      setTimeout(resolve, CALM_MS)
    })
  })
}
