import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Draft } from './draft.ts'

interface Schema extends DBSchema {
  drafts: { key: string; value: Draft }
}

/**
 * Checklists on this phone, in IndexedDB. What cannot be kept rejects: whoever fills one in must know that it is not safe.
 */
export interface DraftStore {
  all: () => Promise<Draft[]>
  put: (draft: Draft) => Promise<void>
  remove: (key: string) => Promise<void>
}

export function openDraftStore(): DraftStore {
  let opening: Promise<IDBPDatabase<Schema>> | undefined
  const database = () => {
    opening ??= openDB<Schema>('harbor-checklists', 1, {
      upgrade: db => void db.createObjectStore('drafts', { keyPath: 'key' }),
      terminated: () => {
        opening = undefined
      },
    })
    return opening
  }
  return {
    all: async () => (await database()).getAll('drafts'),
    put: async draft => void (await (await database()).put('drafts', draft)),
    remove: async key => (await database()).delete('drafts', key),
  }
}
