import { createLogLimiter } from '../../metrics/log-limiter.ts'
import { sha256Hex } from '../../registry/fleet-import.ts'
import type { RegistryDb } from '../../registry/open-registry.ts'
import { recordFleetAct } from './record-fleet-act.ts'

/** The same token refused for the same reason is written down once in this time. */
const EVERY_MS = 15 * 60_000
/**
 * Tokens within that time. Who makes tokens up can fill the record no faster than this (9,600 rows a day), and cannot thereby hide
 * that somebody holds a real one: those are counted apart.
 */
const MAX_MADE_UP = 100
const MAX_REAL = 1_000

/** Keeps in the fleet's record that a claim was refused. */
export interface RefusedClaims {
  note: (claim: { token: string; code: string; address: string }) => Promise<void>
}

export function createRefusedClaims({ db, nowMs }: { db: RegistryDb; nowMs: () => number }): RefusedClaims {
  const madeUp = createLogLimiter({ everyMs: EVERY_MS, maxKeys: MAX_MADE_UP }, nowMs)
  const real = createLogLimiter({ everyMs: EVERY_MS, maxKeys: MAX_REAL }, nowMs)
  return {
    note: async ({ token, code, address }) => {
      const hash = sha256Hex(token)
      const known = await db
        .selectFrom('claim_token')
        .select(['station', 'gateway', 'used_gateway'])
        .where('token_sha256', '=', hash)
        .executeTakeFirst()
      const before = (known === undefined ? madeUp : real).admit(`${hash} ${code}`)
      if (before === undefined) return
      await db.transaction().execute(tx =>
        recordFleetAct(tx, {
          act: 'claim-refused',
          atMs: nowMs(),
          by: 'box',
          gateway: known?.used_gateway ?? known?.gateway ?? undefined,
          station: known?.station,
          // Of the token what does not help to guess it.
          detail: { token: token.slice(0, 12), code, address, ...(before > 0 && { timesBefore: before }) },
        }),
      )
    },
  }
}
