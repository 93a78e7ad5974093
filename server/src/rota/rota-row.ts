import { type Person, SHIFT_ACTS, type RotaMember, type Shift } from '@harbor/protocol'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { KeeperTables } from '../registry/keeper-tables.ts'
import { type ShiftRecord, afterAct, servedHours, stateOf } from './shift-machine.ts'

/** Who decides on a station's rota. */
export const ROTA_ROLES = ['manager', 'administrator'] as const

/** Whoever signs in, as a person of the rota. */
export function personOf(login: string): string {
  return `login:${login}`
}

/** Whether a person manages rotas; whose stations they may see is another question. */
export function managesRotas({ role }: Person): boolean {
  return ROTA_ROLES.some(one => one === role)
}

/** Shifts with the names that people read. */
export function selectShifts(db: RegistryDb) {
  return db
    .selectFrom('shift')
    .innerJoin('station', 'station.id', 'shift.station')
    .selectAll('shift')
    .select(['station.name_zh', 'station.name_en'])
}

export type ShiftRow = Awaited<ReturnType<ReturnType<typeof selectShifts>['execute']>>[number]

export function recordOf(row: KeeperTables['shift']): ShiftRecord {
  return {
    fromMs: Number(row.from_ms),
    toMs: Number(row.to_ms),
    person: row.person ?? undefined,
    isOffered: row.is_offered === 1,
    takenBy: row.taken_by ?? undefined,
    checkedInMs: row.checked_in_ms ?? undefined,
    shownBy: row.shown_by ?? undefined,
    checkedOutMs: row.checked_out_ms ?? undefined,
    isCancelled: row.cancelled_at_ms !== null,
  }
}

/** Everybody who serves anywhere among some persons, by person. */
export async function membersOf(db: RegistryDb, persons: Iterable<string>): Promise<Map<string, RotaMember>> {
  const all = [...new Set(persons)]
  const ids = (kind: string) => all.flatMap(one => (one.startsWith(kind) ? [one.slice(kind.length)] : [])).concat('')
  const [people, volunteers] = await Promise.all([
    db.selectFrom('person').select(['login', 'name']).where('login', 'in', ids('login:')).execute(),
    db.selectFrom('volunteer').select(['id', 'name', 'contact']).where('id', 'in', ids('volunteer:')).execute(),
  ])
  const members: RotaMember[] = [
    ...people.map(({ login, name }) => ({ person: personOf(login), kind: 'keeper' as const, name })),
    ...volunteers.map(({ id, name, contact }) => ({
      person: `volunteer:${id}`,
      kind: 'volunteer' as const,
      name,
      ...(contact !== null && { contact }),
    })),
  ]
  return new Map(members.map(member => [member.person, member]))
}

export interface Looking {
  /** Whoever asks, as a person of the rota. */
  me: string
  isManager: boolean
  /** Whether whoever asks serves at the station. */
  isMember: boolean
  atMs: number
}

/** What somebody may do to a shift now. */
export function mayDo(record: ShiftRecord, looking: Looking): Shift['mayDo'] {
  const { me, isManager, isMember, atMs } = looking
  return SHIFT_ACTS.filter(act => {
    if ((act === 'sign_up' || act === 'take') && !isMember) return false
    // Of a volunteer, whoever serves at the station may say that they came and left.
    const isForOther = isMember && isPresence(act) && record.person?.startsWith('volunteer:') === true
    const acting = { act, person: me, actor: me, isManager: isManager || isForOther, atMs, isAtDoor: false }
    return afterAct(record, acting).ok
  })
}

export function isPresence(act: Shift['mayDo'][number]): boolean {
  return act === 'check_in' || act === 'check_out'
}

/** A shift as the API shows it. */
export function toShift(row: ShiftRow, names: ReadonlyMap<string, RotaMember>, looking: Looking): Shift {
  const record = recordOf(row)
  const hours = servedHours(record)
  const nameOf = (person: string) => names.get(person)?.name
  const name = record.person === undefined ? undefined : nameOf(record.person)
  const takerName = record.takenBy === undefined ? undefined : nameOf(record.takenBy)
  return {
    id: row.id,
    station: row.station,
    stationNameZh: row.name_zh,
    stationNameEn: row.name_en,
    district: row.district,
    from: instant(record.fromMs),
    to: instant(record.toMs),
    state: stateOf(record, looking.atMs),
    ...(record.person !== undefined && { person: record.person }),
    ...(name !== undefined && { name }),
    ...(row.pattern !== null && { pattern: row.pattern }),
    ...(record.isOffered && {
      swap: {
        ...(record.takenBy !== undefined && { by: record.takenBy }),
        ...(takerName !== undefined && { name: takerName }),
      },
    }),
    ...(record.checkedInMs !== undefined && { checkedInAt: instant(record.checkedInMs) }),
    ...(record.shownBy !== undefined && { shownBy: record.shownBy }),
    ...(record.checkedOutMs !== undefined && { checkedOutAt: instant(record.checkedOutMs) }),
    ...(hours !== undefined && { hours }),
    mayDo: mayDo(record, looking),
  }
}

export function instant(ms: number): string {
  return new Date(Number(ms)).toISOString()
}
