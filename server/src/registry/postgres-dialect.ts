import type { Logger } from 'pino'
import {
  type ColumnDefinitionNode,
  type Dialect,
  HandleEmptyInListsPlugin,
  type KyselyPlugin,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  RawNode,
  replaceWithNoncontingentExpression,
} from 'kysely'
import { createPostgresDriver } from './postgres-driver.ts'
import { createPostgresPool } from './postgres-pool.ts'

/** Where a registry on PostgreSQL is, and how much of it we may take. */
export interface PostgresPlace {
  /** postgres://USER@HOST:PORT/DATABASE; a password in it stays out of every message. */
  url: string
  /** Stands before the one in `url`. */
  password?: string | undefined
  /** Most connections at a time, 2 to 100. */
  poolSize: number
  log: Logger
}

/** Kysely's PostgreSQL dialect with our driver (one writer at a time) and SQLite's order of text. */
export function openPostgres(place: PostgresPlace): Dialect {
  return {
    createAdapter: () => new LockedAnywayAdapter(),
    createDriver: () => createPostgresDriver(createPostgresPool(place)),
    createIntrospector: db => new PostgresIntrospector(db),
    createQueryCompiler: () => new BytewiseTextCompiler(),
  }
}

/** Migrations run in one transaction, and that has waited for its turn: a lock beside it could only stand in its way. */
class LockedAnywayAdapter extends PostgresAdapter {
  override acquireMigrationLock(): Promise<void> {
    return Promise.resolve()
  }

  override releaseMigrationLock(): Promise<void> {
    return Promise.resolve()
  }
}

/** What SQLite takes and PostgreSQL calls a syntax error: `in ()`, which nothing is. */
export function postgresPlugins(): KyselyPlugin[] {
  return [new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression })]
}

/**
 * Text columns sort by their bytes on both databases, whatever the locale that a database was made with: pages that go on after
 * the last key of the page before would otherwise skip or repeat rows when a database moves.
 */
class BytewiseTextCompiler extends PostgresQueryCompiler {
  protected override visitColumnDefinition(node: ColumnDefinitionNode): void {
    const isText =
      node.dataType.kind === 'DataTypeNode' && 'dataType' in node.dataType && node.dataType.dataType === 'text'
    super.visitColumnDefinition(
      isText ? { ...node, dataType: RawNode.createWithSql('text collate "C"') as typeof node.dataType } : node,
    )
  }
}
