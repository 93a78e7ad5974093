import { EXPIRY_WARNING_DAYS, type ExpiryState } from '@harbor/protocol'

const DAY_MS = 24 * 3_600_000

/** Days from a day to a later one; less than nothing to one that is past. Dates as 2026-10-01. */
export function daysUntil(day: string, today: string): number {
  return Math.round((Date.parse(`${day}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / DAY_MS)
}

/** The last day on which a batch may be used counts as such: it has expired on the next. */
export function expiryState(expiresOn: string | null, today: string): ExpiryState {
  if (expiresOn === null) return 'none'
  const stage = warningStage(expiresOn, today)
  if (stage === undefined) return 'fresh'
  return ({ 60: 'in_60', 30: 'in_30', 7: 'in_7', 0: 'expired' } as const)[stage]
}

/** The nearest warning that is due: of a batch that comes in with 20 days left only that of 30. Undefined: none yet. */
export function warningStage(expiresOn: string, today: string): (typeof EXPIRY_WARNING_DAYS)[number] | undefined {
  const left = daysUntil(expiresOn, today)
  if (left < 0) return 0
  return EXPIRY_WARNING_DAYS.findLast(days => days > 0 && left <= days)
}
