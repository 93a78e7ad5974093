import type { CreateTableBuilder, Kysely } from 'kysely'

/** Numbers of a day as they were when this step was released; later ones are added by later steps. */
const FACTS = [
  'minutes',
  'people_minutes',
  'energy_minutes',
  'visits',
  'people_in',
  'people_out',
  'people_hours',
  'check_ins',
  'posted_minutes',
  'microwave_starts',
  'fridge_openings',
  'fridge_kwh',
  'cooling_kwh',
  'microwave_kwh',
  'water_kwh',
  'other_kwh',
  'waste_cooling_kwh',
  'waste_heating_kwh',
  'cost_fen',
  'co2_kg',
  'posted_days',
  'observed_days',
  'as_posted',
  'did_not_open',
  'opened_late',
  'closed_early',
  'observed_posted_minutes',
  'open_minutes',
  'doubtful_days',
  'edited_days',
  'peak_people',
]

/** Use and energy by station and day, their sums, what was set by hand, and prices. */
export async function createUsage(db: Kysely<unknown>): Promise<void> {
  const withFacts = (table: CreateTableBuilder<string, string>) =>
    FACTS.reduce((made, fact) => made.addColumn(fact, 'double precision'), table)
  await withFacts(
    db.schema
      .createTable('usage_day')
      .addColumn('station', 'text', c => c.notNull().references('station.id'))
      .addColumn('day', 'integer', c => c.notNull())
      .addColumn('district', 'text', c => c.notNull())
      .addColumn('street', 'text')
      .addColumn('host_kind', 'text')
      .addColumn('method', 'text', c => c.notNull())
      .addColumn('truth', 'text', c => c.notNull())
      .addColumn('posted', 'text')
      .addColumn('first_sign', 'integer')
      .addColumn('last_sign', 'integer')
      .addColumn('measured', 'text')
      .addColumn('doubts', 'text', c => c.notNull())
      .addColumn('median', 'double precision')
      .addColumn('counted_at_ms', 'bigint', c => c.notNull()) as unknown as CreateTableBuilder<string, string>,
  )
    // Last: rows are read without it far more often.
    .addColumn('hours', 'text')
    .addPrimaryKeyConstraint('usage_day_key', ['station', 'day'] as never)
    .execute()
  await db.schema.createIndex('usage_day_by_district').on('usage_day').columns(['district', 'day']).execute()
  await db.schema.createIndex('usage_day_by_day').on('usage_day').column('day').execute()
  // Few days are doubted, or not kept as posted: lists of them read only these.
  await db.schema
    .createIndex('usage_day_doubted')
    .on('usage_day')
    .column('day')
    .where('doubtful_days' as never, '=', 1)
    .execute()
  await db.schema.createIndex('usage_day_truth').on('usage_day').columns(['truth', 'day']).execute()
  await withFacts(
    db.schema
      .createTable('usage_sum')
      .addColumn('kind', 'text', c => c.notNull())
      .addColumn('place', 'text', c => c.notNull())
      .addColumn('host_kind', 'text', c => c.notNull())
      .addColumn('span', 'text', c => c.notNull())
      .addColumn('start', 'integer', c => c.notNull())
      .addColumn('district', 'text', c => c.notNull())
      .addColumn('street', 'text')
      .addColumn('stations', 'integer', c => c.notNull()) as unknown as CreateTableBuilder<string, string>,
  )
    .addColumn('hours', 'text')
    .addPrimaryKeyConstraint('usage_sum_key', ['kind', 'span', 'place', 'host_kind', 'start'] as never)
    .execute()
  await db.schema
    .createTable('usage_edit')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('station', 'text', c => c.notNull().references('station.id'))
    .addColumn('district', 'text', c => c.notNull())
    .addColumn('day', 'integer', c => c.notNull())
    .addColumn('seq', 'integer', c => c.notNull())
    .addColumn('figure', 'text', c => c.notNull())
    .addColumn('value', 'double precision')
    .addColumn('measured', 'double precision')
    .addColumn('reason', 'text', c => c.notNull())
    .addColumn('actor', 'text', c => c.notNull())
    .addColumn('at_ms', 'bigint', c => c.notNull())
    .execute()
  await db.schema
    .createIndex('usage_edit_by_day')
    .unique()
    .on('usage_edit')
    .columns(['station', 'day', 'seq'])
    .execute()
  await db.schema
    .createTable('tariff')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('district', 'text', c => c.notNull().references('region.district'))
    .addColumn('from_day', 'integer', c => c.notNull())
    .addColumn('fen_per_kwh', 'text', c => c.notNull())
    .addColumn('co2_kg_per_kwh', 'double precision', c => c.notNull())
    .addColumn('source', 'text', c => c.notNull())
    .addColumn('set_by', 'text', c => c.notNull())
    .addColumn('set_at_ms', 'bigint', c => c.notNull())
    .execute()
  await db.schema.createIndex('tariff_by_district').on('tariff').columns(['district', 'from_day']).execute()
}
