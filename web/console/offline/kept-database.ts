import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { WaitingAct } from './waiting-act.ts'

const NAME = 'harbor-console'
/** Raised with every change of the form. Answers can be had again; acts cannot, so a step up keeps their store. */
const VERSION = 1
/** Answers kept: some forty orders with the lists that lead to them; an order is a few KB. */
export const MAX_ANSWERS = 60

/** An answer of the server's as it was last seen. */
export interface KeptAnswer {
  /** The query's key as text. */
  hash: string
  queryKey: readonly unknown[]
  data: unknown
  atMs: number
}

interface Schema extends DBSchema {
  answers: { key: string; value: KeptAnswer; indexes: { atMs: number } }
  acts: { key: string; value: WaitingAct }
}

/**
 * What the phone keeps for a time without network. Nothing rejects: where storage is full, forbidden (private windows) or broken,
 * reading finds nothing and writing does nothing.
 */
export interface KeptDatabase {
  readAnswers: () => Promise<KeptAnswer[]>
  /** Beyond MAX_ANSWERS the oldest are dropped. */
  writeAnswers: (answers: readonly KeptAnswer[]) => Promise<void>
  forgetAnswers: () => Promise<void>
  readActs: () => Promise<WaitingAct[]>
  writeAct: (act: WaitingAct) => Promise<void>
  removeAct: (key: string) => Promise<void>
}

export function openKeptDatabase(): KeptDatabase {
  let opening: Promise<IDBPDatabase<Schema>> | undefined
  const quietly = async <T>(step: (db: IDBPDatabase<Schema>) => Promise<T>, otherwise: T): Promise<T> => {
    try {
      opening ??= open(() => {
        opening = undefined
      })
      return await step(await opening)
    } catch {
      opening = undefined
      return otherwise
    }
  }
  return {
    readAnswers: () => quietly(db => db.getAll('answers'), []),
    writeAnswers: answers =>
      quietly(async db => {
        const transaction = db.transaction('answers', 'readwrite')
        for (const answer of answers) await transaction.store.put(answer)
        let tooMany = (await transaction.store.count()) - MAX_ANSWERS
        let cursor = await transaction.store.index('atMs').openCursor()
        while (cursor !== null && tooMany > 0) {
          await cursor.delete()
          tooMany -= 1
          cursor = await cursor.continue()
        }
        await transaction.done
      }, undefined),
    forgetAnswers: () => quietly(db => db.clear('answers'), undefined),
    readActs: () => quietly(db => db.getAll('acts'), []),
    writeAct: act => quietly(async db => void (await db.put('acts', act)), undefined),
    removeAct: key => quietly(db => db.delete('acts', key), undefined),
  }
}

function open(closed: () => void): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>(NAME, VERSION, {
    upgrade(db) {
      if (db.objectStoreNames.contains('answers')) db.deleteObjectStore('answers')
      db.createObjectStore('answers', { keyPath: 'hash' }).createIndex('atMs', 'atMs')
      if (!db.objectStoreNames.contains('acts')) db.createObjectStore('acts', { keyPath: 'key' })
    },
    // A newer page in another window wants to change the form: this one lets go and reads again when it has to.
    blocking(_current, _blocked, event) {
      ;(event.target as IDBDatabase).close()
      closed()
    },
    terminated: closed,
  })
}
