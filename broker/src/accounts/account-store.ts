import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { BrokerAccounts, GatewayAddress } from '@harbor/protocol'
import { isSameHash } from './secrets.ts'

/** A gateway that may connect. */
export interface StoredAccount {
  address: GatewayAddress
  secretHash: Uint8Array
}

/** The gateways' accounts, durable. Synchronous: SQLite in this process, one indexed row a question. */
export interface AccountStore {
  /** The account of a gateway; undefined when it has none or it was removed. */
  find: (gateway: string) => StoredAccount | undefined
  /**
   * Stores a batch in one transaction, durable when this returns; a record that is older than what is stored changes
   * nothing. Returns the gateways whose account was removed, or whose secret or district changed.
   */
  apply: (records: BrokerAccounts['accounts']) => string[]
  /** The highest revision stored; 0 when there is none. */
  revision: () => number
  close: () => void
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS accounts (
    gateway TEXT PRIMARY KEY,
    district TEXT NOT NULL,
    secret_sha256 BLOB, -- NULL: removed; the row stays, so that an older record cannot bring the account back
    revision INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS accounts_by_revision ON accounts (revision);
`

/** Opens the accounts in `file`; its folder is made when missing. */
export function openAccountStore(file: string): AccountStore {
  mkdirSync(dirname(file), { recursive: true })
  const db = new DatabaseSync(file)
  db.exec(SCHEMA)
  const byGateway = db.prepare('SELECT district, secret_sha256, revision FROM accounts WHERE gateway = ?')
  const highest = db.prepare('SELECT max(revision) AS revision FROM accounts')
  const upsert = db.prepare(
    `INSERT INTO accounts (gateway, district, secret_sha256, revision) VALUES (?, ?, ?, ?)
     ON CONFLICT (gateway) DO UPDATE SET district = excluded.district, secret_sha256 = excluded.secret_sha256, revision = excluded.revision`,
  )

  return {
    find: gateway => {
      const row = read(byGateway, gateway)
      if (row === undefined || row.secretHash === null) return undefined
      return { address: { district: row.district, gateway }, secretHash: row.secretHash }
    },
    apply: records => {
      const changed = new Set<string>()
      db.exec('BEGIN IMMEDIATE')
      try {
        for (const { gateway, district, secretSha256, revision } of records) {
          const stored = read(byGateway, gateway)
          if (stored !== undefined && stored.revision >= revision) continue
          const hash = secretSha256 === null ? null : Buffer.from(secretSha256, 'hex')
          if (stored !== undefined && !isSameAccount(stored, district, hash)) changed.add(gateway)
          upsert.run(gateway, district, hash, revision)
        }
        db.exec('COMMIT')
      } catch (error) {
        db.exec('ROLLBACK')
        throw error
      }
      return [...changed]
    },
    revision: () => Number(highest.get()?.['revision'] ?? 0),
    close: () => {
      if (db.isOpen) db.close()
    },
  }
}

interface Row {
  district: string
  secretHash: Uint8Array | null
  revision: number
}

function read(statement: StatementSync, gateway: string): Row | undefined {
  const row = statement.get(gateway)
  if (row === undefined) return undefined
  return {
    district: String(row['district']),
    secretHash: row['secret_sha256'] as Uint8Array | null,
    revision: Number(row['revision']),
  }
}

function isSameAccount(stored: Row, district: string, hash: Uint8Array | null): boolean {
  if (stored.district !== district) return false
  if (stored.secretHash === null || hash === null) return stored.secretHash === hash
  return isSameHash(stored.secretHash, hash)
}
