import {
  type EnergyReport,
  OVERVIEW_STATES,
  type OpeningTruthReport,
  type OpeningTruthRow,
  type Overview,
  type OverviewStation,
  type Regions,
  type StationUsage,
  USAGE_FIGURES,
  type UsageEdit,
  type UsageFigures,
  type UsageReport,
  type UsageRow,
  usageEditAskedSchema,
} from '@harbor/protocol'
import { PERSON, STATION } from './fixture-data.ts'

const iso = (atMs: number) => new Date(atMs).toISOString()
const STREET = { nameZh: '大坪街道', nameEn: 'Daping' }
const DISTRICT = { nameZh: '渝中区', nameEn: 'Yuzhong' }

/** A city of one district of two streets. */
export const REGIONS: Regions = {
  isWholeCity: true,
  stations: 7,
  districts: [
    {
      district: '500103',
      ...DISTRICT,
      stations: 7,
      isWhole: true,
      streets: [
        { street: '500103012', ...STREET, stations: 5 },
        { street: '500103001', nameZh: '七星岗街道', nameEn: 'Qixinggang', stations: 2 },
      ],
    },
  ],
}

/** The fixture's counts: they add up. */
const COUNTS = {
  stations: 7,
  open: 3,
  full: 1,
  closed: 1,
  closedButShouldBeOpen: 1,
  notConfirmed: 0,
  noHours: 0,
  offline: 1,
  peopleNow: 23,
  countedStations: 5,
  appliances: 28,
  appliancesWorking: 24,
  appliancesFaulty: 2,
  appliancesUnknown: 2,
  heatDanger: 1,
}

/** The one screen of a region of the fixture's city (empty: of all of it), with other counts than usual. */
export function overview(nowMs: number, region = '', changes: Partial<Overview['counts']> = {}): Overview {
  const parts =
    region === ''
      ? [{ region: '500103', ...DISTRICT }]
      : region.length === 6
        ? (REGIONS.districts[0]?.streets ?? []).map(({ street, nameZh, nameEn }) => ({
            region: street,
            nameZh,
            nameEn,
          }))
        : []
  return {
    at: iso(nowMs),
    ...(region === '' ? {} : { region }),
    counts: { ...COUNTS, ...changes },
    parts: parts.map((part, index) => ({ ...COUNTS, ...part, offline: index === 0 ? 1 : 0 })),
    visitsToday: { at: iso(nowMs - 120_000), value: 187, usual: 160 },
    energyToday: { at: iso(nowMs - 120_000), kWh: 64.2, usualKWh: 70 },
    faults: { at: iso(nowMs), underHour: 1, underDay: 2, underWeek: 0, older: 1 },
    orders: { at: iso(nowMs), open: 6, overdue: 2 },
  }
}

/** So many stations around the fixture's own, which is the first of them. */
export function overviewStations(count: number): OverviewStation[] {
  return Array.from({ length: count }, (_, index) => ({
    id: index === 0 ? STATION : `cq-500103-${String(index + 1).padStart(4, '0')}`,
    nameZh: index === 0 ? '煤建新村港湾' : `港湾 ${index + 1}`,
    nameEn: index === 0 ? 'Meijian Xincun Harbor' : `Harbor ${index + 1}`,
    district: '500103',
    latDeg: 29.54 + Math.sin(index * 12.9898) * 0.2,
    lngDeg: 106.51 + Math.sin(index * 78.233) * 0.3,
    state: OVERVIEW_STATES[index % OVERVIEW_STATES.length] ?? 'open',
    people: index % 9,
    capacity: 12,
    faulty: index % 5 === 0 ? 1 : 0,
    heatDanger: index === 3,
  }))
}

const FIGURES: UsageFigures = Object.fromEntries(
  USAGE_FIGURES.filter(figure => figure !== 'fridgeOpenings').map((figure, index) => {
    const value = 100 * (index + 1)
    return [figure, { value, low: value * 0.85, high: value * 1.15, coverage: 0.93 }]
  }),
)

function usageRow(key: string, names: { nameZh: string; nameEn: string }): UsageRow {
  return {
    key,
    ...names,
    stations: 7,
    figures: FIGURES,
    before: { visits: 80, energyKWh: 900 },
    doubtfulDays: 1,
    editedDays: 0,
  }
}

function usageReport(asked: URLSearchParams): UsageReport {
  const by = (asked.get('by') ?? 'district') as UsageReport['by']
  const from = asked.get('from') ?? '2026-09-01'
  const to = asked.get('to') ?? '2026-09-30'
  const days = Array.from({ length: 7 }, (_, index) => iso(Date.parse(from) + index * 86_400_000).slice(0, 10))
  const rows =
    by === 'day'
      ? days.map(day => ({
          ...usageRow(day, { nameZh: day, nameEn: day }),
          weather: { maxTemperatureC: 38.5, source: 'fixture' },
        }))
      : [usageRow(by === 'street' ? '500103012' : by === 'station' ? STATION : '500103', DISTRICT)]
  const at = iso(Date.now())
  return {
    at,
    countedAt: at,
    from,
    to,
    by,
    compare: { from, to },
    total: usageRow('', DISTRICT),
    rows,
    of: rows.length,
  }
}

function truthRow(key: string, names: { nameZh: string; nameEn: string }): OpeningTruthRow {
  return {
    key,
    ...names,
    stations: 7,
    postedDays: 210,
    observedDays: 180,
    asPosted: 160,
    didNotOpen: 6,
    openedLate: 10,
    closedEarly: 4,
    postedHours: 2_700,
    openHours: 2_500,
    neverOpened: key === STATION ? 1 : 0,
  }
}

/** What the fixture was asked to set by hand, newest first. */
const edits: UsageEdit[] = []

/** Answers what is asked of regions, the one screen, use, energy and opening; undefined: it is about something else. */
export function answerManagement({
  method,
  path,
  url,
  text,
  counts,
  stations,
}: {
  method: string
  path: string
  url: URL
  text: string
  counts: ReadonlyMap<string, Partial<Overview['counts']>>
  stations: readonly OverviewStation[]
}): unknown {
  const asked = url.searchParams
  const at = iso(Date.now())
  const names = { nameZh: '煤建新村港湾', nameEn: 'Meijian Xincun Harbor' }
  const region = asked.get('region') ?? ''
  const from = asked.get('from') ?? ''
  const to = asked.get('to') ?? ''
  if (method === 'POST') {
    const { value, ...wanted } = usageEditAskedSchema.parse(JSON.parse(text))
    const edit: UsageEdit = {
      ...wanted,
      ...names,
      ...(value === undefined ? {} : { value }),
      id: `e${edits.length}`,
      measured: 100,
      by: PERSON.name,
      at,
    }
    edits.unshift(edit)
    return edit
  }
  switch (path) {
    case 'regions':
      return REGIONS
    case 'overview':
      return overview(Date.now(), region, counts.get(region))
    case 'overview/stations':
      return { at, stations }
    case 'usage':
      return usageReport(asked)
    case 'usage/heat-map': {
      const week = Array.from({ length: 7 }, (_, day) =>
        Array.from({ length: 24 }, (__, hour) => (hour < 6 ? null : (hour - 6) * (day + 1))),
      )
      return { at, from, to, visits: week, people: week, days: 28 }
    }
    case 'usage/judgements':
      return {
        at,
        from,
        to,
        judged: 7,
        ruleZh: '少于中位数的三分之一为偏少。',
        ruleEn: 'Little is less than a third of the median.',
        stations: [
          {
            station: STATION,
            ...names,
            judgement: 'overcrowded',
            visitsPerDay: 90,
            peakPeople: 14,
            capacity: 12,
            reasons: ['small'],
          },
        ],
      }
    case 'usage/doubts':
      return {
        days: [
          {
            station: STATION,
            ...names,
            date: to,
            doubts: ['above_median'],
            visits: 412,
            medianVisits: 90,
            edited: false,
          },
        ],
      }
    case 'usage/edits':
      return { edits }
    case `usage/stations/${STATION}`: {
      const usage: StationUsage = {
        at,
        station: STATION,
        ...names,
        from,
        to,
        capacity: 12,
        method: 'rises',
        total: FIGURES,
        days: [{ date: to, figures: FIGURES, doubts: ['above_median'], measured: {}, opening: 'opened_late' }],
        edits,
      }
      return usage
    }
    case 'energy': {
      const energy: EnergyReport = {
        report: usageReport(asked),
        today: { at, kWh: 64.2, usualKWh: 70, hour: 14 },
        saving: {
          commands: 0,
          methodZh: '与前四周同一小时相比。',
          methodEn: 'Against the same hours of four weeks before.',
        },
      }
      return energy
    }
    case 'energy/tariffs':
      return {
        tariffs: [
          {
            district: '500103',
            from: '2026-01-01',
            fenPerKWh: Array.from({ length: 24 }, (_, hour) => (hour < 8 ? 35 : 78)),
            co2KgPerKWh: 0.53,
            source: 'fixture',
            isDefault: true,
          },
        ],
      }
    case 'opening-truth': {
      const by = (asked.get('by') ?? 'district') as OpeningTruthReport['by']
      const rows = [by === 'station' ? truthRow(STATION, names) : truthRow('500103', DISTRICT)]
      const never = [{ station: STATION, ...names }]
      return { at, from, to, by, total: truthRow('', DISTRICT), rows, of: 1, never }
    }
    case 'opening-truth/days':
      return {
        days: [{ station: STATION, ...names, date: to, state: 'did_not_open', postedFrom: 480, postedTo: 1_200 }],
      }
    default:
      return undefined
  }
}
