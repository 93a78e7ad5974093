import { type LifeCycle, type Person, type StationState, mayFollow } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { governs, maySeeStation } from '../people/scope.ts'
import type { LiveDirectory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'

/** The lives of stations: each step with who, when and why, written down for good. */
export interface StationLife {
  /** @throws ApiProblem `not_found`, also for a station that the person may not see. */
  of: (person: Person, station: string) => Promise<LifeCycle>
  /** @throws ApiProblem as `of`, and `conflict` for a step that is none from where the station is. */
  step: (person: Person, station: string, to: { state: StationState; reason: string }) => Promise<LifeCycle>
}

export interface StationLifeDeps {
  db: RegistryDb
  directory: LiveDirectory
  nowMs: () => number
  /** Told once the step is durable and the directory knows it. */
  onChanged: (stations: readonly string[]) => Promise<void>
}

export function createStationLife({ db, directory, nowMs, onChanged }: StationLifeDeps): StationLife {
  const entryOf = (person: Person, id: string) => {
    const entry = directory.stations.get(id)
    if (entry === undefined || !maySeeStation(person, entry.record))
      throw new ApiProblem('not_found', `there is no station ${id} in your districts`)
    return entry
  }
  const of = async (person: Person, id: string): Promise<LifeCycle> => {
    entryOf(person, id)
    const { state } = await db.selectFrom('station').select('state').where('id', '=', id).executeTakeFirstOrThrow()
    const last = await db
      .selectFrom('station_step')
      .leftJoin('person', 'person.login', 'station_step.actor')
      .selectAll('station_step')
      .select('person.name')
      .where('station', '=', id)
      .orderBy('seq', 'desc')
      .executeTakeFirst()
    if (last === undefined) return { station: id, state }
    const { at_ms: atMs, reason, name, actor } = last
    return { station: id, state, since: new Date(atMs).toISOString(), by: name ?? actor, reason }
  }
  return {
    of,
    step: async (person, id, { state: to, reason }) => {
      const { record } = entryOf(person, id)
      if (!governs(person, record.street ?? record.district))
        throw new ApiProblem('not_found', `there is no station ${id} in your districts`)
      await db.transaction().execute(async tx => {
        const { state: from } = await tx
          .selectFrom('station')
          .select('state')
          .where('id', '=', id)
          .executeTakeFirstOrThrow()
        if (!mayFollow(from, to)) throw new ApiProblem('conflict', `a station that is ${from} cannot become ${to}`)
        const newest = await tx
          .selectFrom('station_step')
          .select('seq')
          .where('station', '=', id)
          .orderBy('seq', 'desc')
          .executeTakeFirst()
        const atMs = nowMs()
        await tx
          .insertInto('station_step')
          .values({
            station: id,
            seq: (newest?.seq ?? 0) + 1,
            at_ms: atMs,
            actor: person.login,
            from_state: from,
            to_state: to,
            reason,
          })
          .execute()
        await tx.updateTable('station').set({ state: to, state_since_ms: atMs }).where('id', '=', id).execute()
      })
      await directory.refreshStations([id])
      await onChanged([id])
      return of(person, id)
    },
  }
}
