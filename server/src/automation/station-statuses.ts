import { type StationView, errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import { putEvent } from '../alerts/event-outbox.ts'
import type { RegistryDb } from '../registry/open-registry.ts'

/** How often what changed is told: a door that opens and shuts within it is no news. */
const TELL_EVERY_MS = 5_000

/** Stations in one transaction: a few ms of it, so that others have their turn. */
const STATIONS_AT_ONCE = 200

/** What of a station is told when it changes: `closing_soon` is open. */
type Status = 'open' | 'closed' | 'unknown'

/** Tells of stations that open, close, or are no longer known to be either. */
export interface StationStatuses {
  /** Stations as they now are. */
  take: (stations: readonly StationView[]) => void
  start: () => void
  stop: () => Promise<void>
  /** Tells of what was taken. For tests; runs by itself otherwise. */
  tell: () => Promise<void>
}

export interface StationStatusesDeps {
  db: RegistryDb
  /** Events wait in the outbox. */
  onEvent: () => void
  nowMs: () => number
  newId: () => string
  log: Logger
}

export function createStationStatuses({ db, onEvent, nowMs, newId, log }: StationStatusesDeps): StationStatuses {
  /** At most one of each station: the newest. */
  const taken = new Map<string, StationView>()
  /** As it was told last, so that what stays as it is costs no query. */
  const known = new Map<string, Status>()
  let timer: NodeJS.Timeout | undefined
  let telling: Promise<void> | undefined

  /** In one transaction: a commit for each station would be most of a server's work where thousands open at once. */
  const tellSome = (views: readonly StationView[]): Promise<boolean> =>
    db.transaction().execute(async tx => {
      const ids = views.map(({ id }) => id)
      const rows = await tx
        .selectFrom('station_status')
        .select(['station', 'status'])
        .where('station', 'in', ids)
        .execute()
      const before = new Map(rows.map(({ station, status }) => [station, status]))
      const changed = views.filter(view => before.get(view.id) !== statusOf(view))
      if (changed.length === 0) return false
      const atMs = nowMs()
      await tx
        .insertInto('station_status')
        .values(changed.map(view => ({ station: view.id, status: statusOf(view), at_ms: atMs })))
        .onConflict(conflict =>
          conflict
            .column('station')
            .doUpdateSet(eb => ({ status: eb.ref('excluded.status'), at_ms: eb.ref('excluded.at_ms') })),
        )
        .execute()
      let isNews = false
      for (const view of changed) {
        const { id, district, nameZh, nameEn, opening } = view
        const was = before.get(id)
        // A station that is seen for the first time has not changed.
        if (was === undefined) continue
        isNews = true
        const data = { station: id, district, nameZh, nameEn, before: was, status: statusOf(view), opening }
        await putEvent(tx, { kind: 'station-status-changed', id: newId(), subject: id, district, atMs, data })
      }
      return isNews
    })
  const tellAll = async () => {
    let isNews = false
    // Those of now: what comes while they are told is the next round's.
    const round = [...taken.values()]
    for (let from = 0; from < round.length; from += STATIONS_AT_ONCE) {
      const views = round.slice(from, from + STATIONS_AT_ONCE)
      const news = views.filter(view => known.get(view.id) !== statusOf(view))
      if (news.length > 0) isNews = (await tellSome(news)) || isNews
      for (const view of views) {
        known.set(view.id, statusOf(view))
        // What came meanwhile, or could not be written down, is told the next time.
        if (taken.get(view.id) === view) taken.delete(view.id)
      }
    }
    if (isNews) onEvent()
  }
  const tell = (): Promise<void> =>
    (telling ??= tellAll()
      .catch((error: unknown) =>
        log.error({ reason: errorText(error) }, 'a station that opened or closed was not told of'),
      )
      .finally(() => {
        telling = undefined
      }))

  return {
    take: stations => {
      for (const view of stations) taken.set(view.id, view)
    },
    start: () => {
      timer ??= setInterval(() => void tell(), TELL_EVERY_MS)
    },
    stop: async () => {
      clearInterval(timer)
      timer = undefined
      await telling
    },
    tell,
  }
}

function statusOf({ opening: { state } }: StationView): Status {
  return state === 'closing_soon' ? 'open' : state
}
