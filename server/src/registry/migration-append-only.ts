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
  const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter
  for (const statement of isPostgres ? postgresRefusals() : sqliteRefusals()) await sql.raw(statement).execute(db)
}

function sqliteRefusals(): string[] {
  return APPEND_ONLY.flatMap(table =>
    ['update', 'delete'].map(
      act =>
        `create trigger ${table}_no_${act} before ${act} on ${table} begin select raise(abort, '${table} is append-only'); end`,
    ),
  )
}

/** There TRUNCATE passes by triggers of rows, and triggers of statements fire for upserts that change nothing: so one of each. */
function postgresRefusals(): string[] {
  return [
    `create function refuse_edit() returns trigger language plpgsql as
     $$ begin raise exception '% is append-only', tg_table_name; end $$`,
    ...APPEND_ONLY.flatMap(table => [
      `create trigger ${table}_append_only before update or delete on ${table}
         for each row execute function refuse_edit()`,
      `create trigger ${table}_no_truncate before truncate on ${table}
         for each statement execute function refuse_edit()`,
    ]),
  ]
}
