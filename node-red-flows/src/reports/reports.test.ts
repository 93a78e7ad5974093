import { notifyRequestSchema } from '@harbor/protocol'
import { expect, test } from 'vitest'
import { digestDay, reportWeek, streetDigest, weeklyReport } from './reports.ts'

const CLOCK = { timeZone: 'Asia/Shanghai', atTime: '18:00' }
const at = (text: string) => Date.parse(text)

test.each([
  ['2026-07-01T17:59:59+08:00', undefined],
  ['2026-07-01T18:00:00+08:00', '2026-07-01'],
  // Missed while nothing ran: it still comes on the same day.
  ['2026-07-01T23:59:59+08:00', '2026-07-01'],
  ['2026-07-02T00:00:00+08:00', undefined],
])('at %s on the stations’ clock the digest of %s is due', (now, day) => {
  expect(digestDay(at(now), CLOCK)).toBe(day)
})

test.each([
  ['2026-06-28T20:00:00+08:00', undefined],
  ['2026-06-29T17:59:00+08:00', undefined],
  ['2026-06-29T18:00:00+08:00', '2026-06-29'],
  ['2026-06-30T00:00:00+08:00', undefined],
])('at %s the weekly report of Monday %s is due', (now, week) => {
  expect(reportWeek(at(now), { ...CLOCK, onWeekday: 1 })).toBe(week)
})

test('both are requests that the server takes, known by their region and date', () => {
  const counts = {
    stations: 4,
    open: 2,
    full: 0,
    closed: 1,
    closedButShouldBeOpen: 1,
    notConfirmed: 0,
    noHours: 0,
    offline: 1,
    peopleNow: 7,
    countedStations: 2,
    appliances: 16,
    appliancesWorking: 14,
    appliancesFaulty: 2,
    appliancesUnknown: 0,
    heatDanger: 0,
  }
  const digest = streetDigest({ ...counts, region: '500103003', nameZh: '解放碑', nameEn: 'Jiefangbei' }, '2026-07-01')
  expect(notifyRequestSchema.parse(digest)).toMatchObject({
    to: { region: '500103003' },
    dedupeKey: '500103003/2026-07-01',
    body: { zh: '站点 4 个：开放 2，离线 1，开放存疑 1\n故障设备 2 台，高温危险站点 0 个，现有 7 人' },
  })
  const total = { faults: 3, ordersMade: 2, ordersVerified: 1, costFen: 0, mttrMs: 5_400_000, availability: 0.9876 }
  const report = weeklyReport(
    { district: '500103', nameZh: '渝中区', nameEn: 'Yuzhong' },
    { at: '', from: '', to: '', by: 'none', total, rows: [] },
    '2026-06-29',
  )
  expect(notifyRequestSchema.parse(report).body.en).toBe(
    '3 appliance faults, 2 orders made, 1 verified\nmean repair 1.5 h, availability 98.8 %',
  )
})

test('a street’s digest says how many stations of its district could not be switched off, and nothing when all could', () => {
  const part = {
    region: '500103003',
    nameZh: '解放碑街道',
    nameEn: 'Jiefangbei',
    stations: 2,
    open: 1,
    offline: 0,
    appliancesFaulty: 0,
    heatDanger: 0,
    peopleNow: 3,
    closedButShouldBeOpen: 0,
    notConfirmed: 0,
  } as Parameters<typeof streetDigest>[0]
  expect(streetDigest(part, '2026-07-01', 2).body.zh).toContain('本区打烊断电失败的站点 2 个')
  expect(streetDigest(part, '2026-07-01').body.zh).not.toContain('断电')
})
