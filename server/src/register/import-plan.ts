import type { CoordinateSystem, RegisterColumn, RegisterProblem, RegisterReason } from '@harbor/protocol'
import { doubtOf, wgs84Of } from './position.ts'
import type { StationDraft } from './import-rows.ts'
import { type StationRow, type WantedStation, wantedOf } from './register-row.ts'
import { differences } from './register-writes.ts'
import { freeIds } from './station-code.ts'

/** What the register has, as an import has to know it. */
export interface KnownRegister {
  byId: ReadonlyMap<string, StationRow>
  districts: ReadonlySet<string>
  streets: ReadonlySet<string>
  /** Whether the person may change what is in a region. */
  governs: (region: string) => boolean
  isReadable: (hours: string) => boolean
}

/** One station that the import makes or changes. */
export interface ImportStep {
  id: string
  district: string
  /** Undefined: it is new. */
  row: StationRow | undefined
  wanted: WantedStation
}

export interface ImportPlan {
  steps: ImportStep[]
  unchanged: number
  problems: RegisterProblem[]
  warnings: RegisterProblem[]
}

interface PlanOptions {
  /** What the request says of every row. */
  system: CoordinateSystem | undefined
  nameOf: (column: RegisterColumn) => string
}

/**
 * What is to be done, row by row, and what is wrong against the register and between rows. Nothing is done here.
 *
 * @param drafts rows without a wrong cell
 */
export function planStations(drafts: readonly StationDraft[], known: KnownRegister, options: PlanOptions): ImportPlan {
  const plan: ImportPlan = { steps: [], unchanged: 0, problems: [], warnings: [] }
  const codes = new Map<string, Generator<string>>()
  const idsIn = Map.groupBy(known.byId.values(), ({ district }) => district)
  const newId = (district: string) => {
    const free =
      codes.get(district) ??
      freeIds(
        district,
        (idsIn.get(district) ?? []).map(({ id }) => id),
      )
    codes.set(district, free)
    return free.next().value as string
  }
  const done = new Set<string>()
  for (const draft of drafts) planRow(draft, { plan, known, options, newId, done })
  return plan
}

interface Planning {
  plan: ImportPlan
  known: KnownRegister
  options: PlanOptions
  newId: (district: string) => string
  done: Set<string>
}

function planRow(draft: StationDraft, { plan, known, options, newId, done }: Planning): void {
  const problem = (column: RegisterColumn, reason: RegisterReason, given?: string): RegisterProblem => ({
    row: draft.row,
    column: options.nameOf(column),
    reason,
    ...(given !== undefined && { given }),
  })
  const found: RegisterProblem[] = []
  const wrong = (...about: Parameters<typeof problem>) => void found.push(problem(...about))
  const row = draft.id == null ? undefined : known.byId.get(draft.id)
  const district = row?.district ?? draft.district ?? undefined
  const before = row && wantedOf(row)
  if (draft.id != null && row === undefined) wrong('id', 'unknown_station', draft.id)
  if (draft.id != null && done.has(draft.id)) wrong('id', 'repeated_id', draft.id)
  if (draft.id != null) done.add(draft.id)
  if (row !== undefined && draft.district != null && draft.district !== row.district)
    wrong('district', 'other_district', draft.district)
  if (district === undefined) wrong('district', 'required')
  else if (!known.districts.has(district)) wrong('district', 'unknown_district', district)
  const merged = { ...before, ...draft.facts }
  const { nameZh, nameEn, street, hours } = merged
  if (nameZh == null) wrong('nameZh', 'required')
  if (nameEn == null) wrong('nameEn', 'required')
  if (street != null && (!known.streets.has(street) || !street.startsWith(district ?? '-')))
    wrong('street', 'unknown_street', street)
  if (hours != null && hours !== before?.hours && !known.isReadable(hours))
    wrong('hours', 'bad_hours', hours.slice(0, 60))
  // A state has a reason and a day: it is changed by hand, station by station.
  if (draft.state != null && draft.state !== (row?.state ?? 'planned')) wrong('state', 'state_by_hand', draft.state)
  if (district !== undefined && ![row?.street ?? row?.district ?? district, street ?? district].every(known.governs))
    wrong(row === undefined ? 'district' : 'id', 'not_yours')

  const system = draft.system ?? options.system
  if (draft.system != null && options.system !== undefined && draft.system !== options.system)
    wrong('system', 'system_differs', draft.system)
  if (draft.position === undefined && before === undefined) wrong('lngDeg', 'required')
  if (draft.position !== undefined && system === undefined) wrong('system', 'system_missing')
  plan.problems.push(...found)
  if (found.length > 0 || district === undefined) return

  const given = draft.position && system && { ...draft.position, system }
  const doubt = given && before && doubtOf(given, before, district)
  if (doubt !== undefined)
    plan.warnings.push(
      problem('lngDeg', 'doubtful_position', `${doubt.metres} m${doubt.likely ? `, ${doubt.likely}?` : ''}`),
    )
  const id = row?.id ?? newId(district)
  const place = given === undefined ? before : wgs84Of(given, district)
  const wanted = wantedFrom(merged, place, before)
  if (before !== undefined && differences(before, wanted).length === 0) plan.unchanged += 1
  else plan.steps.push({ id, district, row, wanted })
}

/** Written with six decimals, a position that comes back is the same to a hand's breadth: then nothing moved. */
const SAME_DEG = 1e-6

function wantedFrom(
  merged: Readonly<Record<string, unknown>>,
  place: { latDeg: number; lngDeg: number } | undefined,
  before: WantedStation | undefined,
): WantedStation {
  const { latDeg = 0, lngDeg = 0 } = place ?? {}
  const isSame =
    before !== undefined && Math.abs(before.latDeg - latDeg) < SAME_DEG && Math.abs(before.lngDeg - lngDeg) < SAME_DEG
  const facts = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null))
  return {
    facilities: [],
    ...(facts as Omit<WantedStation, 'facilities'>),
    ...(isSame ? { latDeg: before.latDeg, lngDeg: before.lngDeg } : { latDeg, lngDeg }),
  }
}
