import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { CityListStore, KeptCityList } from '../feed/city-lists.ts'
import type { Memory } from '../feed/feed-state.ts'
import type { KeptDetail, KeptStore } from '../feed/kept-stations.ts'

const NAME = 'harbor-finder'
/** Raised with every change of what is kept. All of it can be had again, so an older form is thrown away, not converted. */
const VERSION = 1
/** A city of 2,000 stations is some 600 KB. */
const MAX_CITIES = 2
/** Station pages: a few KB each, without their pictures. */
const MAX_DETAILS = 40

interface Schema extends DBSchema {
  memory: { key: 'last'; value: Memory }
  cities: { key: string; value: KeptCityList; indexes: { usedAtMs: number } }
  details: { key: string; value: KeptDetail & { id: string }; indexes: { atMs: number } }
}

export type KeptDatabase = KeptStore & CityListStore

/**
 * What the phone keeps, in IndexedDB. Nothing rejects: where storage is full, forbidden (private windows) or broken, reading
 * finds nothing and writing does nothing.
 */
export function openKeptDatabase(): KeptDatabase {
  let opening: Promise<IDBPDatabase<Schema>> | undefined
  const database = () => {
    opening ??= open(() => {
      opening = undefined
    })
    return opening
  }
  const quietly = async <T>(step: (db: IDBPDatabase<Schema>) => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await step(await database())
    } catch {
      opening = undefined
      return otherwise
    }
  }
  return {
    readMemory: () => quietly(db => db.get('memory', 'last'), undefined),
    writeMemory: memory => quietly(async db => void (await db.put('memory', memory, 'last')), undefined),
    readCities: () => quietly(db => db.getAll('cities'), []),
    writeCity: kept =>
      quietly(async db => {
        await db.put('cities', kept)
        await dropOldest(db, { store: 'cities', index: 'usedAtMs', max: MAX_CITIES })
      }, undefined),
    readDetail: id => quietly(db => db.get('details', id), undefined),
    writeDetail: kept =>
      quietly(async db => {
        await db.put('details', { ...kept, id: kept.detail.id })
        await dropOldest(db, { store: 'details', index: 'atMs', max: MAX_DETAILS })
      }, undefined),
  }
}

function open(closed: () => void): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>(NAME, VERSION, {
    upgrade(db) {
      for (const name of db.objectStoreNames) db.deleteObjectStore(name)
      db.createObjectStore('memory')
      db.createObjectStore('cities', { keyPath: 'code' }).createIndex('usedAtMs', 'usedAtMs')
      db.createObjectStore('details', { keyPath: 'id' }).createIndex('atMs', 'atMs')
    },
    // A newer page in another window wants to change the form: this one lets go and reads again when it has to.
    blocking(_current, _blocked, event) {
      ;(event.target as IDBDatabase).close()
      closed()
    },
    terminated: closed,
  })
}

type Bounded = { store: 'cities'; index: 'usedAtMs'; max: number } | { store: 'details'; index: 'atMs'; max: number }

async function dropOldest(db: IDBPDatabase<Schema>, { store, index, max }: Bounded): Promise<void> {
  const transaction = db.transaction(store, 'readwrite')
  let tooMany = (await transaction.store.count()) - max
  // The two stores' types differ, but what is done with them does not.
  let cursor = await (transaction.store as { index: (name: string) => { openCursor: () => Promise<Cursor | null> } })
    .index(index)
    .openCursor()
  while (cursor !== null && tooMany > 0) {
    await cursor.delete()
    tooMany -= 1
    cursor = await cursor.continue()
  }
  await transaction.done
}

interface Cursor {
  delete: () => Promise<void>
  continue: () => Promise<Cursor | null>
}
