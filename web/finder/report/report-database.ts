import type { KeptReport, ReportStore } from './outbox.ts'

const DATABASE = 'harbor-reports'
const STORE = 'reports'
/** Says to the next visit that something waits, without opening a database to find out. */
const WAITING_FLAG = 'harbor.reportsWaiting'

/** Reports in the browser's own database; where that is forbidden (some private windows), in memory for this visit. */
export function createReportStore(): ReportStore {
  let opened: Promise<IDBDatabase> | undefined
  const memory = new Map<string, KeptReport>()
  const open = () => (opened ??= openDatabase())

  const withStore = async <T>(mode: IDBTransactionMode, use: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    const database = await open()
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode)
      const request = use(transaction.objectStore(STORE))
      // Only a finished transaction is on the disk.
      transaction.addEventListener('complete', () => resolve(request.result))
      transaction.addEventListener('abort', () =>
        reject(transaction.error ?? new DOMException('aborted', 'AbortError')),
      )
    })
  }
  const stored = async (): Promise<KeptReport[]> => {
    try {
      return await withStore<KeptReport[]>('readonly', store => store.getAll())
    } catch {
      return [] // No database here: what this visit wrote is in memory.
    }
  }
  const all = async () => {
    const kept = new Map((await stored()).map(report => [report.request.key, report]))
    for (const [key, report] of memory) kept.set(key, report)
    return [...kept.values()]
  }
  const note = async () => noteWaiting((await all()).some(({ state }) => state === 'waiting'))

  return {
    all,
    async put(report) {
      try {
        await withStore('readwrite', store => store.put(report, report.request.key))
        memory.delete(report.request.key)
      } catch {
        memory.set(report.request.key, report) // Forbidden or full: it can still be sent while the page is open.
      }
      await note()
    },
    async remove(key) {
      memory.delete(key)
      // Without a database there is nothing else to remove.
      await withStore('readwrite', store => store.delete(key)).catch(() => undefined)
      await note()
    },
  }
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1)
    request.addEventListener('upgradeneeded', () => void request.result.createObjectStore(STORE))
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error ?? new DOMException('no database', 'UnknownError')))
  })
}

function noteWaiting(waiting: boolean): void {
  try {
    if (waiting) window.localStorage.setItem(WAITING_FLAG, '1')
    else window.localStorage.removeItem(WAITING_FLAG)
  } catch {
    return // Storage is forbidden: the next visit sends when the reports' page is opened.
  }
}
