/** The newest month that is over on a date such as 2026-11-24: 2026-10. */
export function newestFullMonth(today: string): string {
  const first = new Date(`${today.slice(0, 7)}-01T00:00:00Z`)
  first.setUTCDate(0)
  return first.toISOString().slice(0, 7)
}

/** A month such as 2026-10 in words. */
export function monthName(month: string, language: 'zh' | 'en'): string {
  const style = { year: 'numeric', month: 'long', timeZone: 'UTC' } as const
  return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', style).format(
    Date.parse(`${month}-01T00:00:00Z`),
  )
}
