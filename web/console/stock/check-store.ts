import type { StockCheckRequest } from '@harbor/protocol'
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'

/** A monthly check on this phone, finished and not yet sent; `reason`: the server refused it. */
export interface WaitingCheck {
  key: string
  login: string
  station: string
  request: StockCheckRequest
  photos: readonly { batch: string; blob: Blob }[]
  reason?: string
}

/** A check that somebody has begun: one a station and person. */
export interface CheckDraft {
  login: string
  station: string
  /** What was typed, by batch. */
  given: Readonly<Record<string, string>>
  photos: WaitingCheck['photos']
  note: string
}

interface Schema extends DBSchema {
  checks: { key: string; value: WaitingCheck }
  drafts: { key: [string, string]; value: CheckDraft }
}

/** Checks of stock on this phone, in IndexedDB. What cannot be kept rejects: whoever counts must know that it is not safe. */
export interface CheckStore {
  all: () => Promise<WaitingCheck[]>
  put: (check: WaitingCheck) => Promise<void>
  remove: (key: string) => Promise<void>
  draft: (login: string, station: string) => Promise<CheckDraft | undefined>
  putDraft: (draft: CheckDraft) => Promise<void>
  removeDraft: (login: string, station: string) => Promise<void>
}

export function openCheckStore(): CheckStore {
  let opening: Promise<IDBPDatabase<Schema>> | undefined
  const database = () => {
    opening ??= openDB<Schema>('harbor-stock-checks', 2, {
      upgrade: (db, oldVersion) => {
        if (oldVersion < 1) db.createObjectStore('checks', { keyPath: 'key' })
        db.createObjectStore('drafts', { keyPath: ['login', 'station'] })
      },
      // A newer page in another window changes the form: this one lets go and opens again when it has to.
      blocking: (_current, _blocked, event) => {
        ;(event.target as IDBDatabase).close()
        opening = undefined
      },
      terminated: () => {
        opening = undefined
      },
    })
    return opening
  }
  return {
    all: async () => (await database()).getAll('checks'),
    put: async check => void (await (await database()).put('checks', check)),
    remove: async key => (await database()).delete('checks', key),
    draft: async (login, station) => (await database()).get('drafts', [login, station]),
    putDraft: async draft => void (await (await database()).put('drafts', draft)),
    removeDraft: async (login, station) => (await database()).delete('drafts', [login, station]),
  }
}
