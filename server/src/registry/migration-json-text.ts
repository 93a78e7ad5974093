import { type Kysely, PostgresAdapter, sql } from 'kysely'

/**
 * Gives PostgreSQL the one function of SQLite that our queries use on JSON in text columns: `json_extract(document, '$.field')`, for a field
 * that holds text.
 */
export async function addJsonExtract(db: Kysely<unknown>): Promise<void> {
  if (!(db.getExecutor().adapter instanceof PostgresAdapter)) return
  await sql`
    create function json_extract(document text, path text) returns text language sql immutable strict parallel safe as
    $$ select document::jsonb #>> string_to_array(substr(path, 3), '.') $$`.execute(db)
}
