import { sql } from 'kysely'
import type { RegistryDb } from '../registry/open-registry.ts'
import { ALL_FACTS, type DayHours, FACTS, PEAK } from './facts.ts'
import { type LocalDay, monthOfDay, nextMonth } from './local-day.ts'

/** A day of a district of which something was counted. */
export interface DistrictDay {
  district: string
  day: LocalDay
}

const names = sql.join(ALL_FACTS.map(fact => sql.ref(fact)))
const sums = sql.join([...FACTS.map(fact => sql`sum(${sql.ref(fact)})`), sql`max(${sql.ref(PEAK)})`])

/**
 * Adds up a day of a district anew: by kind of host, by street, and in all; and, of a day that is over, its month of the district, of
 * its streets and of its stations. A sum is always made of all that it is of.
 */
export async function addUp(db: RegistryDb, { district, day }: DistrictDay, isOver: boolean): Promise<void> {
  await db.transaction().execute(async tx => {
    await tx
      .deleteFrom('usage_sum')
      .where('kind', 'in', ['district', 'street'])
      .where('span', '=', 'day')
      .where('place', 'in', placesOf(tx, district))
      .where('start', '=', day)
      .execute()
    const ofDay = sql`from usage_day where district = ${district} and day = ${day}`
    await sql`insert into usage_sum (kind, place, host_kind, span, start, district, street, stations, hours, ${names})
      select 'district', district, '*', 'day', day, district, null, count(*), null, ${sums} ${ofDay} group by district, day`.execute(
      tx,
    )
    await sql`insert into usage_sum (kind, place, host_kind, span, start, district, street, stations, hours, ${names})
      select 'district', district, coalesce(host_kind, ''), 'day', day, district, null, count(*), null, ${sums} ${ofDay}
      group by district, day, coalesce(host_kind, '')`.execute(tx)
    await sql`insert into usage_sum (kind, place, host_kind, span, start, district, street, stations, hours, ${names})
      select 'street', street, '*', 'day', day, district, street, count(*), null, ${sums} ${ofDay} and street is not null
      group by street, district, day`.execute(tx)
    await addHours(tx, { district, day })
    if (isOver) await addMonth(tx, { district, day })
  })
}

/** Codes of a district and of all streets that ever had something counted. */
function placesOf(db: RegistryDb, district: string) {
  return db
    .selectFrom('street')
    .select('street as place')
    .where('street', '>=', district)
    .where('street', '<', `${district}~`)
    .union(db.selectFrom('region').select('district as place').where('district', '=', district))
}

async function addHours(db: RegistryDb, { district, day }: DistrictDay): Promise<void> {
  const rows = await db
    .selectFrom('usage_day')
    .select(['street', 'hours'])
    .where('district', '=', district)
    .where('day', '=', day)
    .where('hours', 'is not', null)
    .execute()
  const byPlace = new Map<string, DayHours>()
  for (const { street, hours } of rows) {
    if (hours === null) continue
    const own = JSON.parse(hours) as DayHours
    for (const place of street === null ? [district] : [district, street]) {
      const sum = byPlace.get(place)
      byPlace.set(place, sum === undefined ? structuredClone(own) : addedHours(sum, own))
    }
  }
  for (const [place, hours] of byPlace)
    await db
      .updateTable('usage_sum')
      .set({ hours: JSON.stringify(roundedHours(hours)) })
      .where('kind', '=', place === district ? 'district' : 'street')
      .where('span', '=', 'day')
      .where('place', '=', place)
      .where('host_kind', '=', '*')
      .where('start', '=', day)
      .execute()
}

/** Adds `more` to `sum`, in place. */
function addedHours(sum: DayHours, more: DayHours): DayHours {
  for (const key of Object.keys(sum) as (keyof DayHours)[])
    for (const [hour, amount] of more[key].entries())
      if (amount !== null) sum[key][hour] = (sum[key][hour] ?? 0) + amount
  return sum
}

/** To a thousandth: a text of 24 numbers is not to be a page. */
export function roundedHours(hours: DayHours): DayHours {
  const round = (list: readonly (number | null)[]) =>
    list.map(amount => (amount === null ? null : Math.round(amount * 1_000) / 1_000))
  return {
    visits: round(hours.visits),
    people: round(hours.people),
    kWh: round(hours.kWh),
    coolingKWh: round(hours.coolingKWh),
    waterKWh: round(hours.waterKWh),
  }
}

async function addMonth(db: RegistryDb, { district, day }: DistrictDay): Promise<void> {
  const month = monthOfDay(day)
  const end = nextMonth(month)
  await db
    .deleteFrom('usage_sum')
    .where('kind', 'in', ['district', 'street'])
    .where('span', '=', 'month')
    .where('place', 'in', placesOf(db, district))
    .where('start', '=', month)
    .execute()
  await db
    .deleteFrom('usage_sum')
    .where('kind', '=', 'station')
    .where('span', '=', 'month')
    .where(
      'place',
      'in',
      db.selectFrom('usage_day').select('station as place').where('district', '=', district).where('day', '=', day),
    )
    .where('start', '=', month)
    .execute()
  await sql`insert into usage_sum (kind, place, host_kind, span, start, district, street, stations, hours, ${names})
    select kind, place, host_kind, 'month', cast(${month} as integer), district, max(street), max(stations), null, ${sums}
    from usage_sum where kind in ('district', 'street') and span = 'day' and place in (${placesOf(db, district)})
    and start >= ${month} and start < ${end} group by kind, place, host_kind, district`.execute(db)
  // A station that moved to another district within the month has its sum with the one of its last day.
  await sql`insert into usage_sum (kind, place, host_kind, span, start, district, street, stations, hours, ${names})
    select 'station', station, '*', 'month', cast(${month} as integer), ${district}, max(street), 1, null, ${sums}
    from usage_day where station in (select station from usage_day where district = ${district} and day = ${day})
    and day >= ${month} and day < ${end} group by station`.execute(db)
}
