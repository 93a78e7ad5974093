import {
  type Person,
  type PositionDoubt,
  type RegisterCheck,
  type RegisterCheckRequest,
  type RegisterDetail,
  type RegisterFilter,
  type RegisterStation,
  STATION_STEPS,
  type StationCreate,
  type StationEdit,
  type StationPosition,
} from '@harbor/protocol'
import { MAY_CLOSE } from '../alerts/may-quieten.ts'
import { ApiProblem } from '../errors.ts'
import { governs } from '../people/scope.ts'
import type { LiveDirectory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { StationHours } from '../stations/open-hours.ts'
import { type Place, doubtOf, wgs84Of } from './position.ts'
import { historyOf, overtaken, stepsOf } from './register-history.ts'
import type { RegisterPhotos } from './register-photos.ts'
import { narrowed, ownStations, toRegisterStation, wantedOf } from './register-row.ts'
import { addStations, writeStation } from './register-writes.ts'
import { freeIds } from './station-code.ts'

/** The register of stations, limited to what a person may see. */
export interface Register {
  list: (
    person: Person,
    query: RegisterFilter & { after?: string | undefined; limit: number },
  ) => Promise<{ stations: RegisterStation[]; total: number; next: string | undefined }>
  /** @throws ApiProblem `not_found`, also for a station that the person may not see. */
  detail: (person: Person, station: string) => Promise<RegisterDetail>
  /** @throws ApiProblem `invalid_request` naming the field, `not_found` for a region that is not theirs, `conflict` for a doubtful position. */
  create: (person: Person, station: StationCreate) => Promise<RegisterDetail>
  /** @throws ApiProblem as `create`, and `conflict` saying what another person changed meanwhile. */
  edit: (person: Person, station: string, edit: StationEdit) => Promise<RegisterDetail>
  check: (person: Person, request: RegisterCheckRequest) => Promise<RegisterCheck>
  addPhoto: (person: Person, station: string, bytes: Uint8Array) => Promise<RegisterDetail>
  removePhoto: (person: Person, station: string, photo: string) => Promise<RegisterDetail>
}

export interface RegisterDeps {
  db: RegistryDb
  directory: LiveDirectory
  hours: StationHours
  photos: RegisterPhotos
  timeZone: string
  nowMs: () => number
  /** Told once a change is durable and the directory knows it. */
  onChanged: (stations: readonly string[]) => Promise<void>
}

export function createRegister(deps: RegisterDeps): Register {
  const { db, directory, hours, photos, timeZone, nowMs, onChanged } = deps
  const find = async (person: Person, id: string) => {
    const row = await ownStations(db, person).where('station.id', '=', id).executeTakeFirst()
    if (row === undefined) throw new ApiProblem('not_found', `there is no station ${id} in your districts`)
    return row
  }
  const mayEdit = (person: Person, { street, district }: { street?: string | null | undefined; district: string }) =>
    MAY_CLOSE.includes(person.role) && governs(person, street ?? district)
  const findOwn = async (person: Person, id: string) => {
    const row = await find(person, id)
    if (mayEdit(person, row)) return row
    throw new ApiProblem('forbidden', `${id} is not yours to change`)
  }
  const detail = async (person: Person, id: string): Promise<RegisterDetail> => {
    const row = await find(person, id)
    const plan = hours.planOf(id, nowMs())
    return {
      ...toRegisterStation(row),
      history: await historyOf(db, id),
      steps: await stepsOf(db, id),
      photos: photos.of(id),
      ...(plan !== undefined && { plan }),
      next: mayEdit(person, row) ? [...STATION_STEPS[row.state]] : [],
      mayEdit: mayEdit(person, row),
    }
  }
  const tell = async (ids: readonly string[]) => {
    await directory.refreshStations(ids)
    await onChanged(ids)
  }
  /** Where a position should be: where the station was, or where another one at the same address is. */
  const referenceOf = async (
    person: Person,
    {
      station,
      district,
      addressZh,
    }: { station?: string | undefined; district: string; addressZh?: string | undefined },
  ): Promise<Place | undefined> => {
    const rows =
      station !== undefined
        ? ownStations(db, person).where('station.id', '=', station)
        : ownStations(db, person)
            .where('station.district', '=', district)
            .where('station.address_zh', '=', addressZh ?? '')
    const row = await rows.orderBy('station.id').executeTakeFirst()
    return row && { latDeg: row.lat_deg, lngDeg: row.lng_deg }
  }
  const checkFacts = async (facts: { hours?: string | undefined; street?: string | undefined }, district: string) => {
    if (facts.hours !== undefined && !hours.posted.isReadable(facts.hours))
      throw wrong('hours', 'expected OpenStreetMap opening_hours, such as Mo-Fr 08:00-12:00,14:00-18:00; PH off')
    if (facts.street === undefined) return
    const street = await db.selectFrom('street').select('street').where('street', '=', facts.street).executeTakeFirst()
    if (street === undefined || !facts.street.startsWith(district))
      throw wrong('street', `there is no street ${facts.street} in ${district}`)
  }
  const checkPosition = (
    given: StationPosition,
    isSure: boolean,
    at: { reference: Place | undefined; district: string },
  ) => {
    const doubt = at.reference && doubtOf(given, at.reference, at.district)
    if (doubt !== undefined && !isSure) throw new ApiProblem('conflict', doubtText(doubt, given))
  }

  return {
    list: async (person, { after, limit, ...filter }) => {
      const query = narrowed(ownStations(db, person), filter)
      const { count } = await query
        .clearSelect()
        .select(eb => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      const rows = await query
        .$if(after !== undefined, one => one.where('station.id', '>', after as string))
        .orderBy('station.id')
        .limit(limit + 1)
        .execute()
      const shown = rows.slice(0, limit)
      const next = rows.length > limit ? shown.at(-1)?.id : undefined
      return { stations: shown.map(toRegisterStation), total: Number(count), next }
    },
    detail,
    create: async (person, { district, position, isPositionSure, ...facts }) => {
      if (!governs(person, facts.street ?? district))
        throw new ApiProblem('not_found', `there is no region ${facts.street ?? district} of yours`)
      const region = await db
        .selectFrom('region')
        .select('district')
        .where('district', '=', district)
        .executeTakeFirst()
      if (region === undefined) throw wrong('district', `there is no district ${district}`)
      await checkFacts(facts, district)
      const reference = await referenceOf(person, { district, addressZh: facts.addressZh })
      checkPosition(position, isPositionSure, { reference, district })
      const id = await db.transaction().execute(async tx => {
        const taken = await tx.selectFrom('station').select('id').where('district', '=', district).execute()
        const free = freeIds(
          district,
          taken.map(row => row.id),
        )
        const added = {
          id: free.next().value as string,
          district,
          wanted: { ...facts, ...wgs84Of(position, district) },
        }
        await addStations(tx, [added], { actor: person.login, origin: 'create', atMs: nowMs() })
        return added.id
      })
      await tell([id])
      return detail(person, id)
    },
    edit: async (person, id, { revision, position, isPositionSure, ...facts }) => {
      const seen = await findOwn(person, id)
      if (facts.street !== undefined && !governs(person, facts.street))
        throw wrong('street', `there is no street ${facts.street} of yours`)
      await checkFacts(facts, seen.district)
      const was = { latDeg: seen.lat_deg, lngDeg: seen.lng_deg }
      if (position !== undefined) checkPosition(position, isPositionSure, { reference: was, district: seen.district })
      const isChanged = await db.transaction().execute(async tx => {
        const row = await tx.selectFrom('station').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
        if (row.revision !== revision) throw await overtaken(tx, id, revision)
        const { latDeg, lngDeg } = wantedOf(row)
        const place = position === undefined ? { latDeg, lngDeg } : wgs84Of(position, row.district)
        const origin = { actor: person.login, origin: 'edit' as const, atMs: nowMs() }
        return writeStation(tx, row, { wanted: { ...facts, ...place }, origin })
      })
      if (isChanged) await tell([id])
      return detail(person, id)
    },
    check: async (person, { hours: text, position, station, district, addressZh }) => {
      const plan =
        text === undefined ? undefined : hours.posted.plan({ hours: text, overrides: [], atMs: nowMs(), timeZone })
      const reference = position && (await referenceOf(person, { station, district, addressZh }))
      const doubt = position && reference && doubtOf(position, reference, district)
      return {
        ...(text !== undefined && { isHoursReadable: hours.posted.isReadable(text) }),
        ...(plan !== undefined && { plan }),
        ...(position !== undefined && { wgs84: wgs84Of(position, district) }),
        ...(doubt !== undefined && { doubt }),
      }
    },
    addPhoto: async (person, id, bytes) => {
      await findOwn(person, id)
      await photos.add(id, bytes, person.login)
      await onChanged([id])
      return detail(person, id)
    },
    removePhoto: async (person, id, photo) => {
      await findOwn(person, id)
      await photos.remove(id, photo, person.login)
      await onChanged([id])
      return detail(person, id)
    },
  }
}

function wrong(field: string, text: string): ApiProblem {
  return new ApiProblem('invalid_request', `body: ${field}: ${text}`)
}

function doubtText({ metres, likely }: PositionDoubt, { system }: StationPosition): string {
  const guess =
    likely === undefined ? 'as if of another coordinate system' : `as if it were ${likely} and not ${system}`
  return `body: position: it is ${metres} m from where it should be, ${guess}; look again, then send isPositionSure`
}
