import { createRoot } from 'react-dom/client'
import { createPublicApi } from '../shared/api/public-api.ts'
import { detectLanguage } from '../shared/i18n/language.ts'
import { App } from './app.tsx'
import { createStationsFeed } from './feed/stations-feed.ts'
import { createPageClock } from './page-clock.ts'
import './styles/finder.css'

const api = createPublicApi(window.fetch.bind(window))
const feed = createStationsFeed({
  api,
  loadLive: async () => (await import('../shared/live/live-stations.ts')).connectLive,
  nowMs: () => Date.now(),
  random: () => Math.random(),
  watchDevice,
})
const clock = createPageClock(() => Date.now(), feed.subscribe)
clock.start()
feed.start()

const root = document.getElementById('app')
if (root !== null) {
  createRoot(root).render(
    <App feed={feed} clock={clock} language={detectLanguage()} loadConfig={api.getClientConfig} />,
  )
}

/** A phone that wakes, comes online or shows the page again has missed what happened meanwhile. */
function watchDevice({ awake, offline }: { awake: () => void; offline: () => void }): () => void {
  const shown = () => {
    if (document.visibilityState === 'visible') awake()
  }
  document.addEventListener('visibilitychange', shown)
  window.addEventListener('online', awake)
  window.addEventListener('offline', offline)
  return () => {
    document.removeEventListener('visibilitychange', shown)
    window.removeEventListener('online', awake)
    window.removeEventListener('offline', offline)
  }
}
