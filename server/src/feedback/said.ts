import { CONFIRMATIONS, type StationView } from '@harbor/protocol'

export type Says = (typeof CONFIRMATIONS)[number]

/** Older than this is not told (protocol, saidSchema). */
export const MAX_SAID_AGE_MS = 3 * 3_600_000
/** What is said within this before the newest counts with it. */
const COUNTED_MS = 3_600_000
/** One phone says one thing once in this time; more is the same again. */
const SAME_AGAIN_MS = 10 * 60_000

/** One tap, with marks that are nobody's. */
export interface Confirmation {
  says: Says
  role: 'keeper' | 'visitor'
  atMs: number
  /** Today's mark of the phone or the login. */
  sender: string
  network: string
}

/** Whether the same sender just said the same: then nothing is added. `senders`: its marks of today and yesterday. */
export function isSameAgain(
  known: readonly Confirmation[],
  { says, senders, atMs }: { says: Says; senders: readonly string[]; atMs: number },
): boolean {
  return known.some(
    other => other.says === says && senders.includes(other.sender) && Math.abs(atMs - other.atMs) < SAME_AGAIN_MS,
  )
}

/**
 * What is told of what was said: the newest of each kind by keepers and by visitors, newest first, with how many said so within the
 * hour before it. Visitors of one network count as one, however many phones they say they are: behind a shared address some are
 * missed, and nobody can make himself a crowd. A keeper counts as a person.
 */
export function summarise(known: readonly Confirmation[], nowMs: number): StationView['said'] {
  const told = CONFIRMATIONS.flatMap(says =>
    ROLES.flatMap(role => {
      const of = known.filter(one => one.says === says && one.role === role && one.atMs <= nowMs)
      const newestMs = of.reduce((latest, { atMs }) => Math.max(latest, atMs), Number.NEGATIVE_INFINITY)
      if (nowMs - newestMs > MAX_SAID_AGE_MS) return []
      const counted = of.filter(({ atMs }) => newestMs - atMs <= COUNTED_MS)
      const voices = new Set(counted.map(({ sender, network }) => (role === 'keeper' ? sender : network)))
      return [{ says, by: role, at: new Date(newestMs).toISOString(), count: voices.size }]
    }),
  )
  return told.sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
}

const ROLES = ['keeper', 'visitor'] as const

/** What nobody is told of any more, nor counts. */
export function isForgotten({ atMs }: Confirmation, nowMs: number): boolean {
  return nowMs - atMs > MAX_SAID_AGE_MS + COUNTED_MS
}
