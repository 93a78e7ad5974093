import {
  type DataTable,
  type EnergyReport,
  type OpeningTruthReport,
  type TableColumn,
  USAGE_DEFINITIONS,
  type UsageFigure,
  type UsageReport,
  type UsageRow,
  type UsageUnit,
} from '@harbor/protocol'

const KIND_OF: Readonly<Record<UsageUnit, TableColumn['kind']>> = {
  count: 'number',
  hours: 'number',
  kWh: 'number',
  fen: 'fen',
  kg: 'number',
  share: 'share',
}

/** Figures of use, and of energy, in the order of their tables. */
export const USE_FIGURES = [
  'visits',
  'peopleHours',
  'peakPeople',
  'checkIns',
  'postedHours',
  'openHours',
  'microwaveStarts',
  'waterKWh',
  'fridgeOpenings',
] as const satisfies readonly UsageFigure[]
export const ENERGY_FIGURES = [
  'energyKWh',
  'costFen',
  'co2Kg',
  'fridgeKWh',
  'coolingKWh',
  'microwaveKWh',
  'waterKWh',
  'otherKWh',
  'wasteCoolingKWh',
  'wasteHeatingKWh',
] as const satisfies readonly UsageFigure[]

/** A figure's column, with its unit. */
export function columnOf(figure: UsageFigure): TableColumn {
  const { nameZh, nameEn, unit } = USAGE_DEFINITIONS[figure]
  return {
    key: figure,
    nameZh,
    nameEn,
    kind: KIND_OF[unit],
    ...((unit === 'kWh' || unit === 'kg') && { unit }),
    ...(unit === 'hours' && { unit: 'h' }),
  }
}

const NAME: readonly TableColumn[] = [
  { key: 'key', nameZh: '编码', nameEn: 'Code', kind: 'text' },
  { key: 'nameZh', nameZh: '名称', nameEn: 'Name (Chinese)', kind: 'text' },
  { key: 'nameEn', nameZh: '英文名称', nameEn: 'Name', kind: 'text' },
]

/** What figures mean and how sure they are, a line each. */
export function figureNotes(figures: readonly UsageFigure[]): DataTable['notes'] {
  return [
    ...figures.map(figure => {
      const { nameZh, nameEn, textZh, textEn, bandZh, bandEn } = USAGE_DEFINITIONS[figure]
      return { zh: `${nameZh}：${textZh}误差：${bandZh}`, en: `${nameEn}: ${textEn} Error: ${bandEn}` }
    }),
    { zh: '未观测到的留空，不当作零。', en: 'What was not observed is left empty; it is no zero.' },
  ]
}

function figureTable(
  report: UsageReport,
  figures: readonly UsageFigure[],
  about: Pick<DataTable, 'id' | 'titleZh' | 'titleEn'>,
): DataTable {
  const cells = (row: UsageRow) => [
    row.key,
    row.nameZh,
    row.nameEn,
    row.stations,
    ...figures.map(figure => row.figures[figure]?.value),
    row.figures[figures[0] ?? 'visits']?.coverage,
    row.doubtfulDays,
    row.editedDays,
  ]
  return {
    ...about,
    columns: [
      ...NAME,
      { key: 'stations', nameZh: '站点数', nameEn: 'Stations', kind: 'count' },
      ...figures.map(columnOf),
      { key: 'coverage', nameZh: '观测覆盖率', nameEn: 'Share observed', kind: 'share' },
      { key: 'doubtfulDays', nameZh: '存疑站日', nameEn: 'Doubtful station-days', kind: 'count' },
      { key: 'editedDays', nameZh: '手工修正站日', nameEn: 'Station-days set by hand', kind: 'count' },
    ],
    rows: report.rows.map(cells),
    total: cells(report.total),
    notes: [
      {
        zh: `统计期 ${report.from} 至 ${report.to}（含）。`,
        en: `From ${report.from} to ${report.to}, both included.`,
      },
      ...figureNotes(figures),
    ],
  }
}

/** Use by whatever the report is split by. */
export function usageTable(report: UsageReport): DataTable {
  return figureTable(report, USE_FIGURES, {
    id: `usage-by-${report.by.replace('_', '-')}`,
    titleZh: '使用情况',
    titleEn: 'Use',
  })
}

/** Energy, its cost and what of it was waste. */
export function energyTable({ report, saving }: EnergyReport): DataTable {
  const table = figureTable(report, ENERGY_FIGURES, {
    id: `energy-by-${report.by.replace('_', '-')}`,
    titleZh: '用电',
    titleEn: 'Energy',
  })
  return { ...table, notes: [...table.notes, { zh: saving.methodZh, en: saving.methodEn }] }
}

/** Posted hours against observed opening. */
export function openingTruthTable(report: OpeningTruthReport): DataTable {
  const columns: readonly [keyof OpeningTruthReport['total'], string, string, TableColumn['kind']][] = [
    ['stations', '站点数', 'Stations', 'count'],
    ['postedDays', '应开放站日', 'Station-days posted', 'count'],
    ['observedDays', '有观测站日', 'Station-days observed', 'count'],
    ['asPosted', '按时开放', 'As posted', 'count'],
    ['didNotOpen', '未开放', 'Did not open', 'count'],
    ['openedLate', '迟开（>15 分钟）', 'Opened late (> 15 min)', 'count'],
    ['closedEarly', '早关', 'Closed early', 'count'],
    ['postedHours', '观测日公示时长', 'Posted hours of observed days', 'number'],
    ['openHours', '实测开放时长', 'Observed open hours', 'number'],
    ['neverOpened', '近 14 天一次未开的站点', 'Stations never open in 14 days', 'count'],
  ]
  const cells = (row: OpeningTruthReport['total']) => [
    row.key,
    row.nameZh,
    row.nameEn,
    ...columns.map(([key]) => row[key]),
  ]
  return {
    id: `opening-by-${report.by}`,
    titleZh: '开放实况',
    titleEn: 'Truth of opening',
    columns: [...NAME, ...columns.map(([key, nameZh, nameEn, kind]) => ({ key, nameZh, nameEn, kind }))],
    rows: report.rows.map(cells),
    total: cells(report.total),
    notes: [
      {
        zh: `统计期 ${report.from} 至 ${report.to}（含）。`,
        en: `From ${report.from} to ${report.to}, both included.`,
      },
      {
        zh: '没有传感器或当日未收到数据的站日为“未观测”，绝不算作未开放。迟开只由门磁判定；会自动关上的门须连续四小时无人才算早关。',
        en: 'Station-days without sensors, or not heard, are not observed, and never count as not opened. Only a door contact tells of a late opening; where a door falls shut by itself, a closing is early only after four quiet hours.',
      },
    ],
  }
}
