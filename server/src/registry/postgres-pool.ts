import { errorText } from '@harbor/protocol'
import { type CustomTypesConfig, Pool, types } from 'pg'
import { RegistryError } from '../errors.ts'
import type { PostgresPlace } from './postgres-dialect.ts'

/** How long a connection may take to come about; beyond it the request is answered 503. */
const CONNECT_LIMIT_MS = 5_000
/** How long a writer waits for the writer before it; chosen: ten times what our largest import takes. */
const LOCK_LIMIT_MS = 30_000
/** A server that hangs within a transaction holds up every other: the database ends it then. */
const IDLE_IN_TRANSACTION_LIMIT_MS = 60_000

/** PostgreSQL's numbers of its types (pg_type.dat): what our columns, sums and comparisons come back as. */
const INT8 = 20
const NUMERIC = 1700
const BOOL = 16

/**
 * The same JavaScript values as from SQLite: int8 and the numeric that sums of it are as numbers (milliseconds since 1970, counts and
 * fen stay far below 2^53), the outcome of a comparison as 0 or 1.
 */
export const AS_FROM_SQLITE: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') => {
    if (oid === INT8 || oid === NUMERIC) return Number
    if (oid === BOOL) return (text: string) => (text === 't' ? 1 : 0)
    return types.getTypeParser(oid, format)
  }) as CustomTypesConfig['getTypeParser'],
}

/** A bounded pool that makes connections anew when the database was away. */
export function createPostgresPool({ url, password, poolSize, log }: PostgresPlace): Pool {
  const pool = new Pool({
    connectionString: withPassword(url, password),
    max: poolSize,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    lock_timeout: LOCK_LIMIT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_LIMIT_MS,
    application_name: 'harbor-server',
    keepAlive: true,
    types: AS_FROM_SQLITE,
  })
  // A connection that breaks while nobody uses it; unheard, it would end the process. The pool has dropped it by itself.
  pool.on('error', error => log.warn({ reason: errorText(error) }, 'a connection to the database broke'))
  return pool
}

/** The address with the password of the secret, where there is one. */
export function withPassword(url: string, password: string | undefined): string {
  if (password === undefined) return url
  const parsed = new URL(url)
  parsed.password = encodeURIComponent(password)
  return parsed.href
}

/** PostgreSQL's text has no character U+0000, which SQLite's may: it becomes the one that stands for the unreadable. */
export function withoutNul(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value
}

/** `host:port/database`, for messages: never who signs in or with what. */
export function placeText(url: string): string {
  const parsed = new URL(url)
  return `${parsed.host === '' ? (parsed.searchParams.get('host') ?? 'the local socket') : parsed.host}${parsed.pathname}`
}

/** Codes of the system and of PostgreSQL (appendix A of its manual) that mean: not now, and perhaps soon. */
const AWAY =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|ENOENT|EAI_AGAIN|08\w{3}|53\w{3}|55P03|57P0[1-5]|25P03)$/

/** Whether the database, not what was asked of it, is why a query failed. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  if (code !== undefined) return AWAY.test(code)
  // The driver's own, which have no code.
  return /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed)/.test(
    error.message,
  )
}

/** The error as the server's own when the database is away; any other as it is. */
export function toAway(error: unknown): unknown {
  if (!isAway(error)) return error
  return new RegistryError('REGISTRY_AWAY', `the database does not answer: ${errorText(error)}`, { cause: error })
}
