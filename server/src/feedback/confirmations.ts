import type { StationView } from '@harbor/protocol'
import type { RegistryDb } from '../registry/open-registry.ts'
import { type Confirmation, MAX_SAID_AGE_MS, isForgotten, isSameAgain, summarise } from './said.ts'

/** Of one station at a time; chosen: a burst of a rush hour. Beyond, the oldest go, for the newest is told. */
const MAX_OF_A_STATION = 200

/** What people at the stations confirmed with one tap in the last hours. */
export interface Confirmations {
  /** Takes over what an earlier run knew. */
  start: () => Promise<void>
  /**
   * Keeps one; false when the same sender just said the same. `senders` and `networks` are the marks of today and yesterday.
   */
  add: (station: string, said: NewConfirmation) => Promise<boolean>
  /** The newest of each kind, by keepers and by visitors. */
  signsOf: (station: string) => StationView['said']
  /** Forgets what is too old, also on disk; gives the stations of which something less is told. */
  forget: () => Promise<string[]>
}

export interface NewConfirmation extends Omit<Confirmation, 'sender' | 'network'> {
  senders: readonly [string, string]
  networks: readonly [string, string]
}

export function createConfirmations({ db, nowMs }: { db: RegistryDb; nowMs: () => number }): Confirmations {
  const known = new Map<string, Confirmation[]>()
  const keep = (station: string, one: Confirmation) => {
    const list = known.get(station) ?? []
    list.push(one)
    if (list.length > MAX_OF_A_STATION) list.shift()
    known.set(station, list)
  }
  return {
    start: async () => {
      const rows = await db.selectFrom('confirmation').selectAll().orderBy('at_ms').execute()
      for (const { station, at_ms: atMs, ...rest } of rows)
        if (!isForgotten({ atMs, ...rest }, nowMs())) keep(station, { atMs, ...rest })
    },
    add: async (station, { senders, networks, ...said }) => {
      const atMs = nowMs()
      const list = known.get(station) ?? []
      if (isSameAgain(list, { says: said.says, senders, atMs: said.atMs })) return false
      const [todays, yesterdays] = networks
      // One network keeps one mark for as long as its words count, so that midnight does not make two of it.
      const network = list.some(one => one.network === yesterdays) ? yesterdays : todays
      const one: Confirmation = { ...said, sender: senders[0], network }
      if (isForgotten(one, atMs)) return false
      keep(station, one)
      await db
        .insertInto('confirmation')
        .values({ station, says: one.says, sender: one.sender, at_ms: one.atMs, role: one.role, network })
        .onConflict(conflict => conflict.doNothing())
        .execute()
      return true
    },
    signsOf: station => summarise(known.get(station) ?? [], nowMs()),
    forget: async () => {
      const atMs = nowMs()
      const changed: string[] = []
      for (const [station, list] of known) {
        // Something is less than an hour past being told: the station may look other than it is shown.
        if (list.some(one => isPast(one, atMs))) changed.push(station)
        const left = list.filter(one => !isForgotten(one, atMs))
        if (left.length === 0) known.delete(station)
        else known.set(station, left)
      }
      await db
        .deleteFrom('confirmation')
        .where('at_ms', '<', atMs - 2 * MAX_SAID_AGE_MS)
        .execute()
      return changed
    },
  }
}

function isPast({ atMs }: Confirmation, nowMs: number): boolean {
  return nowMs - atMs > MAX_SAID_AGE_MS
}
