import type { RegistryDb } from '../../src/registry/open-registry.ts'
import { PLACES, type ScopePlace, districtAt } from './scope-people.ts'
import { marked, staffOnly } from './scope-records.ts'

const HOUR_MS = 3_600_000
const BY = 'manager-city'

/** What management keeps of a place: an order to it, its rota and its stock. */
export async function addManagementRecords(db: RegistryDb, nowMs: number): Promise<void> {
  for (const place of PLACES) {
    await addNotice(db, place, nowMs)
    await addRota(db, place, nowMs)
    await addStock(db, place, nowMs)
  }
}

async function addNotice(db: RegistryDb, place: ScopePlace, nowMs: number): Promise<void> {
  const notice = staffOnly(place, 'notice')
  await db
    .insertInto('notice')
    .values({
      id: notice,
      request_key: notice,
      kind: 'other',
      severity: 'info',
      title_zh: staffOnly(place, '通知'),
      title_en: staffOnly(place, 'notice-title'),
      text_zh: 'x',
      text_en: 'x',
      is_public: 0,
      needs_photo: 0,
      deadline_ms: null,
      choice: JSON.stringify({ regions: [], wholeCity: false, hostKinds: [], stations: [marked(place, 'st')] }),
      hours: null,
      until_heat_ends_in: null,
      supersedes: null,
      issued_at_ms: nowMs,
      issued_by: BY,
    })
    .execute()
  await db
    .insertInto('notice_addressee')
    .values({
      notice,
      n: 1,
      station: marked(place, 'st'),
      login: null,
      district: districtAt(place),
      state: 'delivered',
      at_ms: nowMs,
      actor: null,
      note: null,
      escalated_at_ms: null,
    })
    .execute()
}

async function addRota(db: RegistryDb, place: ScopePlace, nowMs: number): Promise<void> {
  const station = marked(place, 'st')
  const volunteer = staffOnly(place, 'volunteer')
  const person = `volunteer:${volunteer}`
  const made = { created_at_ms: nowMs, created_by: BY }
  await db.insertInto('rota_station').values({ station, needs_keeper: 1, set_by: BY, at_ms: nowMs }).execute()
  await db
    .insertInto('volunteer')
    .values({
      ...made,
      id: volunteer,
      district: districtAt(place),
      name: volunteer,
      contact: null,
      calendar_sha256: volunteer,
    })
    .execute()
  await db
    .insertInto('rota_member')
    .values({ station, person, added_at_ms: nowMs, added_by: BY, ended_at_ms: null, ended_by: null })
    .execute()
  await db
    .insertInto('rota_pattern')
    .values({
      ...made,
      id: staffOnly(place, 'pattern'),
      station,
      rrule: 'FREQ=WEEKLY;BYDAY=MO',
      first_day: '2020-01-06',
      from_minute: 8 * 60,
      half_hours: 4,
      person: null,
      ended_at_ms: nowMs,
      ended_by: BY,
    })
    .execute()
  const shift = (id: string, fromMs: number) => ({
    id: staffOnly(place, id),
    station,
    district: districtAt(place),
    from_ms: fromMs,
    to_ms: fromMs + 2 * HOUR_MS,
    pattern: null,
    day: null,
    person,
    is_offered: 0 as const,
    taken_by: null,
    cancelled_at_ms: null,
    revision: 1,
  })
  const servedMs = nowMs - 48 * HOUR_MS
  await db
    .insertInto('shift')
    .values([
      {
        ...shift('served', servedMs),
        checked_in_ms: servedMs,
        shown_by: 'door',
        checked_out_ms: servedMs + 2 * HOUR_MS,
      },
      { ...shift('shift', nowMs + 72 * HOUR_MS), checked_in_ms: null, shown_by: null, checked_out_ms: null },
    ])
    .execute()
}

async function addStock(db: RegistryDb, place: ScopePlace, nowMs: number): Promise<void> {
  const item = staffOnly(place, 'item')
  const batch = staffOnly(place, 'batch')
  await db
    .insertInto('stock_item')
    .values({
      id: item,
      station: marked(place, 'st'),
      district: districtAt(place),
      kind: 'water',
      name: staffOnly(place, 'water'),
      unit: 'l',
      low: null,
      created_at_ms: nowMs,
      created_by: BY,
    })
    .execute()
  await db.insertInto('stock_batch').values({ id: batch, item, batch, quantity: 10, expires_on: null }).execute()
  await db
    .insertInto('stock_change')
    .values({
      batch,
      seq: 1,
      item,
      act: 'received',
      before: 0,
      after: 10,
      note: staffOnly(place, 'stock-note'),
      check_key: null,
      actor: BY,
      at_ms: nowMs,
    })
    .execute()
}
