import type { BrokerAccounts } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import type { RegistryTables } from './schema.ts'

/** A gateway's account as the broker is told of it. */
export type GatewayAccount = BrokerAccounts['accounts'][number]

/**
 * Sets gateways' accounts; null takes the secret away and with it the gateway's right to connect. Each account that really
 * changes takes the next revision, so that the broker's revision says what it lacks; the others keep theirs.
 */
export async function setGatewayAccounts(
  db: Kysely<RegistryTables>,
  accounts: readonly Omit<GatewayAccount, 'revision'>[],
): Promise<void> {
  const stored = await db.selectFrom('gateway_account').selectAll().execute()
  const before = new Map(stored.map(account => [account.gateway, account]))
  let revision = stored.reduce((highest, account) => Math.max(highest, account.revision), 0)
  for (const { gateway, district, secretSha256 } of accounts) {
    const known = before.get(gateway)
    if (known !== undefined && known.district === district && known.secret_sha256 === secretSha256) continue
    revision += 1
    const change = { district, secret_sha256: secretSha256, revision }
    await db
      .insertInto('gateway_account')
      .values({ gateway, ...change })
      .onConflict(conflict => conflict.column('gateway').doUpdateSet(change))
      .execute()
  }
}

/** Accounts changed after `revision`, oldest change first, at most `limit`. */
export async function accountsAfter(
  db: Kysely<RegistryTables>,
  revision: number,
  limit: number,
): Promise<GatewayAccount[]> {
  const rows = await db
    .selectFrom('gateway_account')
    .selectAll()
    .where('revision', '>', revision)
    .orderBy('revision')
    .limit(limit)
    .execute()
  return rows.map(({ revision, gateway, district, secret_sha256: secretSha256 }) => ({
    revision,
    gateway,
    district,
    secretSha256,
  }))
}

/** The revision of the newest change; 0 when there is no account. */
export async function latestRevision(db: Kysely<RegistryTables>): Promise<number> {
  const row = await db
    .selectFrom('gateway_account')
    .select(eb => eb.fn.max('revision').as('revision'))
    .executeTakeFirst()
  return row?.revision ?? 0
}

/** Numbers all accounts anew, in their order, from above `revision`: each counts as changed. */
export async function renumberAfter(db: Kysely<RegistryTables>, revision: number): Promise<void> {
  await db
    .updateTable('gateway_account')
    .set(eb => ({ revision: eb('revision', '+', revision) }))
    .execute()
}
