import { type FleetAct, type FleetActDetail, fleetActDetailSchema } from '@harbor/protocol'
import type { Tx } from '../config-book.ts'

/** What was done to the fleet. */
export interface FleetActRecord {
  act: FleetAct
  atMs: number
  /** A login; `server`: this system by itself; `box`: a box with a claim token, or a gateway. */
  by: string
  gateway?: string | undefined
  /** Absent: that of the gateway. An act without both belongs to no place: only those who see the whole city see it. */
  station?: string | undefined
  /** Facts by name; never a secret. What is undefined is left out, and text is cut to 500 characters. */
  detail?: Readonly<Record<string, string | number | boolean | undefined>>
}

/** Writes an act down in the same transaction as what was done, so that neither stands without the other. */
export async function recordFleetAct(tx: Tx, record: FleetActRecord): Promise<void> {
  await recordFleetActs(tx, [record])
}

/** The same for many at once: a rollout changes hundreds of gateways in one go. */
export async function recordFleetActs(tx: Tx, records: readonly FleetActRecord[]): Promise<void> {
  if (records.length === 0) return
  const last = await tx
    .selectFrom('fleet_audit')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .executeTakeFirst()
  let seq = last?.seq ?? 0
  const places = new Map<string, Place>()
  for (const { act, atMs, by, gateway, station, detail = {} } of records) {
    const key = JSON.stringify([gateway, station])
    const place = places.get(key) ?? (await placeOf(tx, { gateway, station }))
    places.set(key, place)
    seq += 1
    await tx
      .insertInto('fleet_audit')
      .values({
        seq,
        at_ms: atMs,
        act,
        actor: by,
        gateway: gateway ?? null,
        ...place,
        detail: JSON.stringify(cleaned(detail)),
      })
      .execute()
  }
}

interface Place {
  station: string | null
  district: string | null
}

async function placeOf(
  tx: Tx,
  { gateway, station }: { gateway: string | undefined; station: string | undefined },
): Promise<Place> {
  const row =
    station === undefined
      ? gateway === undefined
        ? undefined
        : await tx.selectFrom('gateway').select(['station', 'district']).where('id', '=', gateway).executeTakeFirst()
      : await tx
          .selectFrom('station')
          .select(['id as station', 'district'])
          .where('id', '=', station)
          .executeTakeFirst()
  return { station: row?.station ?? null, district: row?.district ?? null }
}

const MAX_TEXT = 500

function cleaned(detail: NonNullable<FleetActRecord['detail']>): FleetActDetail {
  const said = Object.entries(detail).filter(([, value]) => value !== undefined)
  return fleetActDetailSchema.parse(
    Object.fromEntries(
      said.map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, MAX_TEXT) : value]),
    ),
  )
}
