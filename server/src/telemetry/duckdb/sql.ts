import { type DuckDBConnection, DuckDBDataChunk, type DuckDBType, type DuckDBValue } from '@duckdb/node-api'

/** DuckDB's vector size: the most rows a chunk holds. */
const CHUNK_ROWS = 2_048

/**
 * A number as SQL. Ids and times go in as literals: bound as parameters they would keep DuckDB from skipping blocks.
 *
 * @throws RangeError for anything but a whole number, so that nothing else ever reaches a query's text.
 */
export function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`expected a whole number, got ${value}`)
  return String(value)
}

/** A name of a column or table as SQL. */
export function named(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text as SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** The answer's columns, each a list of values. Counts and times have to be cast to DOUBLE in the query, or they come as bigint. */
export async function columnsOf(connection: DuckDBConnection, query: string): Promise<DuckDBValue[][]> {
  return (await connection.runAndReadAll(query)).getColumns()
}

/** The first column as numbers. */
export async function numbersOf(connection: DuckDBConnection, query: string): Promise<number[]> {
  return ((await columnsOf(connection, query))[0] ?? []).map(Number)
}

/** Runs `work` in one transaction: all of it is in the file, or nothing. */
export async function inTransaction<Result>(
  connection: DuckDBConnection,
  work: () => Promise<Result>,
): Promise<Result> {
  await connection.run('BEGIN')
  try {
    const result = await work()
    await connection.run('COMMIT')
    return result
  } catch (error) {
    // The transaction may be gone already with what failed; either way nothing of it is in the file.
    await connection.run('ROLLBACK').catch(() => undefined)
    throw error
  }
}

/** Where rows are appended: a table, its columns' types, and its catalog when that is not the file. */
export interface AppendTarget {
  table: string
  types: readonly DuckDBType[]
  catalog?: string
}

/** Appends whole columns, chunk by chunk; closing the appender sends the rows to the transaction. */
export async function appendColumns(
  connection: DuckDBConnection,
  { table, types, catalog }: AppendTarget,
  columns: readonly (readonly DuckDBValue[])[],
): Promise<void> {
  const rowCount = columns[0]?.length ?? 0
  if (rowCount === 0) return
  const appender = await connection.createAppender(table, null, catalog ?? null)
  for (let first = 0; first < rowCount; first += CHUNK_ROWS) {
    const chunk = DuckDBDataChunk.create([...types], Math.min(CHUNK_ROWS, rowCount - first))
    columns.forEach((column, index) => chunk.setColumnValues(index, column.slice(first, first + CHUNK_ROWS)))
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
}
