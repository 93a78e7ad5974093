import { deepStrictEqual } from 'node:assert/strict'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { type FinderServer, buildFinder, startFinderServer } from './finder-server.ts'
import { type Phone, launchChromium, openPhone } from './phone.ts'
import { fullDetail, usualWeek } from './sample-detail.ts'
import { instant, sampleStation } from './sample-stations.ts'

/** The finder with stations of which visitors said things, and phones that look at it; what a test opened is closed after it. */
export interface Visits {
  built: Awaited<ReturnType<typeof buildFinder>>
  browser: Browser
  server: FinderServer
  /** A page of a new phone. Any problem of its own fails the test. */
  open: (path: string, options?: BrowserContextOptions) => Promise<Page>
}

/** One build and one browser for the file that calls this, a server for each of its tests. */
export function useVisits(): Visits {
  let phones: Phone[] = []
  const visits = {
    open: async (path, options = {}) => {
      const phone = await openPhone(visits.browser, { locale: 'en', ...options })
      phones.push(phone)
      await phone.page.goto(visits.server.url + path)
      return phone.page
    },
  } as Visits
  beforeAll(async () => {
    ;[visits.built, visits.browser] = await Promise.all([buildFinder(), launchChromium()])
  })
  afterAll(async () => {
    await visits.browser.close()
    await visits.built.remove()
  })
  beforeEach(async () => {
    visits.server = await startFinderServer(visits.built.folder)
    tellOfVisits(visits.server, Date.now())
  })
  afterEach(async () => {
    const problems = phones.flatMap(phone => phone.problems)
    await Promise.all(phones.map(phone => phone.close()))
    phones = []
    await visits.server.stop()
    deepStrictEqual(problems, [])
  })
  return visits
}

function tellOfVisits(server: FinderServer, nowMs: number): void {
  server.answer.stations = [
    sampleStation(
      {
        id: 'rich',
        nameEn: 'Rich Harbor',
        heat: 'extreme_caution',
        opening: {
          state: 'open',
          changesAt: instant(600, nowMs),
          sign: { source: 'visitor', says: 'open', at: instant(-20, nowMs) },
        },
        said: [
          { says: 'clean', by: 'visitor', at: instant(-40, nowMs), count: 3 },
          { says: 'open', by: 'keeper', at: instant(-5, nowMs), count: 1 },
        ],
        appliances: [
          { id: 'rich-microwave', kind: 'microwave', state: 'working', heardAt: instant(-1, nowMs) },
          {
            id: 'rich-ac',
            kind: 'air_conditioner',
            state: 'faulty',
            backAt: instant(90, nowMs),
            heardAt: instant(-1, nowMs),
          },
        ],
      },
      nowMs,
    ),
    sampleStation({ id: 'plain', nameEn: 'Plain Harbor', hasSensors: false, appliances: [] }, nowMs),
    sampleStation(
      { id: 'doubtful', opening: { state: 'unknown', reason: 'not_confirmed', changesAt: instant(60, nowMs) } },
      nowMs,
    ),
    sampleStation(
      {
        id: 'shut',
        opening: {
          state: 'unknown',
          reason: 'said_shut',
          sign: { source: 'visitor', says: 'shut', at: instant(-12, nowMs) },
        },
      },
      nowMs,
    ),
  ]
  server.visitors.details['rich'] = fullDetail(nowMs)
  server.visitors.busy = { station: 'rich', days: 41, week: usualWeek(), capacity: 12 }
}
