import {
  AbortedTransactionError,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
} from 'kysely'
import type { Pool, PoolClient, QueryResult as PgResult } from 'pg'
import { toAway, withoutNul } from './postgres-pool.ts'

/** Whose turn it is to write; any number that nobody else takes in this database (chosen: "harbor" in letters' places, 8-1-18-2-15-18). */
const WRITER_LOCK = 8_118_021_518n
/** Taken before the first read of the transaction, so that it sees all that the writer before committed. */
const BEGIN = `begin; select pg_advisory_xact_lock(${WRITER_LOCK})`

/**
 * A driver with SQLite's promise: one writer at a time, over all servers of a database. Every transaction, and every single statement that
 * writes, first waits for its turn; queries alone never wait. So `max(seq) + 1`, "read, decide, write" and a consistent read of many tables
 * mean the same on both databases, and what was written in order is seen in order.
 */
export function createPostgresDriver(pool: Pool): Driver {
  return {
    init: () => Promise.resolve(),
    acquireConnection: async () => {
      try {
        return new Connection(await pool.connect())
      } catch (error) {
        throw toAway(error)
      }
    },
    beginTransaction: (connection, { isolationLevel, accessMode }) => {
      if (isolationLevel !== undefined || accessMode !== undefined)
        throw new TypeError('a transaction of the registry has no levels: it is the only writer')
      return ours(connection).begin()
    },
    commitTransaction: connection => ours(connection).commit(),
    rollbackTransaction: connection => ours(connection).rollback(),
    releaseConnection: connection => {
      ours(connection).release()
      return Promise.resolve()
    },
    destroy: () => pool.end(),
  }
}

function ours(connection: DatabaseConnection): Connection {
  if (connection instanceof Connection) return connection
  throw new TypeError('not a connection of this driver')
}

class Connection implements DatabaseConnection {
  readonly #client: PoolClient
  #isInTransaction = false
  /** Its state is not known: it goes back to nobody. */
  #isBroken = false
  readonly #onError = () => {
    this.#isBroken = true
  }

  constructor(client: PoolClient) {
    this.#client = client
    // One that is lent out tells of its end here and not through the pool; the query that it had fails by itself.
    client.on('error', this.#onError)
  }

  async executeQuery<R>(compiled: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#isInTransaction || !isWrite(compiled)) return this.#ask<R>(compiled)
    await this.begin()
    try {
      const result = await this.#ask<R>(compiled)
      await this.commit()
      return result
    } catch (error) {
      if (!this.#isBroken) await this.rollback()
      throw error
    }
  }

  // eslint-disable-next-line require-yield -- Kysely asks for a generator.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new TypeError('the registry is not streamed: ask for pages')
  }

  async begin(): Promise<void> {
    this.#isInTransaction = true
    await this.#run(BEGIN)
  }

  async commit(): Promise<void> {
    const { command } = await this.#run('commit')
    this.#isInTransaction = false
    // What an earlier error has undone is answered with ROLLBACK, not with an error.
    if (command === 'ROLLBACK') throw new AbortedTransactionError()
  }

  async rollback(): Promise<void> {
    try {
      await this.#run('rollback')
      this.#isInTransaction = false
    } catch {
      // The connection's end undoes it as well; why the transaction failed is what the caller is to hear.
      this.#isBroken = true
    }
  }

  release(): void {
    this.#client.off('error', this.#onError)
    this.#client.release(this.#isBroken || this.#isInTransaction)
  }

  async #ask<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { command, rowCount, rows } = await this.#run(sql, parameters)
    const isChange = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE'
    return { rows: rows as R[], ...(isChange && { numAffectedRows: BigInt(rowCount ?? 0) }) }
  }

  async #run(sql: string, parameters: readonly unknown[] = []): Promise<PgResult> {
    try {
      return await this.#client.query(sql, parameters.map(withoutNul))
    } catch (error) {
      const told = toAway(error)
      if (told !== error) this.#isBroken = true
      throw told
    }
  }
}

/** Whether a statement may change something. Raw SQL is what its first word says; `with` may write, so it waits. */
function isWrite({ query, sql }: CompiledQuery): boolean {
  if (query.kind === 'RawNode') return !/^\s*(select|show)\b/i.test(sql)
  return query.kind !== 'SelectQueryNode'
}
