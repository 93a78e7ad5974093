import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readCalendar } from './read-calendar.ts'

async function folderWith(files: Record<string, unknown>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'calendar-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  return folder
}

const holiday = (from: string, more: object = {}) => ({
  from,
  kind: 'holiday',
  nameZh: '元旦',
  nameEn: 'New Year',
  ...more,
})
const madeUp = (from: string, more: object = {}) => ({ ...holiday(from), kind: 'make_up_workday', ...more })

test('2024 to 2026 come with this version, as the State Council announced them', async () => {
  const calendar = await readCalendar('/no such folder')
  expect(calendar.knownUntil).toBe('2026-12-31')
  const counts = (year: number) =>
    (['holiday', 'make_up_workday'] as const).map(
      kind => calendar.dates(kind).filter(date => date.startsWith(String(year))).length,
    )
  // 1+8+3+5+1+3+7, 1+8+3+5+3+8, 3+9+3+5+3+3+7 days off
  expect([counts(2024), counts(2025), counts(2026)]).toEqual([
    [28, 8],
    [28, 5],
    [33, 6],
  ])
  expect(calendar.dayOf('2026-02-14')).toMatchObject({ kind: 'make_up_workday', nameEn: 'Spring Festival' })
  expect(calendar.dayOf('2026-02-24')).toBeUndefined()
})

test('a file brings the next year without a new version, and may correct a known one', async () => {
  const folder = await folderWith({
    '2027.json': {
      note: 'a test',
      years: [{ year: 2027, days: [holiday('2027-01-01'), madeUp('2027-01-03', { follows: 'Mo' })] }],
    },
    'b.json': { years: [{ year: 2026, days: [holiday('2026-01-01')] }] },
    'notes.txt': 'no calendar',
  })
  const calendar = await readCalendar(folder)
  expect(calendar.knownUntil).toBe('2027-12-31')
  expect(calendar.dayOf('2027-01-03')).toMatchObject({ kind: 'make_up_workday', weekday: 1 })
  expect(calendar.dates('holiday').filter(date => date.startsWith('2026'))).toEqual(['2026-01-01'])
})

test('a year after a gap is not taken for knowing what lies between', async () => {
  const folder = await folderWith({ 'far.json': { years: [{ year: 2030, days: [holiday('2030-01-01')] }] } })
  expect((await readCalendar(folder)).knownUntil).toBe('2026-12-31')
})

const year = (...days: object[]) => ({ years: [{ year: 2027, days }] })
test.each<[string, unknown]>([
  ['no JSON', '{'],
  ['years', {}],
  ['years.0.days.0.from', year(holiday('2027-02-30'))],
  ['years.0.days.0.from', year(holiday('2026-01-01'))],
  ['years.0.days.0.to', year(holiday('2027-01-02', { to: '2027-01-01' }))],
  ['years.0.days.0.to', year(holiday('2027-01-01', { to: '2027-02-01' }))],
  ['years.0.days.0.kind', year(holiday('2027-01-01', { kind: 'day off' }))],
  ['years.0.days.0.follows', year(holiday('2027-01-01', { follows: 'Mo' }))],
  ['make-up workday is one Saturday or Sunday', year(madeUp('2027-01-04'))],
  ['2027-01-02 is named twice', year(holiday('2027-01-01', { to: '2027-01-03' }), madeUp('2027-01-02'))],
  ['surprise', year(holiday('2027-01-01', { surprise: 1 }))],
])('a calendar with a slip is refused with file and place: %s', async (named, content) => {
  const folder = await folderWith({ 'bad.json': content })
  await expect(readCalendar(folder)).rejects.toThrowError(named === 'no JSON' ? 'bad.json' : named)
  await expect(readCalendar(folder)).rejects.toMatchObject({ code: 'CALENDAR_INVALID' })
})
