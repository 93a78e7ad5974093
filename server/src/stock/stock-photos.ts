import { MAX_LINE_PHOTOS, type Person } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { withinScope } from '../people/scope.ts'
import type { PhotoStore } from '../photos/photo-store.ts'
import type { RegistryDb } from '../registry/open-registry.ts'

/** A picture's place: of a batch at a check; `n` counts from 1. */
export interface StockPhotoPlace {
  key: string
  batch: string
  n: number
}

/** Pictures of what was counted. */
export interface StockPhotos {
  /** Keeps picture `n` of a batch; the same place again changes nothing. @throws ApiProblem `not_found`, `forbidden`. */
  add: (person: Person, place: StockPhotoPlace, bytes: Uint8Array) => Promise<void>
  /** @throws ApiProblem `not_found`, also for another district's. */
  read: (person: Person, key: string, photo: string) => Promise<Buffer>
}

/** Where a picture of a check is read. */
export function stockPhotoAddress(key: string, photo: string): string {
  return `/api/v1/stock-checks/${key}/photos/${photo}`
}

export function createStockPhotos({ db, photos }: { db: RegistryDb; photos: PhotoStore }): StockPhotos {
  const checkOf = async (person: Person, key: string) => {
    const row = await db
      .selectFrom('stock_check')
      .select('actor')
      .where('key', '=', key)
      .where(withinScope(person, { district: 'stock_check.district', station: 'stock_check.station' }))
      .executeTakeFirst()
    if (row === undefined) throw new ApiProblem('not_found', `there is no check ${key} in your districts`)
    return row
  }
  return {
    add: async (person, { key, batch, n }, bytes) => {
      // Before anything is written to disk: who may not send it leaves nothing behind.
      const { actor } = await checkOf(person, key)
      if (actor !== person.login) throw new ApiProblem('forbidden', 'pictures come from whoever counted')
      const counted = await db
        .selectFrom('stock_change')
        .select('seq')
        .where('batch', '=', batch)
        .where('check_key', '=', key)
        .executeTakeFirst()
      if (counted === undefined || n > MAX_LINE_PHOTOS)
        throw new ApiProblem('not_found', `batch ${batch} has no place for picture ${n} in this check`)
      const known = await db
        .selectFrom('stock_photo')
        .select('photo')
        .where('check_key', '=', key)
        .where('batch', '=', batch)
        .where('n', '=', n)
        .executeTakeFirst()
      if (known !== undefined) return
      const photo = await photos.keep(bytes)
      await db
        .insertInto('stock_photo')
        .values({ check_key: key, batch, n, photo })
        .onConflict(conflict => conflict.doNothing())
        .execute()
    },
    read: async (person, key, photo) => {
      await checkOf(person, key)
      const known = await db
        .selectFrom('stock_photo')
        .select('photo')
        .where('check_key', '=', key)
        .where('photo', '=', photo)
        .executeTakeFirst()
      const bytes = known && (await photos.read(photo))
      if (bytes === undefined) throw new ApiProblem('not_found', `the check has no picture ${photo}`)
      return bytes
    },
  }
}
