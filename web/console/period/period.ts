/** Periods that one chooses by name; `custom` has its own dates. */
export const PERIODS = ['today', 'yesterday', '7d', '30d', 'month', 'last_month', '90d', '365d', 'custom'] as const
export type PeriodName = (typeof PERIODS)[number]

/** Days of the stations' own calendar, both included, as 2026-10-01. */
export interface Period {
  from: string
  to: string
}

const DAY_MS = 86_400_000

/** The date `days` after another. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/** The date in a zone at an instant. */
export function dateIn(atMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(atMs)
}

/** The dates of a named period as of `today`. Those that look back end with yesterday: a day that is not over would pull them down. */
export function periodOf(name: Exclude<PeriodName, 'custom'>, today: string): Period {
  const yesterday = addDays(today, -1)
  switch (name) {
    case 'today':
      return { from: today, to: today }
    case 'yesterday':
      return { from: yesterday, to: yesterday }
    case 'month':
      return { from: `${today.slice(0, 8)}01`, to: today }
    case 'last_month': {
      const to = addDays(`${today.slice(0, 8)}01`, -1)
      return { from: `${to.slice(0, 8)}01`, to }
    }
    case '7d':
    case '30d':
    case '90d':
    case '365d':
      return { from: addDays(today, -Number.parseInt(name, 10)), to: yesterday }
  }
}

/** What an address asks for; dates that are wrong or the wrong way round fall back to the usual period. */
export function readPeriod(
  query: URLSearchParams,
  { today, usual }: { today: string; usual: Exclude<PeriodName, 'custom'> },
): Period & { name: PeriodName } {
  const asked = PERIODS.find(one => one === query.get('period'))
  if (asked === 'custom') {
    const [from, to] = [query.get('from') ?? '', query.get('to') ?? '']
    if (isDate(from) && isDate(to) && from <= to) return { name: 'custom', from, to }
  }
  const name = asked === undefined || asked === 'custom' ? usual : asked
  return { name, ...periodOf(name, today) }
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`))
}
