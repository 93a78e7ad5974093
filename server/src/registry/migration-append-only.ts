import { type Kysely, PostgresAdapter, sql } from 'kysely'

/** Histories: rows are added, and nothing of them is changed or taken away. */
export const APPEND_ONLY = [
  'notice_step',
  'station_change',
  'station_step',
  'shift_act',
  'stock_change',
  'stock_check',
  'usage_edit',
  'monthly_report',
] as const

/**
 * Lets the database itself refuse every UPDATE and DELETE of a history: no mistake of ours, and nobody with a console beside us, edits one
 * without having first taken a trigger away, which stands out.
 */
export async function refuseEdits(db: Kysely<unknown>): Promise<void> {
  if (isPostgres(db)) await sql.raw(POSTGRES_REFUSAL).execute(db)
  await guardHistories(db, APPEND_ONLY)
}

/** The same for histories that came later. */
export async function guardHistories(db: Kysely<unknown>, tables: readonly string[]): Promise<void> {
  for (const table of tables)
    for (const statement of isPostgres(db) ? postgresGuards(table) : sqliteGuards(table))
      await sql.raw(statement).execute(db)
}

function isPostgres(db: Kysely<unknown>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter
}

function sqliteGuards(table: string): string[] {
  return ['update', 'delete'].map(
    act =>
      `create trigger ${table}_no_${act} before ${act} on ${table} begin select raise(abort, '${table} is append-only'); end`,
  )
}

const POSTGRES_REFUSAL = `create function refuse_edit() returns trigger language plpgsql as
     $$ begin raise exception '% is append-only', tg_table_name; end $$`

/** There TRUNCATE passes by triggers of rows, and triggers of statements fire for upserts that change nothing: so one of each. */
function postgresGuards(table: string): string[] {
  return [
    `create trigger ${table}_append_only before update or delete on ${table}
         for each row execute function refuse_edit()`,
    `create trigger ${table}_no_truncate before truncate on ${table}
         for each statement execute function refuse_edit()`,
  ]
}
