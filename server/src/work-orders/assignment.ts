import type { Kysely } from 'kysely'
import { limitsByLogin } from '../people/people.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryTables } from '../registry/schema.ts'
import { loadCrews } from './crews.ts'
import { type OrderWriting, record } from './order-record.ts'
import type { OrderRow } from './order-row.ts'
import { type Candidate, type CrewNow, type Worker, candidates, proposed } from './proposal.ts'

/** Open orders looked at in one round for somebody to do them. */
const BATCH = 50

export interface AssignmentDeps {
  directory: Directory
  /** Whether hours in OpenStreetMap syntax include an instant; undefined: nobody can tell. */
  isWithin: (hours: string, atMs: number) => boolean | undefined
}

/** Everybody who can be sent anywhere, at one instant. */
export interface Pool {
  crews: readonly CrewNow[]
  workers: readonly Worker[]
}

export async function loadPool(
  db: Kysely<RegistryTables>,
  { directory, isWithin }: AssignmentDeps,
  nowMs: number,
): Promise<Pool> {
  const crews = (await loadCrews(db)).map(({ id, name, districts, skills, shift, members, base }): CrewNow => ({
    id,
    name,
    districts,
    skills,
    // A shift that cannot be read keeps nobody from work.
    isOnShift: shift === undefined || isWithin(shift, nowMs) !== false,
    members: members.map(({ login }) => login),
    base,
  }))
  return { crews, workers: await loadWorkers(db, directory) }
}

/** Everybody who could do an order, the best first. */
export function candidatesFor(
  { crews, workers }: Pool,
  order: Pick<OrderRow, 'station' | 'appliance' | 'district'>,
  directory: Directory,
): Candidate[] {
  const record = directory.stations.get(order.station)?.record
  const kind = directory.appliances.get(order.appliance ?? '')?.kind
  const job = {
    district: order.district,
    street: record?.street,
    kind,
    latDeg: record?.latDeg ?? 0,
    lngDeg: record?.lngDeg ?? 0,
  }
  return candidates(job, crews, workers)
}

async function loadWorkers(db: Kysely<RegistryTables>, directory: Directory): Promise<Worker[]> {
  const people = await db
    .selectFrom('person')
    .select(['login', 'name', 'role'])
    .where('role', 'in', ['maintainer', 'manager', 'administrator'])
    .execute()
  const limitsOf = await limitsByLogin(
    db,
    people.map(({ login }) => login),
  )
  const inHand = await db
    .selectFrom('work_order')
    .select(['assignee', 'station', 'state', 'paused_since_ms'])
    .where('closed_at_ms', 'is', null)
    .where('assignee', 'is not', null)
    .where('state', 'in', ['assigned', 'accepted', 'on_site'])
    .execute()
  const hands = Map.groupBy(inHand, ({ assignee }) => assignee)
  return people.map(({ login, name, role }) => {
    const orders = hands.get(login) ?? []
    const at = orders.find(({ state }) => state === 'on_site') ?? orders.find(({ state }) => state === 'accepted')
    const place = at && directory.stations.get(at.station)?.record
    return {
      login,
      name,
      ...limitsOf(login),
      isMaintainer: role === 'maintainer',
      load: orders.filter(order => order.paused_since_ms === null).length,
      at: place && { latDeg: place.latDeg, lngDeg: place.lngDeg },
    }
  })
}

/**
 * Gives an open order to whoever is proposed, with the reason; leaves it open when nobody is. The pool is that of the whole round, and
 * counts along who was given what.
 */
export async function assignProposed(writing: OrderWriting, pool: Pool, id: string): Promise<void> {
  const { tx, directory } = writing
  const order = await tx.selectFrom('work_order').selectAll().where('id', '=', id).executeTakeFirst()
  if (order?.state !== 'open') return
  const best = proposed(candidatesFor(pool, order, directory))
  if (best === undefined) return
  const { login, because } = best
  await record(writing, order, {
    act: 'assign',
    detail: { assignee: login, reason: because },
    change: {
      state: 'assigned',
      assignee: login,
      assigned_because: JSON.stringify(because),
      crew: because.crew ?? null,
    },
  })
  const worker = pool.workers.find(one => one.login === login)
  if (worker !== undefined) worker.load += 1
}

/** Orders that nobody has yet, what is due first before the others. */
export async function unassigned(db: Kysely<RegistryTables>): Promise<string[]> {
  const rows = await db
    .selectFrom('work_order')
    .select('id')
    .where('closed_at_ms', 'is', null)
    .where('state', '=', 'open')
    .where('paused_since_ms', 'is', null)
    .orderBy('due_ms')
    .limit(BATCH)
    .execute()
  return rows.map(({ id }) => id)
}
