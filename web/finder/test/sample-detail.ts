import type { BusyHours, HoursPlan, StationDetail } from '@harbor/protocol'

const DAY_MS = 86_400_000

/** Today in the stations' zone and the days around it, as dates. */
function dateAfter(nowMs: number, days: number): string {
  return new Date(nowMs + 8 * 3_600_000 + days * DAY_MS).toISOString().slice(0, 10)
}

/** Two stretches a day, the evening unstaffed; a holiday in two days, closed for three days from the tenth. */
export function samplePlan(nowMs: number): HoursPlan {
  const day = [
    { from: 480, to: 720 },
    { from: 840, to: 1_320, unstaffed: true },
  ]
  return {
    validFrom: dateAfter(nowMs, -1),
    validUntil: dateAfter(nowMs, 60),
    week: Array.from({ length: 7 }, () => day),
    special: [
      { date: dateAfter(nowMs, 2), kind: 'holiday', stretches: [{ from: 600, to: 900 }] },
      ...[10, 11, 12].map(days => ({ date: dateAfter(nowMs, days), kind: 'closure' as const, stretches: [] })),
    ],
  }
}

/** All that a station's own page has beside its card. */
export function fullDetail(nowMs: number): Partial<StationDetail> {
  return {
    plan: samplePlan(nowMs),
    hostKind: 'bank',
    phone: '023-6381 0000',
    hintZh: '公厕后面，下一层',
    hintEn: 'Behind the toilet, one floor down',
    photos: ['/preview.png'],
    rating: { mean: 4.3, count: 12 },
    thanks: 7,
  }
}

/** From 7 to 23 o'clock, most people at noon, fewer at the weekend. */
export function usualWeek(): NonNullable<BusyHours['week']> {
  return Array.from({ length: 7 }, (_, weekday) =>
    Array.from({ length: 24 }, (__, hour) => {
      if (hour < 7 || hour > 22) return null
      const share = Math.exp(-((hour - 12) ** 2) / 8) + 0.5 * Math.exp(-((hour - 18) ** 2) / 5)
      return Math.round(share * (weekday > 4 ? 40 : 90)) / 10
    }),
  )
}
