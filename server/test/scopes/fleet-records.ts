import { type ProfileDocument, profileDocumentSchema } from '@harbor/protocol'
import { insertToken } from '../../src/fleet/claim-tokens.ts'
import type { RegistryDb } from '../../src/registry/open-registry.ts'
import { PLACES } from './scope-people.ts'
import { marked, staffOnly } from './scope-records.ts'

/** A profile that fits every place. */
export const SCOPE_PROFILE = 'scope'

const DOCUMENT: ProfileDocument = profileDocumentSchema.parse({
  appliances: [{ key: 'fridge', kind: 'fridge' }],
  devices: [{ key: 'plug', vendor: 'shelly', address: 'plug', appliance: 'fridge' }],
})

/** A profile; and at each place a batch with a token that no box has used, and a gateway with a config. */
export async function addFleetRecords(db: RegistryDb, nowMs: number): Promise<void> {
  await db.insertInto('profile').values({ id: SCOPE_PROFILE, name_zh: 'x', name_en: 'x' }).execute()
  await db
    .insertInto('profile_version')
    .values({
      profile: SCOPE_PROFILE,
      version: 1,
      text: '{}',
      document: JSON.stringify(DOCUMENT),
      note: '',
      saved_at_ms: nowMs,
      saved_by: 'server',
    })
    .execute()
  for (const place of PLACES) await addPlace(db, place, nowMs)
}

async function addPlace(db: RegistryDb, place: string, nowMs: number): Promise<void> {
  const [station, gateway, batch] = [marked(place, 'st'), marked(place, 'gw'), staffOnly(place, 'batch')]
  const expiresAtMs = nowMs + 3_600_000
  await db
    .insertInto('claim_batch')
    .values({
      id: batch,
      name: batch,
      created_at_ms: nowMs,
      created_by: 'x',
      expires_at_ms: expiresAtMs,
      profile: null,
      profile_version: null,
      revoked_at_ms: null,
      revoked_by: null,
    })
    .execute()
  const token = `harbor1-${place.padEnd(26, '0')}`
  await db
    .transaction()
    .execute(tx => insertToken(tx, { token, station, gateway, by: 'x', atMs: nowMs, expiresAtMs, batch }))
  const devices = [
    {
      id: marked(place, 'plug'),
      vendor: 'shelly',
      address: marked(place, 'address'),
      appliance: marked(place, 'fridge'),
    },
  ]
  await db
    .insertInto('gateway_config')
    .values({
      gateway,
      version: 1,
      settings: JSON.stringify({ devices }),
      // The server issues it anew at its start, for its settings are not these.
      document: JSON.stringify({ version: 1, gateway, devices: [] }),
      jws: '',
      issued_at_ms: nowMs,
      issued_by: 'x',
      profile: null,
      profile_version: null,
      overrides: null,
    })
    .execute()
  await addRollout(db, { gateway, place, nowMs })
}

/** A rollout that is over: the gateway is free for others. */
async function addRollout(
  db: RegistryDb,
  { gateway, place, nowMs }: { gateway: string; place: string; nowMs: number },
): Promise<void> {
  const rollout = staffOnly(place, 'rollout')
  await db
    .insertInto('rollout')
    .values({
      id: rollout,
      name: rollout,
      state: 'done',
      stopped_by: null,
      target: JSON.stringify({ kind: 'overrides', overrides: {} }),
      selection: '{}',
      health: '{}',
      stages: '[null]',
      stage: 0,
      max_failures: 0,
      may_lose: 0,
      server_url: 'http://harbor.example',
      made_at_ms: nowMs,
      made_by: 'x',
      started_at_ms: nowMs,
      ended_at_ms: nowMs,
    })
    .execute()
  await db
    .insertInto('rollout_gateway')
    .values({
      rollout,
      gateway,
      turn: 0,
      stage: 0,
      state: 'well',
      failure: null,
      reason: null,
      former: null,
      former_version: null,
      new_version: 1,
      back_version: null,
      changed_at_ms: nowMs,
      since_ms: nowMs,
      held: 0,
    })
    .execute()
}
