import type { StockCheckRequest } from '@harbor/protocol'
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'

/** A monthly check on this phone, finished and not yet sent; `reason`: the server refused it. */
export interface WaitingCheck {
  key: string
  login: string
  station: string
  request: StockCheckRequest
  reason?: string
}

interface Schema extends DBSchema {
  checks: { key: string; value: WaitingCheck }
}

/** Checks of stock on this phone, in IndexedDB. What cannot be kept rejects: whoever counts must know that it is not safe. */
export interface CheckStore {
  all: () => Promise<WaitingCheck[]>
  put: (check: WaitingCheck) => Promise<void>
  remove: (key: string) => Promise<void>
}

export function openCheckStore(): CheckStore {
  let opening: Promise<IDBPDatabase<Schema>> | undefined
  const database = () => {
    opening ??= openDB<Schema>('harbor-stock-checks', 1, {
      upgrade: db => void db.createObjectStore('checks', { keyPath: 'key' }),
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
  }
}
