import type { AutomationActs } from '@harbor/protocol'
import type { RegistryDb } from '../registry/open-registry.ts'

/** How long acts are kept (chosen: a quarter, as long as anybody asks what a flow did). */
const KEEP_MS = 90 * 24 * 3_600_000
/** Acts kept at most: a flow that loops must not fill the disk. */
const MAX_ACTS = 100_000

/** What service accounts changed or were refused: the journal that names the flow. */
export interface ActBook {
  put: (act: {
    account: string
    flow: string | undefined
    method: string
    path: string
    status: number
    reason: string | undefined
  }) => Promise<void>
  /** Newest first. */
  list: (limit: number) => Promise<AutomationActs['acts']>
  /** Forgets what is kept no longer. */
  trim: () => Promise<void>
}

export function createActBook({
  db,
  nowMs,
  newId,
}: {
  db: RegistryDb
  nowMs: () => number
  newId: () => string
}): ActBook {
  return {
    put: async ({ flow, reason, ...act }) => {
      await db
        .insertInto('automation_act')
        .values({ ...act, id: newId(), flow: flow ?? null, reason: reason?.slice(0, 300) ?? null, at_ms: nowMs() })
        .execute()
    },
    list: async limit => {
      const rows = await db
        .selectFrom('automation_act')
        .selectAll()
        .orderBy('at_ms', 'desc')
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(({ account, method, path, status, flow, reason, at_ms: atMs }) => ({
        at: new Date(atMs).toISOString(),
        account,
        method,
        path,
        status,
        ...(flow !== null && { flow }),
        ...(reason !== null && { reason }),
      }))
    },
    trim: async () => {
      const surplus = await db
        .selectFrom('automation_act')
        .select('at_ms')
        .orderBy('at_ms', 'desc')
        .offset(MAX_ACTS)
        .limit(1)
        .executeTakeFirst()
      const beforeMs = Math.max(nowMs() - KEEP_MS, surplus?.at_ms ?? 0)
      await db.deleteFrom('automation_act').where('at_ms', '<=', beforeMs).execute()
    },
  }
}
