import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { SqliteDialect, type SqliteDatabase } from 'kysely'

/**
 * Kysely's SQLite dialect over Node's own SQLite. WAL so that readers never wait for the writer; FULL so that what was
 * committed survives a power cut, at one fsync a commit.
 *
 * @throws the driver's error when the file cannot be opened or is no database.
 */
export function openSqlite(file: string): SqliteDialect {
  return new SqliteDialect({ database: () => Promise.resolve(openDatabase(file)) })
}

function openDatabase(file: string): SqliteDatabase {
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: 5_000 })
  database.exec('pragma journal_mode = wal; pragma synchronous = full')
  return {
    close: () => database.close(),
    prepare: sql => {
      const statement = database.prepare(sql)
      return {
        reader: statement.columns().length > 0,
        all: parameters => statement.all(...asInput(parameters)),
        run: parameters => statement.run(...asInput(parameters)),
        iterate: parameters => statement.iterate(...asInput(parameters)),
      }
    },
  }
}

/** Kysely hands on what our typed queries gave it: text, numbers, null. SQLite itself refuses anything else. */
function asInput(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters as SQLInputValue[]
}
