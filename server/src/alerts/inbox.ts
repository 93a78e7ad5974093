import {
  type ApplianceKind,
  type FaultAge,
  type Inbox,
  type InboxMap,
  MAX_INBOX_ORDERS,
  type Person,
  type SEVERITIES,
  type TroubledStation,
} from '@harbor/protocol'
import { type Kysely, sql } from 'kysely'
import type { RegistryTables } from '../registry/schema.ts'
import { withinRegion, withinScope } from '../people/scope.ts'
import { raisedWithin } from './fault-age.ts'
import { isoTime } from './alert-row.ts'
import { troubleMap } from './trouble-map.ts'

/** Which alerts the inbox speaks of. `open`: raised or acknowledged; `waiting`: nobody has acknowledged them. */
export const INBOX_STATES = ['open', 'waiting', 'acknowledged', 'suppressed'] as const
/** `other`: about a station, or a device that belongs to no appliance. */
export type InboxKind = ApplianceKind | 'other'

export interface InboxQuery {
  state: (typeof INBOX_STATES)[number]
  severities?: readonly (typeof SEVERITIES)[number][] | undefined
  kind?: InboxKind | undefined
  district?: string | undefined
  street?: string | undefined
  /** For how long they have stood. */
  age?: FaultAge | undefined
  /** Only what the person acknowledged, or has an order of. */
  isMine: boolean
  /** With those that somebody silenced. */
  withSilenced: boolean
  /** WGS-84: the nearest station first. */
  near?: { latDeg: number; lngDeg: number } | undefined
  limit: number
}

const STATES = {
  open: ['raised', 'acknowledged'],
  waiting: ['raised'],
  acknowledged: ['acknowledged'],
  suppressed: ['suppressed'],
} as const

/** Everything that is wrong in a person's districts, a row a station. */
export async function inboxOf(
  db: Kysely<RegistryTables>,
  person: Person,
  query: InboxQuery & { nowMs: number },
): Promise<Inbox> {
  const groups = await troubledGroups(db, person, query)
  const sorted = query.near === undefined ? groups.sort(byUrgency) : groups.sort(byDistance(query.near))
  const shown = sorted.slice(0, query.limit)
  const stations = shown.map(({ station }) => station)
  const orders = await ordersOf(db, stations)
  return {
    at: isoTime(query.nowMs),
    stations: shown.map(group => rowOf(group, orders.get(group.station) ?? [])),
    totalStations: sorted.length,
    totalAlerts: sorted.reduce((sum, { alerts }) => sum + Number(alerts), 0),
    districts: await districtsInTrouble(db, person),
  }
}

/** The same on a map, as clusters where stations lie close together. */
export async function inboxMapOf(
  db: Kysely<RegistryTables>,
  person: Person,
  query: Omit<InboxQuery, 'near' | 'limit'> & {
    nowMs: number
    box: readonly [number, number, number, number]
    zoom: number
  },
): Promise<InboxMap> {
  const groups = await troubledGroups(db, person, query)
  const spots = groups.map(group => ({
    station: group.station,
    nameZh: group.name_zh,
    nameEn: group.name_en,
    latDeg: group.lat_deg,
    lngDeg: group.lng_deg,
    severity: group.severity,
    alerts: Number(group.alerts),
  }))
  return { at: isoTime(query.nowMs), ...troubleMap(spots, query) }
}

interface Group {
  station: string
  district: string
  name_zh: string
  name_en: string
  district_zh: string | null
  district_en: string | null
  lat_deg: number
  lng_deg: number
  severity: TroubledStation['severity']
  alerts: number | string
  waiting: number | string
  oldest_ms: number | string
  newest_ms: number | string
}

/** Alerts are few thousand even in a storm over a city: they are grouped in one go, and only a page of stations is looked up further. */
async function troubledGroups(
  db: Kysely<RegistryTables>,
  person: Person,
  query: Omit<InboxQuery, 'near' | 'limit'> & { nowMs: number },
): Promise<Group[]> {
  const { state, severities = [], kind, district, street, age, isMine, withSilenced, nowMs } = query
  const raised = age === undefined ? undefined : raisedWithin(age, nowMs)
  const counted = db
    .selectFrom('alert')
    .$if(kind !== undefined, q =>
      q
        .leftJoin('appliance', 'appliance.id', 'alert.appliance')
        .where('appliance.kind', kind === 'other' ? 'is' : '=', kind === 'other' ? null : (kind as ApplianceKind)),
    )
    .where(withinScope(person, { district: 'alert.district', station: 'alert.station' }))
    // The index of what is not resolved is used for exactly these words.
    .where('alert.state', '!=', 'resolved')
    .where('alert.state', 'in', STATES[state])
    .$if(severities.length > 0, q => q.where('alert.severity', 'in', severities))
    .$if(district !== undefined, q => q.where('alert.district', '=', district as string))
    .$if(street !== undefined, q =>
      q.where(withinRegion(street, { district: 'alert.district', station: 'alert.station' })),
    )
    .$if(raised !== undefined, q =>
      q
        .where('alert.raised_at_ms', '>', raised?.afterMs ?? 0)
        .where('alert.raised_at_ms', '<=', raised?.untilMs ?? nowMs),
    )
    .$if(!withSilenced, q =>
      q.where(eb =>
        eb.or([
          eb('alert.silenced_until_ms', 'is', null),
          eb('alert.silenced_until_ms', '<=', nowMs),
          // What the system muted because it comes and goes stays in sight.
          eb('alert.silenced_by', 'is', null),
        ]),
      ),
    )
    .$if(isMine, q =>
      q.where(eb =>
        eb.or([
          eb('alert.acknowledged_by', '=', person.login),
          eb(
            'alert.id',
            'in',
            eb
              .selectFrom('work_order_alert')
              .innerJoin('work_order', 'work_order.id', 'work_order_alert.work_order')
              .select('work_order_alert.alert')
              .where('work_order.assignee', '=', person.login)
              .where('work_order.closed_at_ms', 'is', null),
          ),
        ]),
      ),
    )
    .select(eb => [
      'alert.station as of_station',
      // The severities are named so that their order is that of their names.
      eb.fn.min<TroubledStation['severity']>('alert.severity').as('severity'),
      eb.fn.countAll().as('alerts'),
      sql<number>`sum(case when alert.state = 'raised' then 1 else 0 end)`.as('waiting'),
      eb.fn.min('alert.raised_at_ms').as('oldest_ms'),
      eb.fn.max('alert.raised_at_ms').as('newest_ms'),
    ])
    .groupBy('alert.station')
  const rows = await db
    .selectFrom(counted.as('trouble'))
    .innerJoin('station', 'station.id', 'trouble.of_station')
    .leftJoin('region', 'region.district', 'station.district')
    .selectAll('trouble')
    .select(['station.id as station', 'station.district', 'station.name_zh', 'station.name_en'])
    .select(['station.lat_deg', 'station.lng_deg', 'region.name_zh as district_zh', 'region.name_en as district_en'])
    .execute()
  return rows as Group[]
}

function byUrgency(a: Group, b: Group): number {
  if (a.severity !== b.severity) return a.severity < b.severity ? -1 : 1
  const older = Number(a.oldest_ms) - Number(b.oldest_ms)
  return older === 0 ? byId(a, b) : older
}

/** Straight lines on a flat map: right to a percent within a city. */
function byDistance(from: { latDeg: number; lngDeg: number }): (a: Group, b: Group) => number {
  const shrink = Math.cos((from.latDeg * Math.PI) / 180)
  const far = ({ lat_deg: lat, lng_deg: lng }: Group) => Math.hypot(lat - from.latDeg, (lng - from.lngDeg) * shrink)
  return (a, b) => far(a) - far(b) || byId(a, b)
}

function byId(a: Group, b: Group): number {
  return a.station < b.station ? -1 : 1
}

type InboxOrder = TroubledStation['orders'][number]

/** What is under way at these stations. */
async function ordersOf(db: Kysely<RegistryTables>, stations: readonly string[]): Promise<Map<string, InboxOrder[]>> {
  if (stations.length === 0) return new Map()
  const rows = await db
    .selectFrom('work_order')
    .leftJoin('person', 'person.login', 'work_order.assignee')
    .select(['work_order.id', 'work_order.station', 'work_order.title_zh', 'work_order.title_en'])
    .select(['work_order.severity', 'work_order.state', 'work_order.assignee', 'person.name'])
    .where('work_order.closed_at_ms', 'is', null)
    .where('work_order.station', 'in', stations)
    .orderBy('work_order.due_ms')
    .orderBy('work_order.id')
    .execute()
  const byStation = new Map<string, InboxOrder[]>()
  for (const { station, title_zh: titleZh, title_en: titleEn, assignee, name, ...order } of rows) {
    const assigneeName = name ?? assignee
    const list = byStation.get(station) ?? []
    list.push({ ...order, titleZh, titleEn, ...(assigneeName !== null && { assigneeName }) })
    byStation.set(station, list)
  }
  return byStation
}

function rowOf(group: Group, orders: readonly InboxOrder[]): TroubledStation {
  return {
    station: group.station,
    nameZh: group.name_zh,
    nameEn: group.name_en,
    district: group.district,
    districtNameZh: group.district_zh ?? group.district,
    districtNameEn: group.district_en ?? group.district,
    latDeg: group.lat_deg,
    lngDeg: group.lng_deg,
    severity: group.severity,
    alerts: Number(group.alerts),
    waiting: Number(group.waiting),
    oldestAt: isoTime(Number(group.oldest_ms)),
    newestAt: isoTime(Number(group.newest_ms)),
    orders: orders.slice(0, MAX_INBOX_ORDERS),
    openOrders: orders.length,
  }
}

async function districtsInTrouble(db: Kysely<RegistryTables>, person: Person): Promise<Inbox['districts']> {
  // The districts first, their names afterwards: not a name for each of ten thousand alerts.
  const own = db
    .selectFrom('alert')
    .select('alert.district as of_district')
    .where('alert.state', '!=', 'resolved')
    .where(withinScope(person, { district: 'alert.district', station: 'alert.station' }))
    .groupBy('alert.district')
  const rows = await db
    .selectFrom(own.as('trouble'))
    .leftJoin('region', 'region.district', 'trouble.of_district')
    .select(['trouble.of_district as district', 'region.name_zh', 'region.name_en'])
    .orderBy('trouble.of_district')
    .execute()
  return rows.map(({ district, name_zh, name_en }) => ({
    district,
    nameZh: name_zh ?? district,
    nameEn: name_en ?? district,
  }))
}
