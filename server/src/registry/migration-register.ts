import { type Kysely, sql } from 'kysely'

/**
 * One life for every station, from planned to closed, in place of "in service" and "rebuilding"; and the history of what people change.
 * What was being rebuilt is suspended since then; every other station is open, as it was.
 */
export async function createRegister(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('station')
    .addColumn('state', 'text', c => c.notNull().defaultTo('open'))
    .execute()
  await db.schema.alterTable('station').addColumn('state_since_ms', 'bigint').execute()
  await db.schema
    .alterTable('station')
    .addColumn('revision', 'integer', c => c.notNull().defaultTo(0))
    .execute()
  await db.schema.alterTable('station').addColumn('floor_area_m2', 'double precision').execute()
  await db.schema.alterTable('station').addColumn('notes', 'text').execute()
  await db.schema
    .createTable('station_change')
    .addColumn('station', 'text', c => c.notNull().references('station.id'))
    .addColumn('seq', 'integer', c => c.notNull())
    .addColumn('at_ms', 'bigint', c => c.notNull())
    .addColumn('actor', 'text', c => c.notNull())
    .addColumn('origin', 'text', c => c.notNull())
    .addColumn('field', 'text', c => c.notNull())
    .addColumn('before', 'text')
    .addColumn('after', 'text')
    .addPrimaryKeyConstraint('station_change_key', ['station', 'seq'])
    .execute()
  await db.schema
    .createTable('station_step')
    .addColumn('station', 'text', c => c.notNull().references('station.id'))
    .addColumn('seq', 'integer', c => c.notNull())
    .addColumn('at_ms', 'bigint', c => c.notNull())
    .addColumn('actor', 'text', c => c.notNull())
    .addColumn('from_state', 'text')
    .addColumn('to_state', 'text', c => c.notNull())
    .addColumn('reason', 'text', c => c.notNull())
    .addPrimaryKeyConstraint('station_step_key', ['station', 'seq'])
    .execute()
  await db.schema
    .createTable('station_photo')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('station', 'text', c => c.notNull().references('station.id'))
    .addColumn('photo', 'text', c => c.notNull())
    .addColumn('added_at_ms', 'bigint', c => c.notNull())
    .addColumn('added_by', 'text', c => c.notNull())
    .addColumn('removed_at_ms', 'bigint')
    .addColumn('removed_by', 'text')
    .execute()
  await db.schema.createIndex('station_photo_by_station').on('station_photo').column('station').execute()
  await sql`
    insert into "station_step" ("station", "seq", "at_ms", "actor", "from_state", "to_state", "reason")
    select "station", 1, "since_ms", "actor",
      case "life_cycle" when 'rebuilding' then 'open' else 'suspended' end,
      case "life_cycle" when 'rebuilding' then 'suspended' else 'open' end,
      "reason"
    from "station_life_cycle"`.execute(db)
  await sql`
    update "station" set
      "state" = (select "to_state" from "station_step" where "station_step"."station" = "station"."id"),
      "state_since_ms" = (select "at_ms" from "station_step" where "station_step"."station" = "station"."id")
    where "id" in (select "station" from "station_step")`.execute(db)
  await db.schema.dropTable('station_life_cycle').execute()
}
