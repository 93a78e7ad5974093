import {
  type DataTable,
  EDITABLE_FIGURES,
  type JUDGEMENT_REASONS,
  type OVERVIEW_STATES,
  type OpeningTruth,
  type OpeningTruthDays,
  type Overview,
  type OverviewCounts,
  type OverviewStations,
  type StationUsage,
  type TableColumn,
  USAGE_DEFINITIONS,
  type UsageDoubt,
  type UsageDoubts,
  type UsageHeatMap,
  type UsageJudgements,
} from '@harbor/protocol'
import { ENERGY_FIGURES, USE_FIGURES, columnOf, figureNotes } from './tables.ts'

type Said = Readonly<{ zh: string; en: string }>

const said = (zh: string, en: string): Said => ({ zh, en })
const column = (key: string, [nameZh, nameEn]: [string, string], kind: TableColumn['kind']): TableColumn => ({
  key,
  nameZh,
  nameEn,
  kind,
})
const STATION: readonly TableColumn[] = [
  column('station', ['站点编码', 'Station code'], 'text'),
  column('name', ['站点', 'Station'], 'text'),
]
const stationCells = ({ station, nameZh, nameEn }: { station: string; nameZh: string; nameEn: string }) => [
  station,
  said(nameZh, nameEn),
]
const periodNote = ({ from, to }: { from: string; to: string }) =>
  said(`统计期 ${from} 至 ${to}（含）。`, `From ${from} to ${to}, both included.`)
/** Lists of words, in both languages. */
const listed = (words: readonly Said[]) =>
  said(words.map(({ zh }) => zh).join('；'), words.map(({ en }) => en).join('; '))

const DOUBTS: Readonly<Record<UsageDoubt, Said>> = {
  above_median: said('超过中位数三倍', 'over three times the median'),
  imbalance: said('进出不平衡', 'in and out differ'),
}
const TRUTHS: Readonly<Record<OpeningTruth, Said>> = {
  as_posted: said('按时开放', 'as posted'),
  opened_late: said('晚开', 'opened late'),
  closed_early: said('早关', 'closed early'),
  late_and_early: said('晚开且早关', 'opened late, closed early'),
  did_not_open: said('未开放', 'did not open'),
  not_observed: said('未观测', 'not observed'),
  not_posted: said('当日不开放', 'closed that day'),
}
const REASONS: Readonly<Record<(typeof JUDGEMENT_REASONS)[number], Said>> = {
  did_not_open: said('有未开放的日子', 'did not open on some days'),
  few_hours: said('开放时间短', 'short hours'),
  broken: said('设备故障', 'broken appliances'),
  small: said('容量小', 'small'),
  near_other: said('300 米内另有站点', 'another within 300 m'),
  hot_days: said('高温日多', 'many hot days'),
  unknown: said('原因不明', 'not known'),
}
const STATES: Readonly<Record<(typeof OVERVIEW_STATES)[number], Said>> = {
  offline: said('离线', 'offline'),
  closedButShouldBeOpen: said('应开未开', 'shut, should be open'),
  notConfirmed: said('开放未证实', 'opening not confirmed'),
  full: said('已满', 'full'),
  open: said('开放', 'open'),
  closed: said('按时关闭', 'closed as posted'),
  noHours: said('时间未知', 'hours not known'),
}
const WEEKDAYS = [
  said('星期一', 'Monday'),
  said('星期二', 'Tuesday'),
  said('星期三', 'Wednesday'),
  said('星期四', 'Thursday'),
  said('星期五', 'Friday'),
  said('星期六', 'Saturday'),
  said('星期日', 'Sunday'),
]

/** Visits and people inside by weekday and hour, a row each. */
export function heatMapTable(map: UsageHeatMap): DataTable {
  return {
    id: 'usage-by-hour',
    titleZh: '分时段使用',
    titleEn: 'Use by hour and weekday',
    columns: [
      column('weekday', ['星期', 'Weekday'], 'text'),
      column('hour', ['时', 'Hour'], 'count'),
      column('visits', ['到访人次', 'Visits'], 'number'),
      column('people', ['平均在场人数', 'People inside, mean'], 'number'),
    ],
    rows: WEEKDAYS.flatMap((weekday, day) =>
      Array.from({ length: 24 }, (_, hour) => [
        weekday,
        hour,
        map.visits[day]?.[hour] ?? undefined,
        map.people[day]?.[hour] ?? undefined,
      ]),
    ),
    notes: [
      periodNote(map),
      said(
        `每个有观测的该星期日的平均，所选站点合计；共 ${map.days} 天。未观测到的留空，不当作零。`,
        `A mean of each such weekday that was observed, all stations together; ${map.days} days. What was not observed is left empty; it is no zero.`,
      ),
    ],
  }
}

/** Days whose counts are odd. */
export function doubtsTable({ days }: UsageDoubts, period: { from: string; to: string }): DataTable {
  return {
    id: 'usage-doubts',
    titleZh: '存疑的日子',
    titleEn: 'Doubtful days',
    columns: [
      column('date', ['日期', 'Date'], 'date'),
      ...STATION,
      column('doubts', ['原因', 'Why'], 'text'),
      column('visits', ['到访人次', 'Visits'], 'number'),
      column('median', ['此前 28 天中位数', 'Median of the 28 days before'], 'number'),
      column('in', ['进', 'In'], 'number'),
      column('out', ['出', 'Out'], 'number'),
      column('edited', ['已手工修正', 'Set by hand'], 'text'),
    ],
    rows: days.map(day => [
      day.date,
      ...stationCells(day),
      listed(day.doubts.map(one => DOUBTS[one])),
      day.visits,
      day.medianVisits,
      day.in,
      day.out,
      day.edited ? said('是', 'yes') : undefined,
    ]),
    notes: [periodNote(period), said('最多 500 天，最近的在前。', 'At most 500 days, the newest first.')],
  }
}

/** Stations that are little used or too full. */
export function judgementsTable(judgements: UsageJudgements): DataTable {
  return {
    id: 'usage-judgements',
    titleZh: '少用与拥挤的站点',
    titleEn: 'Little used and overcrowded stations',
    columns: [
      ...STATION,
      column('judgement', ['判断', 'Finding'], 'text'),
      column('visitsPerDay', ['日均到访', 'Visits a day'], 'number'),
      column('peakPeople', ['峰值在场人数', 'Peak occupancy'], 'count'),
      column('capacity', ['座位数', 'Capacity'], 'count'),
      column('reasons', ['可能的原因', 'Likely why'], 'text'),
    ],
    rows: judgements.stations.map(row => [
      ...stationCells(row),
      row.judgement === 'under_used' ? said('少用', 'little used') : said('拥挤', 'overcrowded'),
      row.visitsPerDay,
      row.peakPeople,
      row.capacity,
      listed(row.reasons.map(reason => REASONS[reason])),
    ]),
    notes: [
      periodNote(judgements),
      said(
        `${judgements.ruleZh}共判断 ${judgements.judged} 个站点。`,
        `${judgements.ruleEn} ${judgements.judged} judged.`,
      ),
    ],
  }
}

/** Minutes since midnight as 08:05. */
function clock(minute: number | undefined): string | undefined {
  if (minute === undefined) return undefined
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

/** Single days, as they were posted and as they were kept. */
export function openingDaysTable({ days }: OpeningTruthDays, period: { from: string; to: string }): DataTable {
  return {
    id: 'opening-days',
    titleZh: '逐日开放实况',
    titleEn: 'Opening day by day',
    columns: [
      column('date', ['日期', 'Date'], 'date'),
      ...STATION,
      column('state', ['实况', 'How it was kept'], 'text'),
      column('postedFrom', ['公示开门', 'Posted from'], 'text'),
      column('postedTo', ['公示关门', 'Posted to'], 'text'),
      column('firstSign', ['首次迹象', 'First sign'], 'text'),
      column('lastSign', ['末次迹象', 'Last sign'], 'text'),
    ],
    rows: days.map(day => [
      day.date,
      ...stationCells(day),
      TRUTHS[day.state],
      clock(day.postedFrom),
      clock(day.postedTo),
      clock(day.firstSign),
      clock(day.lastSign),
    ]),
    notes: [periodNote(period), said('最多 500 天，最近的在前。', 'At most 500 days, the newest first.')],
  }
}

/** A station's figures of use and energy day by day, with what was measured where a figure was set by hand. */
export function stationUsageTable(usage: StationUsage): DataTable {
  const figures = [...new Set([...USE_FIGURES, ...ENERGY_FIGURES])]
  const measured = EDITABLE_FIGURES.map((figure): TableColumn => {
    const { nameZh, nameEn } = USAGE_DEFINITIONS[figure]
    return column(`${figure}Measured`, [`${nameZh}（修正前）`, `${nameEn} (as measured)`], 'number')
  })
  return {
    id: `usage-of-${usage.station.toLowerCase()}`,
    titleZh: `${usage.nameZh} 逐日使用情况`,
    titleEn: `${usage.nameEn}, use day by day`,
    columns: [
      column('date', ['日期', 'Date'], 'date'),
      ...STATION,
      ...figures.map(columnOf),
      column('opening', ['开放实况', 'Opening'], 'text'),
      column('doubts', ['存疑', 'Doubts'], 'text'),
      ...measured,
    ],
    rows: usage.days.map(day => [
      day.date,
      ...stationCells(usage),
      ...figures.map(figure => day.figures[figure]?.value),
      TRUTHS[day.opening],
      day.doubts.length === 0 ? undefined : listed(day.doubts.map(one => DOUBTS[one])),
      ...EDITABLE_FIGURES.map(figure => day.measured[figure]),
    ]),
    total: [
      undefined,
      usage.station,
      said('合计', 'Total'),
      ...figures.map(figure => usage.total[figure]?.value),
      undefined,
      undefined,
      ...EDITABLE_FIGURES.map(() => undefined),
    ],
    notes: [periodNote(usage), ...figureNotes(figures)],
  }
}

const COUNTS: readonly [keyof OverviewCounts, string, string][] = [
  ['stations', '站点数', 'Stations'],
  ['open', '开放', 'Open'],
  ['full', '已满', 'Full'],
  ['closed', '按时关闭', 'Closed as posted'],
  ['closedButShouldBeOpen', '应开未开', 'Shut, should be open'],
  ['notConfirmed', '开放未证实', 'Opening not confirmed'],
  ['noHours', '时间未知', 'Hours not known'],
  ['offline', '离线', 'Offline'],
  ['peopleNow', '在场人数', 'People inside'],
  ['countedStations', '有实时计数的站点', 'Stations that count live'],
  ['appliances', '设备', 'Appliances'],
  ['appliancesWorking', '完好设备', 'Appliances working'],
  ['appliancesFaulty', '故障设备', 'Appliances faulty'],
  ['appliancesUnknown', '状态未知设备', 'Appliances not known'],
  ['heatDanger', '室内高温危险', 'Dangerous heat inside'],
]
const nowNote = (at: string) => {
  const instant = `${at.slice(0, 16).replace('T', ' ')} UTC`
  return said(`截至 ${instant}。`, `As of ${instant}.`)
}

/** The regions below, as they are now. */
export function overviewTable({ at, counts, parts }: Pick<Overview, 'at' | 'counts' | 'parts'>): DataTable {
  return {
    id: 'overview',
    titleZh: '一屏总览',
    titleEn: 'Overview',
    columns: [
      column('region', ['区域编码', 'Region code'], 'text'),
      column('name', ['区域', 'Region'], 'text'),
      ...COUNTS.map(([key, zh, en]) => column(key, [zh, en], 'count')),
    ],
    rows: parts.map(part => [part.region, said(part.nameZh, part.nameEn), ...COUNTS.map(([key]) => part[key])]),
    total: [undefined, said('合计', 'Total'), ...COUNTS.map(([key]) => counts[key])],
    notes: [nowNote(at)],
  }
}

/** Every station as it is now. */
export function overviewStationsTable({ at, stations }: OverviewStations): DataTable {
  return {
    id: 'overview-stations',
    titleZh: '站点此刻',
    titleEn: 'Stations now',
    columns: [
      ...STATION,
      column('district', ['区县', 'District'], 'text'),
      column('state', ['状态', 'State'], 'text'),
      column('people', ['在场人数', 'People inside'], 'count'),
      column('capacity', ['座位数', 'Capacity'], 'count'),
      column('faulty', ['故障设备', 'Faulty appliances'], 'count'),
      column('heatDanger', ['室内高温危险', 'Dangerous heat inside'], 'text'),
      column('latDeg', ['纬度', 'Latitude'], 'text'),
      column('lngDeg', ['经度', 'Longitude'], 'text'),
    ],
    rows: stations.map(row => [
      ...stationCells({ ...row, station: row.id }),
      row.district,
      STATES[row.state],
      row.people,
      row.capacity,
      row.faulty,
      row.heatDanger ? said('是', 'yes') : undefined,
      row.latDeg,
      row.lngDeg,
    ]),
    notes: [nowNote(at), said('经纬度为 WGS-84。', 'Latitude and longitude are WGS-84.')],
  }
}
