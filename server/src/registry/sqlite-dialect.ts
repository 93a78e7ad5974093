import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { errorText } from '@harbor/protocol'
import { SqliteDialect, type SqliteDatabase } from 'kysely'
import { RegistryError } from '../errors.ts'

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

/**
 * Opens a registry's file for reading while nobody else has it: in WAL mode every connection holds a lock on it as long as it is open.
 *
 * @throws RegistryError `REGISTRY_UNUSABLE` when a server has it open; the driver's error when it is no database.
 */
export function openAlone(file: string): DatabaseSync {
  const database = new DatabaseSync(file)
  try {
    database.exec('pragma locking_mode = exclusive')
    database.prepare('select count(*) from sqlite_master').get()
    return database
  } catch (cause) {
    database.close()
    if (/locked/.test(errorText(cause)))
      throw new RegistryError('REGISTRY_UNUSABLE', 'a server has it open: stop it first', { cause })
    throw cause
  }
}

/** Kysely hands on what our typed queries gave it: text, numbers, null. SQLite itself refuses anything else. */
function asInput(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters as SQLInputValue[]
}
