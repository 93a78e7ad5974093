import { timingSafeEqual } from 'node:crypto'
import type { CardCheckIn, DoorCode, Person } from '@harbor/protocol'
import type { Logger } from 'pino'
import { ApiProblem } from '../errors.ts'
import { maySeeStation } from '../people/scope.ts'
import type { VisitorKeys } from '../feedback/visitor-keys.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { createArrivals } from './arrivals.ts'
import { deletedBefore, hourOf, monthOf } from './month.ts'

/** Of one station and hour; chosen: beyond any station's visitors, so that made-up phones fill no disk. */
const MAX_OF_AN_HOUR = 1_000
/** A card's word that is older is counted for its hour, and not among those who are there. */
const MAX_FUTURE_MS = 10 * 60_000
/** A gateway keeps what it could not send for no longer than its outbox does: seven days. */
const MAX_AGE_MS = 7 * 24 * 3_600_000

/** Visitors who check in: by the code on the door, or with a card. Nobody's name is asked. */
export interface CheckIns {
  /** @throws ApiProblem `not_found` without such a station, `wrong_code` with another code than its door's. */
  byCode: (station: string, visit: { key: string; code: string; leaving: boolean }) => Promise<void>
  /** A card at a gateway's reader; of what nobody can believe nothing is kept. */
  byCard: (gateway: { gateway: string; district: string }, card: CardCheckIn) => Promise<void>
  /** The code on a station's door. @throws ApiProblem `not_found`, also outside the person's districts. */
  doorCode: (person: Person, station: string) => Promise<DoorCode>
  /** Makes another; the one before opens nothing any more. @throws ApiProblem `not_found`. */
  rotateDoorCode: (person: Person, station: string) => Promise<DoorCode>
  /** Who came a short while ago, for places where nobody counts. */
  arrived: (station: string, atMs: number) => { count: number; sinceMs: number } | undefined
  /** Deletes the check-ins of months that ended a week ago; gives how many. */
  deleteOld: () => Promise<number>
  /** Forgets who came too long ago to be there. */
  forgetArrivals: () => void
}

export interface CheckInsDeps {
  db: RegistryDb
  directory: Directory
  keys: VisitorKeys
  /** IANA zone of the stations' calendar. */
  timeZone: string
  nowMs: () => number
  /** Who is there changed. */
  onChanged: (station: string) => void
  log: Logger
}

export function createCheckIns({ db, directory, keys, timeZone, nowMs, onChanged, log }: CheckInsDeps): CheckIns {
  const arrivals = createArrivals()

  const rotationOf = async (tx: RegistryDb, station: string) =>
    tx.selectFrom('door_code').selectAll().where('station', '=', station).executeTakeFirst()

  const keep = async (station: string, pseudonym: string, atMs: number) => {
    const hourMs = hourOf(atMs, timeZone)
    await db.transaction().execute(async tx => {
      const { count } = await tx
        .selectFrom('check_in')
        .select(eb => eb.fn.countAll<number>().as('count'))
        .where('station', '=', station)
        .where('hour_ms', '=', hourMs)
        .executeTakeFirstOrThrow()
      if (Number(count) >= MAX_OF_AN_HOUR) return
      await tx
        .insertInto('check_in')
        .values({ station, hour_ms: hourMs, pseudonym })
        .onConflict(conflict => conflict.doNothing())
        .execute()
    })
  }
  const arrive = (station: string, pseudonym: string, atMs: number) => {
    arrivals.arrive(station, pseudonym, atMs)
    onChanged(station)
  }
  const checkReach = (person: Person, station: string) => {
    const entry = directory.stations.get(station)
    if (entry === undefined || !maySeeStation(person, entry.record))
      throw new ApiProblem('not_found', `there is no station ${station} in your districts`)
  }
  const codeView = (station: string, row: Awaited<ReturnType<typeof rotationOf>>): DoorCode => ({
    station,
    code: keys.doorCode(station, row?.rotation ?? 0),
    ...(row !== undefined && { since: new Date(row.since_ms).toISOString(), by: row.actor }),
  })

  return {
    byCode: async (station, { key, code, leaving }) => {
      if (!directory.stations.has(station)) throw new ApiProblem('not_found', `there is no station ${station}`)
      const expected = keys.doorCode(station, (await rotationOf(db, station))?.rotation ?? 0)
      if (!isSameText(code, expected)) throw new ApiProblem('wrong_code', "this is not the code on this station's door")
      const atMs = nowMs()
      const pseudonym = keys.pseudonym({ source: 'phone', station, key, month: monthOf(atMs, timeZone) })
      if (leaving) {
        arrivals.leave(station, pseudonym, atMs)
        onChanged(station)
        return
      }
      await keep(station, pseudonym, atMs)
      arrive(station, pseudonym, atMs)
    },

    byCard: async ({ gateway, district }, { pseudonym: given, atMs }) => {
      const place = await db
        .selectFrom('gateway')
        .select('station')
        .where('id', '=', gateway)
        .where('district', '=', district)
        .executeTakeFirst()
      if (place === undefined) return
      const now = nowMs()
      if (atMs > now + MAX_FUTURE_MS || atMs < now - MAX_AGE_MS) return
      const { station } = place
      // Made anew with a key of this server: what went over the broker is not what is stored.
      const pseudonym = keys.pseudonym({ source: 'card', station, key: given, month: monthOf(atMs, timeZone) })
      await keep(station, pseudonym, atMs)
      arrive(station, pseudonym, Math.min(atMs, now))
    },

    doorCode: async (person, station) => {
      checkReach(person, station)
      return codeView(station, await rotationOf(db, station))
    },

    rotateDoorCode: async (person, station) => {
      checkReach(person, station)
      const row = await db.transaction().execute(async tx => {
        const known = await rotationOf(tx, station)
        const next = { rotation: (known?.rotation ?? 0) + 1, since_ms: nowMs(), actor: person.login }
        await tx
          .insertInto('door_code')
          .values({ station, ...next })
          .onConflict(conflict => conflict.column('station').doUpdateSet(next))
          .execute()
        return { station, ...next }
      })
      log.info({ audit: 'door-code-rotated', by: person.login, station }, 'a door has a new code')
      return codeView(station, row)
    },

    arrived: arrivals.of,

    deleteOld: async () => {
      const { numDeletedRows } = await db
        .deleteFrom('check_in')
        .where('hour_ms', '<', deletedBefore(nowMs(), timeZone))
        .executeTakeFirst()
      return Number(numDeletedRows)
    },

    forgetArrivals: () => {
      for (const station of arrivals.forget(nowMs())) onChanged(station)
    },
  }
}

function isSameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
