import type { DataTable, RotaGap, RotaWeek, ServedHours } from '@harbor/protocol'

/**
 * Served hours as a table, with the fields that a certificate of volunteer service is written from: whose, what, when, how long, and who
 * issues it (Measures for recording and certifying volunteer service, Ministry of Civil Affairs, in force 1 February 2021).
 */
export function servedHoursTable(
  lines: readonly ServedHours[],
  { from, to, issuer }: { from: string; to: string; issuer: string },
): DataTable {
  const sum = lines.reduce((hours, line) => hours + line.hours, 0)
  return {
    id: 'volunteer-hours',
    titleZh: '值守服务时长',
    titleEn: 'Hours served at stations',
    columns: [
      { key: 'name', nameZh: '姓名', nameEn: 'Name', kind: 'text' },
      { key: 'kind', nameZh: '身份', nameEn: 'Served as', kind: 'text' },
      { key: 'service', nameZh: '服务内容', nameEn: 'Service', kind: 'text' },
      { key: 'station', nameZh: '服务站点', nameEn: 'Station', kind: 'text' },
      { key: 'from', nameZh: '开始', nameEn: 'From', kind: 'instant' },
      { key: 'to', nameZh: '结束', nameEn: 'To', kind: 'instant' },
      { key: 'hours', nameZh: '时长', nameEn: 'Time', kind: 'number', unit: 'h' },
      { key: 'shown', nameZh: '签到方式', nameEn: 'Presence shown by', kind: 'text' },
      { key: 'issuer', nameZh: '记录人', nameEn: 'Recorded by', kind: 'text' },
    ],
    rows: lines.map(line => [
      line.name,
      line.kind === 'volunteer' ? '志愿者 volunteer' : '站长 keeper',
      '站点值守 station keeping',
      `${line.stationNameZh} ${line.stationNameEn}`,
      line.from,
      line.to,
      line.hours,
      line.shownBy === 'door' ? '门上二维码 door code' : '本人说明 own word',
      issuer,
    ]),
    total: ['', '', '', '', undefined, undefined, sum, '', ''],
    notes: [
      { zh: `${from} 至 ${to} 已签退的班次。`, en: `Shifts of ${from} to ${to} that were checked out of.` },
      {
        zh: '时长按 0.5 小时向下取整，最多为班次时长加 30 分钟；没有签退的班次不计。',
        en: 'In steps of 0.5 h, rounded down, at most the shift and 30 minutes; a shift nobody checked out of does not count.',
      },
      {
        zh: '证明书编号与出具日期由出具单位填写。',
        en: 'Number and date of a certificate are given by whoever issues it.',
      },
    ],
  }
}

/** Posted hours that nobody covers, as a table. */
export function rotaGapsTable(gaps: readonly RotaGap[], { days }: { days: number }): DataTable {
  const hoursOf = ({ from, to }: RotaGap) => Math.round((Date.parse(to) - Date.parse(from)) / 360_000) / 10
  return {
    id: 'rota-gaps',
    titleZh: '无人值守的开放时段',
    titleEn: 'Opening hours with nobody on the rota',
    columns: [
      { key: 'station', nameZh: '站点', nameEn: 'Station', kind: 'text' },
      { key: 'district', nameZh: '区县代码', nameEn: 'District code', kind: 'text' },
      { key: 'from', nameZh: '开始', nameEn: 'From', kind: 'instant' },
      { key: 'to', nameZh: '结束', nameEn: 'To', kind: 'instant' },
      { key: 'hours', nameZh: '时长', nameEn: 'Time', kind: 'number', unit: 'h' },
      { key: 'why', nameZh: '原因', nameEn: 'Reason', kind: 'text' },
      { key: 'called', nameZh: '已发出招募', nameEn: 'Call went out', kind: 'instant' },
    ],
    rows: gaps.map(gap => [
      `${gap.stationNameZh} ${gap.stationNameEn}`,
      gap.district,
      gap.from,
      gap.to,
      hoursOf(gap),
      gap.isAbsence ? '排了班但没有签到 not come' : '没有人排班 nobody on the rota',
      gap.calledAt,
    ]),
    total: [
      '',
      '',
      undefined,
      undefined,
      Math.round(gaps.reduce((sum, gap) => sum + hoursOf(gap), 0) * 10) / 10,
      '',
      undefined,
    ],
    notes: [
      {
        zh: `今后 ${days} 天，含节假日与临时调整；不含无人值守时段。`,
        en: `The next ${days} days with holidays and changes of hours; hours posted as unstaffed are left out.`,
      },
    ],
  }
}

/** A week of many stations, a column a day: shifts that somebody has, and how many hours nobody covers. */
export function rotaWeekTable({ firstDay, stations }: RotaWeek): DataTable {
  const days = stations[0]?.days.map(({ day }) => day) ?? []
  return {
    id: 'rota-week',
    titleZh: '值守周表',
    titleEn: 'Week of rotas',
    columns: [
      { key: 'station', nameZh: '站点', nameEn: 'Station', kind: 'text' },
      { key: 'district', nameZh: '区县代码', nameEn: 'District code', kind: 'text' },
      ...days.map(day => ({ key: day, nameZh: day, nameEn: day, kind: 'text' as const })),
    ],
    rows: stations.map(one => [
      `${one.nameZh} ${one.nameEn}`,
      one.district,
      ...one.days.map(({ shifts, gapHours }) =>
        gapHours === 0
          ? { zh: `${shifts} 班`, en: `${shifts} shifts` }
          : { zh: `${shifts} 班，缺 ${gapHours} 小时`, en: `${shifts} shifts, ${gapHours} h uncovered` },
      ),
    ]),
    notes: [
      {
        zh: `自 ${firstDay} 起七天；只列需要有人开门的站点，已过去的时段不计缺口。`,
        en: `Seven days from ${firstDay}; only stations that somebody has to open; of hours that are over no gap is told.`,
      },
    ],
  }
}
