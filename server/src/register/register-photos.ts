import { MAX_REGISTER_PHOTOS } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { type PhotoStore, createPhotoStore } from '../photos/photo-store.ts'
import type { RegistryDb } from '../registry/open-registry.ts'

/** Photos that the register shows of stations: how they look from the street, their door. Redrawn, with nothing in them but pixels. */
export interface RegisterPhotos {
  /** Takes over what is kept. */
  start: () => Promise<void>
  /** Addresses of a station's photos, oldest first. */
  of: (station: string) => { id: string; path: string }[]
  /** @throws ApiProblem `conflict` when the station has as many as it may, and as the photo store does. */
  add: (station: string, bytes: Uint8Array, login: string) => Promise<void>
  /** @throws ApiProblem `not_found`. */
  remove: (station: string, id: string, login: string) => Promise<void>
  /** For everybody; undefined: there is none. */
  read: (id: string) => Promise<Uint8Array | undefined>
}

export interface RegisterPhotosDeps {
  db: RegistryDb
  nowMs: () => number
  newId: () => string
}

export function createRegisterPhotos(
  options: { folder: string; quotaBytes: number },
  { db, nowMs, newId }: RegisterPhotosDeps,
): RegisterPhotos {
  const store: PhotoStore = createPhotoStore(options)
  /** Bounded by what people added: a few for each station. */
  let shown = new Map<string, { id: string; path: string }[]>()
  const read = async () => {
    const rows = await db
      .selectFrom('station_photo')
      .select(['id', 'station'])
      .where('removed_at_ms', 'is', null)
      .orderBy('added_at_ms')
      .orderBy('id')
      .execute()
    const photos = rows.map(({ id, station }) => ({ station, id, path: `/api/v1/station-photos/${id}` }))
    shown = Map.groupBy(photos, ({ station }) => station)
  }
  return {
    start: async () => {
      await store.start()
      await read()
    },
    of: station => (shown.get(station) ?? []).map(({ id, path }) => ({ id, path })),
    add: async (station, bytes, login) => {
      if ((shown.get(station)?.length ?? 0) >= MAX_REGISTER_PHOTOS)
        throw new ApiProblem('conflict', `a station has at most ${MAX_REGISTER_PHOTOS} photos; remove one first`)
      const photo = await store.keep(bytes)
      await store.release(photo)
      await db
        .insertInto('station_photo')
        .values({ id: newId(), station, photo, added_at_ms: nowMs(), added_by: login })
        .execute()
      await read()
    },
    remove: async (station, id, login) => {
      const row = await db
        .updateTable('station_photo')
        .set({ removed_at_ms: nowMs(), removed_by: login })
        .where('id', '=', id)
        .where('station', '=', station)
        .where('removed_at_ms', 'is', null)
        .returning('photo')
        .executeTakeFirst()
      if (row === undefined) throw new ApiProblem('not_found', `there is no photo ${id} of ${station}`)
      await read()
      const others = await db
        .selectFrom('station_photo')
        .select('id')
        .where('photo', '=', row.photo)
        .where('removed_at_ms', 'is', null)
        .executeTakeFirst()
      if (others === undefined) await store.remove(row.photo)
    },
    read: async id => {
      const row = await db
        .selectFrom('station_photo')
        .select('photo')
        .where('id', '=', id)
        .where('removed_at_ms', 'is', null)
        .executeTakeFirst()
      return row && store.readPublic(row.photo)
    },
  }
}
