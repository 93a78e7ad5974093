import { DatabaseSync } from 'node:sqlite'

/**
 * Writes a registry's file as it stood at one moment, while a server goes on (VACUUM INTO: one read transaction, no wait for the writer).
 *
 * @param to must not be there
 * @throws the driver's error.
 */
export function copySqlite(file: string, to: string): void {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 })
  try {
    database.prepare('vacuum into ?').run(to)
  } finally {
    database.close()
  }
}

/** The steps that a registry's file has seen, in order. @throws the driver's error when it is no registry. */
export function stepsOfSqlite(file: string): string[] {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const damage = database.prepare('pragma integrity_check').all()
    if (JSON.stringify(damage) !== '[{"integrity_check":"ok"}]')
      throw new RangeError(`damaged: ${JSON.stringify(damage)}`)
    return database
      .prepare('select name from kysely_migration order by name')
      .all()
      .map(({ name }) => String(name))
  } finally {
    database.close()
  }
}
