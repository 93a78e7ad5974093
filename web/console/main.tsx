import './theme/mantine.ts'
import './theme/console.css'
import { createRoot } from 'react-dom/client'
import { detectLanguage } from '../shared/i18n/language.ts'
import { createApiClient } from './api/api-client.ts'
import { createQueryClient, forgetSession } from './api/query-client.ts'
import { App, createRouter } from './app.tsx'
import { openKeptDatabase } from './offline/kept-database.ts'
import { createOffline } from './offline/offline.ts'
import { createServerClock } from './time/clock.ts'
import { registerWorker } from './worker/register-worker.ts'
import { createWords } from './words/words.tsx'

const root = document.querySelector('#root')
if (root === null) throw new TypeError('the page has no #root to draw into')

const clock = createServerClock(Date.now)
const queryClient = createQueryClient()
const api = createApiClient({
  fetch: window.fetch.bind(window),
  now: Date.now,
  onServerTime: clock.learn,
  onUnauthorized: () => {
    forgetSession(queryClient)
    void offline.forgetAnswers()
  },
})
const offline = createOffline({ client: queryClient, api, store: openKeptDatabase(), nowMs: Date.now })
const draw = () =>
  createRoot(root).render(
    <App
      words={createWords(detectLanguage())}
      queryClient={queryClient}
      deps={{ api, clock, offline }}
      router={createRouter()}
    />,
  )
// What the phone keeps is there before the first page asks: without a network it is all there is.
void offline.start().then(draw)
registerWorker()
