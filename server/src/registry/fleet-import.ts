import { createHash, createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type Fleet, errorText, fleetSchema } from '@harbor/protocol'
import type { Transaction } from 'kysely'
import { RegistryError } from '../errors.ts'
import { setGatewayAccounts } from './accounts.ts'
import { keepEdited } from './keep-edited.ts'
import { fleetProblems } from './fleet-check.ts'
import type { RegistryDb } from './open-registry.ts'
import type { RegistryTables } from './schema.ts'

/** Rows a statement: far below SQLite's 32,766 and PostgreSQL's 65,535 parameters with our widest table. */
const ROWS_PER_STATEMENT = 500

/** So many errors are named in the one line that stops the start; the rest is counted. */
const MAX_NAMED_PROBLEMS = 20

/**
 * A fleet document from a file.
 *
 * @throws RegistryError `FLEET_MISSING` when it cannot be read, `FLEET_INVALID` with every error named when it is none.
 */
export async function readFleet(file: string): Promise<Fleet> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new RegistryError(
      'FLEET_MISSING',
      `reading the fleet document ${file}: ${errorText(cause)}; make it, or set DEMO_FLEET_FILE`,
      { cause },
    )
  }
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (cause) {
    throw new RegistryError('FLEET_INVALID', `fleet document ${file}: not JSON: ${errorText(cause)}`, { cause })
  }
  return parseFleet(content)
}

/** @throws RegistryError `FLEET_INVALID` that names every error: of shape first, then of reference. */
export function parseFleet(content: unknown): Fleet {
  const parsed = fleetSchema.safeParse(content)
  const problems = parsed.success
    ? fleetProblems(parsed.data)
    : parsed.error.issues.map(issue => `${issue.path.map(String).join('.') || 'document'}: ${issue.message}`)
  if (parsed.success && problems.length === 0) return parsed.data
  const named = problems.slice(0, MAX_NAMED_PROBLEMS).join('; ')
  const more = problems.length - MAX_NAMED_PROBLEMS
  throw new RegistryError('FLEET_INVALID', `fleet document: ${named}${more > 0 ? `; and ${more} more` : ''}`)
}

/**
 * Takes a whole fleet over in one transaction: all of it or nothing. Records are added and changed by id; devices that a
 * gateway of the document no longer has are removed, and the rules' overrides are replaced; stations and appliances that
 * the document does not name are kept, for alerts and history hang on them. What a person changed of a station stays as they want it. Taking the same document over again changes
 * nothing.
 *
 * @param secretOf a gateway's secret, or undefined for one that has none yet
 * @throws RegistryError `FLEET_INVALID` with every error named.
 */
export async function importFleet(
  db: RegistryDb,
  content: unknown,
  secretOf: (gateway: string) => string | undefined,
): Promise<Fleet> {
  const fleet = parseFleet(content)
  await db.transaction().execute(async tx => {
    await importPlaces(tx, fleet)
    await importEquipment(tx, fleet)
    const accounts = fleet.gateways.flatMap(({ id, district }) => {
      const secret = secretOf(id)
      return secret === undefined ? [] : [{ gateway: id, district, secretSha256: sha256Hex(secret) }]
    })
    await setGatewayAccounts(tx, accounts)
  })
  return fleet
}

/** The secret of a demo gateway: HMAC-SHA256 of its id under the demo fleet's key, in hex, so that both sides know it. */
export function demoGatewaySecret(demoFleetKey: string, gateway: string): string {
  return createHmac('sha256', demoFleetKey).update(gateway).digest('hex')
}

/** SHA-256 in hex. Fit for secrets of 32 random bytes alone, never for passwords. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

type Tx = Transaction<RegistryTables>

async function importPlaces(tx: Tx, fleet: Fleet): Promise<void> {
  const regions = fleet.regions.map(r => ({ district: r.district, name_zh: r.nameZh, name_en: r.nameEn }))
  for (const rows of chunks(regions)) {
    await tx
      .insertInto('region')
      .values(rows)
      .onConflict(c =>
        c
          .column('district')
          .doUpdateSet(eb => ({ name_zh: eb.ref('excluded.name_zh'), name_en: eb.ref('excluded.name_en') })),
      )
      .execute()
  }
  const streets = fleet.streets.map(s => ({ street: s.street, name_zh: s.nameZh, name_en: s.nameEn }))
  for (const rows of chunks(streets)) {
    await tx
      .insertInto('street')
      .values(rows)
      .onConflict(c =>
        c
          .column('street')
          .doUpdateSet(eb => ({ name_zh: eb.ref('excluded.name_zh'), name_en: eb.ref('excluded.name_en') })),
      )
      .execute()
  }
  const stations = fleet.stations.map(s => ({
    id: s.id,
    district: s.district,
    street: s.street ?? null,
    name_zh: s.nameZh,
    name_en: s.nameEn,
    address_zh: s.addressZh ?? null,
    address_en: s.addressEn ?? null,
    lat_deg: s.latDeg,
    lng_deg: s.lngDeg,
    hours: s.hours ?? null,
    capacity: s.capacity ?? null,
    facilities: JSON.stringify(s.facilities),
    host_kind: s.hostKind ?? null,
    phone: s.phone ?? null,
    hint_zh: s.hintZh ?? null,
    hint_en: s.hintEn ?? null,
  }))
  for (const rows of chunks(await keepEdited(tx, stations))) {
    await tx
      .insertInto('station')
      .values(rows)
      .onConflict(c =>
        c.column('id').doUpdateSet(eb => ({
          district: eb.ref('excluded.district'),
          street: eb.ref('excluded.street'),
          name_zh: eb.ref('excluded.name_zh'),
          name_en: eb.ref('excluded.name_en'),
          address_zh: eb.ref('excluded.address_zh'),
          address_en: eb.ref('excluded.address_en'),
          lat_deg: eb.ref('excluded.lat_deg'),
          lng_deg: eb.ref('excluded.lng_deg'),
          hours: eb.ref('excluded.hours'),
          capacity: eb.ref('excluded.capacity'),
          facilities: eb.ref('excluded.facilities'),
          host_kind: eb.ref('excluded.host_kind'),
          phone: eb.ref('excluded.phone'),
          hint_zh: eb.ref('excluded.hint_zh'),
          hint_en: eb.ref('excluded.hint_en'),
        })),
      )
      .execute()
  }
}

async function importEquipment(tx: Tx, fleet: Fleet): Promise<void> {
  const appliances = fleet.appliances.map(a => ({
    id: a.id,
    station: a.station,
    kind: a.kind,
    model: a.model ?? null,
    asset_tag: a.assetTag ?? null,
  }))
  for (const rows of chunks(appliances)) {
    await tx
      .insertInto('appliance')
      .values(rows)
      .onConflict(c =>
        c.column('id').doUpdateSet(eb => ({
          station: eb.ref('excluded.station'),
          kind: eb.ref('excluded.kind'),
          model: eb.ref('excluded.model'),
          asset_tag: eb.ref('excluded.asset_tag'),
        })),
      )
      .execute()
  }
  for (const rows of chunks(fleet.gateways)) {
    await tx
      .insertInto('gateway')
      .values(rows)
      .onConflict(c =>
        c
          .column('id')
          .doUpdateSet(eb => ({ station: eb.ref('excluded.station'), district: eb.ref('excluded.district') })),
      )
      .execute()
  }
  await importDevices(tx, fleet)
  // Replaced as a whole: an override that the document no longer has, or had by mistake, must not stay behind. What a person set for
  // an appliance stays theirs.
  await tx.deleteFrom('rule_override').where('set_by', 'is', null).execute()
  for (const rows of chunks(fleet.ruleOverrides)) {
    await tx
      .insertInto('rule_override')
      .values(
        rows.map(({ rule, model = '', appliance = '', timeScale, numbers }) => ({
          rule,
          model,
          appliance,
          time_scale: timeScale,
          numbers: numbers === undefined ? null : JSON.stringify(numbers),
          set_by: null,
        })),
      )
      .onConflict(c => c.columns(['rule', 'model', 'appliance']).doNothing())
      .execute()
  }
}

async function importDevices(tx: Tx, fleet: Fleet): Promise<void> {
  const kept = new Set(fleet.devices.map(device => device.id))
  for (const gateways of chunks(fleet.gateways)) {
    const known = await tx
      .selectFrom('device')
      .select('id')
      .where(
        'gateway',
        'in',
        gateways.map(gateway => gateway.id),
      )
      .execute()
    for (const gone of chunks(known.filter(device => !kept.has(device.id)))) {
      await tx
        .deleteFrom('device')
        .where(
          'id',
          'in',
          gone.map(device => device.id),
        )
        .execute()
    }
  }
  const devices = fleet.devices.map(d => ({
    id: d.id,
    gateway: d.gateway,
    vendor: d.vendor,
    address: d.address,
    appliance: d.appliance ?? null,
  }))
  for (const rows of chunks(devices)) {
    await tx
      .insertInto('device')
      .values(rows)
      .onConflict(c =>
        c.column('id').doUpdateSet(eb => ({
          gateway: eb.ref('excluded.gateway'),
          vendor: eb.ref('excluded.vendor'),
          address: eb.ref('excluded.address'),
          appliance: eb.ref('excluded.appliance'),
        })),
      )
      .execute()
  }
}

function* chunks<T>(rows: readonly T[]): Generator<T[]> {
  for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) yield rows.slice(from, from + ROWS_PER_STATEMENT)
}
