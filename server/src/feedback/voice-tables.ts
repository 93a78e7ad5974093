import type { DataTable, VoicesReport } from '@harbor/protocol'

const NOTES: DataTable['notes'] = [
  {
    zh: '近 26 周（自周一起）收到的反馈；同一网络同一天的评分只计一次；没有评分的为空，不是零。',
    en: 'Reports of the last 26 weeks, from a Monday on. Ratings of one network and day count once; no rating is blank, no zero.',
  },
]

/** Places by what was said of them. */
export function voicePlacesTable({ places, total, open }: VoicesReport): DataTable {
  const rated = places.reduce((sum, place) => sum + place.rated, 0)
  return {
    id: 'voices-by-station',
    titleZh: '各站点的反馈',
    titleEn: 'Reports by station',
    columns: [
      { key: 'station', nameZh: '站点', nameEn: 'Station', kind: 'text' },
      { key: 'district', nameZh: '区县代码', nameEn: 'District code', kind: 'text' },
      { key: 'count', nameZh: '反馈', nameEn: 'Reports', kind: 'count' },
      { key: 'open', nameZh: '待办', nameEn: 'To do', kind: 'count' },
      { key: 'rated', nameZh: '评分人次', nameEn: 'Ratings', kind: 'count' },
      { key: 'stars', nameZh: '平均星级', nameEn: 'Mean stars', kind: 'number' },
    ],
    rows: places.map(one => [`${one.nameZh} ${one.nameEn}`, one.district, one.count, one.open, one.rated, one.stars]),
    total: ['', '', total, open, rated, undefined],
    notes: NOTES,
  }
}

/** The trend by weeks. */
export function voiceWeeksTable({ weeks, total }: VoicesReport): DataTable {
  return {
    id: 'voices-by-week',
    titleZh: '每周反馈与评分',
    titleEn: 'Reports and ratings by week',
    columns: [
      { key: 'monday', nameZh: '周（周一）', nameEn: 'Week from Monday', kind: 'date' },
      { key: 'count', nameZh: '反馈', nameEn: 'Reports', kind: 'count' },
      { key: 'rated', nameZh: '评分人次', nameEn: 'Ratings', kind: 'count' },
      { key: 'stars', nameZh: '平均星级', nameEn: 'Mean stars', kind: 'number' },
    ],
    rows: weeks.map(week => [week.monday, week.count, week.rated, week.stars]),
    total: ['', total, weeks.reduce((sum, week) => sum + week.rated, 0), undefined],
    notes: NOTES,
  }
}
