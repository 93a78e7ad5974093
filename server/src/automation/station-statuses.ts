import { type StationView, errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import { putEvent } from '../alerts/event-outbox.ts'
import type { RegistryDb } from '../registry/open-registry.ts'

/** How often what changed is told: a door that opens and shuts within it is no news. */
const TELL_EVERY_MS = 5_000

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

  const tellOne = (view: StationView): Promise<boolean> =>
    db.transaction().execute(async tx => {
      const { id, district, nameZh, nameEn, opening } = view
      const status = statusOf(view)
      const before = await tx.selectFrom('station_status').select('status').where('station', '=', id).executeTakeFirst()
      if (before?.status === status) return false
      const atMs = nowMs()
      await tx
        .insertInto('station_status')
        .values({ station: id, status, at_ms: atMs })
        .onConflict(conflict => conflict.column('station').doUpdateSet({ status, at_ms: atMs }))
        .execute()
      // A station that is seen for the first time has not changed.
      if (before === undefined) return false
      const data = { station: id, district, nameZh, nameEn, before: before.status, status, opening }
      const kind = 'station-status-changed' as const
      await putEvent(tx, { kind, id: newId(), subject: id, district, atMs, data })
      return true
    })
  const tellAll = async () => {
    let isNews = false
    // Those of now: what comes while they are told is the next round's.
    const round = new Map(taken)
    for (const [id, view] of round) {
      const status = statusOf(view)
      if (known.get(id) !== status) isNews = (await tellOne(view)) || isNews
      known.set(id, status)
      // What came meanwhile, or could not be written down, is told the next time.
      if (taken.get(id) === view) taken.delete(id)
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
