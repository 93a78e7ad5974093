import type { ApplianceKind, FigureGroup, FigureReport, FigureRow, Figures, Person } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { governs } from '../people/scope.ts'
import type { Place } from './facts.ts'
import { loadFacts } from './load-facts.ts'
import { bucketsOf, startOfDayMs } from './periods.ts'
import { reckonFigures } from './reckon.ts'

/** Rows that one answer has at most. */
const MAX_ROWS = 2_000

/** What figures are asked for. */
export interface FigureQuery {
  fromMs: number
  toMs: number
  by: FigureGroup
  district?: string | undefined
  kind?: ApplianceKind | undefined
  station?: string | undefined
}

export interface FiguresDeps {
  db: RegistryDb
  directory: Pick<Directory, 'stations'>
  timeZone: string
  nowMs: () => number
}

/** A period's figures within the person's districts. @throws ApiProblem `invalid_request`, `not_found` for another's district. */
export async function figureReport(deps: FiguresDeps, person: Person, query: FigureQuery): Promise<FigureReport> {
  const { db, directory, timeZone } = deps
  const { fromMs, toMs, by, district, kind, station } = query
  const nowMs = deps.nowMs()
  if (fromMs >= toMs) throw new ApiProblem('invalid_request', 'query: from: expected an instant before `to`')
  if (district !== undefined && !governs(person, district))
    throw new ApiProblem('not_found', `district ${district} is not among yours`)
  const whole = { key: '', fromMs, toMs }
  const isByTime = by === 'day' || by === 'week' || by === 'month'
  const buckets = isByTime ? bucketsOf(by, { fromMs, toMs, timeZone }) : [whole]
  const facts = await loadFacts(db, person, {
    fromMs,
    district,
    kind,
    station,
    startOfDayMs: date => startOfDayMs(date, timeZone),
  })
  const total = reckonFigures(facts, { buckets: [whole], nowMs, keyOf: () => '' }).get('')
  const keyOf = KEYS[by]
  const rows =
    by === 'none'
      ? new Map<string, Figures>()
      : reckonFigures(facts, { buckets: isByTime ? buckets : [whole], nowMs, keyOf })
  const named = [...rows].map(([key, figures]): FigureRow => ({ key, ...namesOf(by, key, directory), figures }))
  if (!isByTime) named.sort((a, b) => b.figures.faults - a.figures.faults || (a.key < b.key ? -1 : 1))
  return {
    at: new Date(nowMs).toISOString(),
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    by,
    ...(district !== undefined && { district }),
    ...(kind !== undefined && { kind }),
    ...(station !== undefined && { station }),
    total: total ?? { faults: 0, ordersMade: 0, ordersVerified: 0, costFen: 0 },
    rows: named.slice(0, MAX_ROWS),
  }
}

/** Undefined: by the parts of the period. */
const KEYS: Readonly<Record<FigureGroup, ((place: Place) => string) | undefined>> = {
  none: undefined,
  kind: ({ kind }) => kind ?? '',
  model: ({ model }) => model ?? '',
  station: ({ station }) => station,
  district: ({ district }) => district,
  day: undefined,
  week: undefined,
  month: undefined,
}

const KIND_NAMES: Readonly<Record<ApplianceKind, { nameZh: string; nameEn: string }>> = {
  fridge: { nameZh: '冰箱', nameEn: 'Fridge' },
  air_conditioner: { nameZh: '空调', nameEn: 'Air conditioner' },
  microwave: { nameZh: '微波炉', nameEn: 'Microwave' },
  water_dispenser: { nameZh: '饮水机', nameEn: 'Water dispenser' },
}

function namesOf(by: FigureGroup, key: string, { stations }: Pick<Directory, 'stations'>) {
  if (key === '')
    return by === 'model'
      ? { nameZh: '型号不详', nameEn: 'Model not known' }
      : { nameZh: '站点本身', nameEn: 'The station itself' }
  if (by === 'kind') return KIND_NAMES[key as ApplianceKind]
  if (by === 'station') {
    const record = stations.get(key)?.record
    return { nameZh: record?.nameZh ?? key, nameEn: record?.nameEn ?? key }
  }
  if (by === 'district') {
    const entry = [...stations.values()].find(({ record }) => record.district === key)
    return { nameZh: entry?.districtNameZh ?? key, nameEn: entry?.districtNameEn ?? key }
  }
  return { nameZh: key, nameEn: key }
}
