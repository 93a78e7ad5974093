import { sql } from 'kysely'
import type { RegistryDb } from '../../src/registry/open-registry.ts'
import { FACTS, PEAK } from '../../src/usage/facts.ts'

export const STATIONS = 5_000
export const DISTRICTS = 41
const STREETS_PER_DISTRICT = 25
/** Hours of days are kept for so long. */
const HOURS_DAYS = 100
const KINDS = ['bank', 'public_toilet', 'shop', 'community_office', 'park', 'own_building', 'container', 'pharmacy']

export const districtCode = (number: number) => String(500_101 + number)
export const streetCode = (district: number, street: number) =>
  `${districtCode(district)}${String(street + 1).padStart(3, '0')}`

/** The same city every time: each number comes out of the station's and the day's own. */
export async function seedUsage(db: RegistryDb, { today, days }: { today: number; days: number }): Promise<void> {
  // A city that is lost by a power cut is seeded again: nothing waits for the disk, and the pages stay in memory.
  for (const pragma of ['synchronous = off', 'cache_size = -1000000', 'temp_store = memory'])
    await sql.raw(`pragma ${pragma}`).execute(db)
  await db
    .insertInto('region')
    .values(
      Array.from({ length: DISTRICTS }, (_, n) => ({
        district: districtCode(n),
        name_zh: `第${n}区`,
        name_en: `D${n}`,
      })),
    )
    .execute()
  for (let n = 0; n < DISTRICTS; n++)
    await db
      .insertInto('street')
      .values(
        Array.from({ length: STREETS_PER_DISTRICT }, (_, s) => ({
          street: streetCode(n, s),
          name_zh: `第${s}街道`,
          name_en: `S${s}`,
        })),
      )
      .execute()
  await sql`create temp table seed_station (number integer primary key, id text, district text, street text, host_kind text)`.execute(
    db,
  )
  for (let from = 0; from < STATIONS; from += 500)
    await db
      .insertInto('station')
      .values(
        Array.from({ length: 500 }, (_, offset) => {
          const n = from + offset
          const district = n % DISTRICTS
          return {
            id: `st-${String(n).padStart(5, '0')}`,
            district: districtCode(district),
            street: streetCode(district, Math.floor(n / DISTRICTS) % STREETS_PER_DISTRICT),
            name_zh: `港湾${n}`,
            name_en: `Harbor ${n}`,
            lat_deg: 29 + ((n * 37) % 1_000) / 1_000,
            lng_deg: 106 + ((n * 53) % 1_000) / 1_000,
            hours: 'Mo-Su 08:00-20:00',
            capacity: 4 + (n % 20),
            facilities: '[]',
            host_kind: (KINDS[n % KINDS.length] ?? 'other') as 'bank',
          }
        }),
      )
      .execute()
  await sql`insert into seed_station select cast(substr(id, 4) as integer), id, district, street, host_kind from station`.execute(
    db,
  )
  const course = JSON.stringify(Array.from({ length: 24 }, (_, hour) => (hour < 8 || hour > 20 ? 0 : hour % 5)))
  const hours = `{"visits":${course},"people":${course},"kWh":${course},"coolingKWh":${course},"waterKWh":${course}}`
  // A number from 0 to 99 of each station and day.
  const noise = (prime: number) => sql`((n * 7919 + day * ${prime}) % 100)`
  const values: Readonly<Record<string, ReturnType<typeof noise>>> = {
    minutes: sql`1440`,
    people_minutes: sql`1380`,
    energy_minutes: sql`1400`,
    visits: sql`(${noise(104_729)} / 3)`,
    people_hours: sql`(${noise(15_485_863)} / 5.0)`,
    check_ins: sql`(${noise(32_452_843)} / 20)`,
    posted_minutes: sql`720`,
    microwave_starts: sql`(${noise(49_979_687)} / 8)`,
    fridge_kwh: sql`(1 + ${noise(67_867_967)} / 100.0)`,
    cooling_kwh: sql`(${noise(86_028_121)} / 10.0)`,
    water_kwh: sql`(2 + ${noise(104_729)} / 50.0)`,
    waste_cooling_kwh: sql`(${noise(86_028_121)} / 100.0)`,
    waste_heating_kwh: sql`0.5`,
    cost_fen: sql`(500 + ${noise(86_028_121)} * 8)`,
    co2_kg: sql`(3 + ${noise(86_028_121)} / 20.0)`,
    posted_days: sql`1`,
    observed_days: sql`(${noise(179_424_673)} < 90)`,
    as_posted: sql`(${noise(179_424_673)} < 80)`,
    did_not_open: sql`(${noise(179_424_673)} between 86 and 89)`,
    opened_late: sql`(${noise(179_424_673)} between 80 and 85)`,
    observed_posted_minutes: sql`720`,
    open_minutes: sql`700`,
    doubtful_days: sql`(${noise(982_451_653)} = 0)`,
    peak_people: sql`(${noise(15_485_863)} / 6)`,
  }
  const facts = Object.keys(values)
  const columns = sql.join(facts.map(fact => sql.ref(fact)))
  const cells = sql.join(facts.map(fact => values[fact] ?? sql`null`))
  for (let first = today - days + 1; first <= today; first += 30) {
    const last = Math.min(first + 29, today)
    await sql`with recursive spread(day) as (values(cast(${first} as integer)) union all select day + 1 from spread where day < ${last}),
      seed as (select number as n, id, district, street, host_kind, day from seed_station cross join spread)
      insert into usage_day (station, day, district, street, host_kind, method, truth, posted, first_sign, last_sign, measured,
        doubts, median, counted_at_ms, hours, ${columns})
      select id, day, district, street, host_kind, 'in_out',
        case when ${noise(179_424_673)} between 86 and 89 then 'did_not_open' else 'as_posted' end, '[[480,1200]]', 485, 1190, null,
        case when ${noise(982_451_653)} = 0 then '["imbalance"]' else '[]' end, 16, 0,
        case when day > ${today - HOURS_DAYS} then ${hours} end, ${cells} from seed`.execute(db)
  }
  await addUpAll(db, hours)
  await sql.raw('pragma cache_size = -2000').execute(db)
  await sql.raw('pragma synchronous = full').execute(db)
}

/** All sums in a few statements: what the server does day by day as it counts. */
async function addUpAll(db: RegistryDb, hours: string): Promise<void> {
  const all = [...FACTS, PEAK]
  const names = sql.join(all.map(fact => sql.ref(fact)))
  const sums = sql.join(all.map(fact => (fact === PEAK ? sql`max(${sql.ref(fact)})` : sql`sum(${sql.ref(fact)})`)))
  const into = sql`insert into usage_sum (kind, place, host_kind, span, start, district, street, stations, hours, ${names})`
  await sql`${into} select 'district', district, '*', 'day', day, district, null, count(*), ${hours}, ${sums} from usage_day group by district, day`.execute(
    db,
  )
  await sql`${into} select 'district', district, host_kind, 'day', day, district, null, count(*), null, ${sums} from usage_day group by district, day, host_kind`.execute(
    db,
  )
  await sql`${into} select 'street', street, '*', 'day', day, district, street, count(*), ${hours}, ${sums} from usage_day group by district, street, day`.execute(
    db,
  )
  const month = sql`cast(unixepoch(strftime('%Y-%m-01', start * 86400, 'unixepoch')) / 86400 as integer)`
  await sql`${into} select kind, place, host_kind, 'month', ${month}, district, max(street), max(stations), null, ${sums}
    from usage_sum where span = 'day' group by kind, place, host_kind, ${month}, district`.execute(db)
  const ofDay = sql`cast(unixepoch(strftime('%Y-%m-01', day * 86400, 'unixepoch')) / 86400 as integer)`
  await sql`${into} select 'station', station, '*', 'month', ${ofDay}, max(district), max(street), 1, null, ${sums}
    from usage_day group by station, ${ofDay}`.execute(db)
}
