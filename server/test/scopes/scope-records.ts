import { type Fleet, fleetSchema } from '@harbor/protocol'
import type { RegistryDb } from '../../src/registry/open-registry.ts'
import { DISTRICTS, PLACES, STREETS, type ScopePlace, districtAt } from './scope-people.ts'

/** What is at a place says so in its id and its words: whatever of it comes up in an answer is found there. */
export function marked(place: string, name: string): string {
  return `q${place}q-${name}`
}

/** What only staff may read says that as well. */
export function staffOnly(place: string, name: string): string {
  return marked(place, `zz-${name}`)
}

/** A key as phones make them, 32 hex digits, that tells of its place. */
export function keyAt(place: string): string {
  return `${Buffer.from(`q${place}q`).toString('hex')}${'0'.repeat(24)}`.slice(0, 32)
}

/** The places whose marks are in a text. */
export function placesIn(text: string): ScopePlace[] {
  return PLACES.filter(place => text.includes(`q${place}q`) || text.includes(keyAt(place)))
}

/** One station in each street, with an appliance, a gateway and a device. */
export function scopeFleet(): Fleet {
  return fleetSchema.parse({
    regions: Object.entries(DISTRICTS).map(([name, district]) => ({ district, nameZh: `${name}区`, nameEn: name })),
    streets: PLACES.map(place => ({
      street: STREETS[place],
      nameZh: marked(place, '街道'),
      nameEn: marked(place, 's'),
    })),
    stations: PLACES.map((place, index) => ({
      id: marked(place, 'st'),
      district: districtAt(place),
      street: STREETS[place],
      nameZh: marked(place, '站'),
      nameEn: marked(place, 'station'),
      latDeg: 29.5 + index / 100,
      lngDeg: 106.5,
      hours: '24/7',
      capacity: 10,
    })),
    appliances: PLACES.map(place => ({
      id: marked(place, 'fridge'),
      station: marked(place, 'st'),
      kind: 'fridge',
      assetTag: marked(place, 'tag'),
    })),
    gateways: PLACES.map(place => ({
      id: marked(place, 'gw'),
      station: marked(place, 'st'),
      district: districtAt(place),
    })),
    devices: PLACES.map(place => ({
      id: marked(place, 'plug'),
      gateway: marked(place, 'gw'),
      vendor: 'shelly',
      address: marked(place, 'address'),
      appliance: marked(place, 'fridge'),
      switchable: true,
    })),
  })
}

/** A record of each kind at each place. */
export async function addRecords(db: RegistryDb, nowMs: number): Promise<void> {
  for (const place of PLACES) {
    const at = { place, station: marked(place, 'st'), district: districtAt(place), nowMs }
    await addAlert(db, at)
    await addOrder(db, at)
    await addPlans(db, at)
    await addChecklist(db, at)
    await addFeedback(db, at)
    await addSpans(db, at)
  }
  await db
    .insertInto('crew')
    .values(
      // Those without more stay: they have no members, so that no order is given to anybody while the table is gone through.
      (['a', 'b', 'a-more', 'b-more'] as const).map(name => ({
        id: `crew-${name}`,
        name: `crew ${name}`,
        districts: JSON.stringify([DISTRICTS[name.startsWith('a') ? 'a' : 'b']]),
        skills: '[]',
        shift: null,
        lead: null,
        lat_deg: null,
        lng_deg: null,
      })),
    )
    .execute()
}

interface At {
  place: ScopePlace
  station: string
  district: string
  nowMs: number
}

async function addAlert(db: RegistryDb, { place, station, district, nowMs }: At): Promise<void> {
  const alert = staffOnly(place, 'alert')
  await db
    .insertInto('alert')
    .values({
      id: alert,
      station,
      district,
      scope: 'appliance',
      subject: `appliance:${marked(place, 'fridge')}`,
      appliance: marked(place, 'fridge'),
      device: null,
      rule: 'fridge_too_warm',
      rule_version: 1,
      severity: 'P2',
      state: 'raised',
      revision: 1,
      raised_at_ms: nowMs,
      standing_since_ms: nowMs,
      acknowledged_at_ms: null,
      acknowledged_by: null,
      resolved_at_ms: null,
      suppressed_at_ms: null,
      suppressed_cause: null,
      suppressed_by: null,
      silenced_at_ms: null,
      silenced_until_ms: null,
      silenced_by: null,
      silence_reason: null,
      evidence: JSON.stringify({
        metric: 'temperature',
        threshold: 8,
        observed: 14,
        from: new Date(nowMs - 1).toISOString(),
        to: new Date(nowMs).toISOString(),
      }),
    })
    .execute()
  await db
    .insertInto('alert_transition')
    .values({ alert, seq: 1, change: 'raised', at_ms: nowMs, actor: null, evidence: null, detail: null })
    .execute()
}

async function addOrder(db: RegistryDb, { place, station, district, nowMs }: At): Promise<void> {
  const order = staffOnly(place, 'order')
  const laterMs = nowMs + 30 * 24 * 3_600_000
  const detail = JSON.stringify({ photo: `/api/v1/work-orders/${order}/photos/${'0'.repeat(32)}` })
  await db
    .insertInto('work_order')
    .values({
      id: order,
      station,
      district,
      thing: `appliance:${marked(place, 'fridge')}`,
      appliance: marked(place, 'fridge'),
      source: 'alert',
      alert: staffOnly(place, 'alert'),
      reports: 0,
      severity: 'P2',
      title_zh: staffOnly(place, '工单'),
      title_en: staffOnly(place, 'title'),
      state: 'open',
      revision: 1,
      created_at_ms: nowMs,
      created_by: null,
      crew: null,
      assignee: null,
      assigned_because: null,
      accept_by_ms: laterMs,
      respond_by_ms: laterMs,
      done_by_ms: laterMs,
      due_ms: laterMs,
      reminded: null,
      level: 'crew',
      // Nothing is to happen to it by itself while the table is gone through.
      next_alarm_ms: null,
      promised_at_ms: null,
      paused_since_ms: nowMs,
      pause_reason: null,
      done_at_ms: null,
      verified_at_ms: null,
      verified_by: null,
      repeats: 0,
      closed_at_ms: null,
    })
    .execute()
  await db
    .insertInto('work_order_step')
    .values({
      work_order: order,
      seq: 1,
      act: 'photo',
      at_ms: nowMs,
      actor: null,
      from_state: null,
      to_state: 'open',
      note: staffOnly(place, 'note'),
      detail,
      request_key: null,
    })
    .execute()
  await db
    .insertInto('work_order_alert')
    .values({ alert: staffOnly(place, 'alert'), work_order: order, joined_at_ms: nowMs })
    .execute()
}

async function addPlans(db: RegistryDb, { place, district, nowMs }: At): Promise<void> {
  const plan = staffOnly(place, 'plan')
  await db
    .insertInto('plan')
    .values({
      id: plan,
      title: staffOnly(place, 'plan-title'),
      note: null,
      severity: 'P3',
      target: JSON.stringify({ appliance: marked(place, 'fridge') }),
      schedule: JSON.stringify({ by: 'usage', meter: 'run_hours', every: 1_000_000 }),
      created_at_ms: nowMs,
      created_by: 'manager-city',
      paused_at_ms: null,
      active_since_ms: nowMs,
      ended_at_ms: null,
    })
    .execute()
  await db.insertInto('plan_district').values({ plan, district }).execute()
}

async function addChecklist(db: RegistryDb, { place, station, district, nowMs }: At): Promise<void> {
  await db
    .insertInto('checklist_fill')
    .values({
      key: keyAt(place),
      template: 'six-haves',
      version: 1,
      station,
      district,
      work_order: null,
      filled_by: 'keeper-city',
      filled_at_ms: nowMs,
      received_at_ms: nowMs,
      failed: 0,
    })
    .execute()
}

async function addFeedback(db: RegistryDb, { place, station, district, nowMs }: At): Promise<void> {
  await db
    .insertInto('feedback')
    .values({
      id: staffOnly(place, 'report'),
      key_sha256: marked(place, 'key'),
      body_sha256: '',
      station,
      district,
      topic: 'other',
      appliance: null,
      text: staffOnly(place, 'text'),
      stars: null,
      stars_count: 0,
      photos: 1,
      state: 'received',
      revision: 1,
      written_at_ms: nowMs,
      received_at_ms: nowMs,
      changed_at_ms: nowMs,
      reply_text: null,
      reply_at_ms: null,
      reply_by: null,
      closed_at_ms: null,
      closed_by: null,
      work_order: null,
      promised_at_ms: null,
      fixed: null,
      network: null,
    })
    .execute()
  await db
    .insertInto('visitor_photo')
    .values({
      id: staffOnly(place, 'photo'),
      feedback: staffOnly(place, 'report'),
      n: 1,
      station,
      district,
      sha256: '0'.repeat(64),
      given_sha256: '',
      at_ms: nowMs,
      released_at_ms: null,
      released_by: null,
    })
    .execute()
}

/** Spans of maintenance and of other hours, and a command. */
async function addSpans(db: RegistryDb, { place, station, district, nowMs }: At): Promise<void> {
  const made = { created_at_ms: nowMs, created_by: 'manager-city', ended_at_ms: null, ended_by: null }
  const dayMs = 24 * 3_600_000
  const date = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  await db
    .insertInto('maintenance')
    .values({
      ...made,
      id: staffOnly(place, 'window'),
      station,
      district,
      appliance: null,
      from_ms: nowMs + dayMs,
      to_ms: nowMs + 2 * dayMs,
      reason: staffOnly(place, 'reason'),
    })
    .execute()
  await db
    .insertInto('hours_change')
    .values({
      ...made,
      id: staffOnly(place, 'hours'),
      station,
      district,
      kind: 'notice',
      from_date: date(nowMs + dayMs),
      to_date: date(nowMs + 2 * dayMs),
      hours: '24/7',
      reason_zh: marked(place, '理由'),
      reason_en: marked(place, 'because'),
    })
    .execute()
  await db
    .insertInto('command')
    .values({
      id: staffOnly(place, 'command'),
      device: marked(place, 'plug'),
      gateway: marked(place, 'gw'),
      station,
      district,
      action: 'relay-on',
      state: 'done',
      reason: null,
      requested_by: 'manager-city',
      requested_at_ms: nowMs,
      expires_at_ms: nowMs,
      finished_at_ms: nowMs,
    })
    .execute()
}
