/** What the doctor found: `ok`, `WARN` (works, but not for long or not well) or `FAIL` (does not work). */
export interface Finding {
  state: 'ok' | 'WARN' | 'FAIL'
  /** What was looked at, such as `disk` or `setting of broker`. */
  about: string
  /** What was seen, in one line. Never a secret. */
  detail: string
  /** What to do; absent when there is nothing to do. */
  remedy?: string
}

export const ok = (about: string, detail: string): Finding => ({ state: 'ok', about, detail })
export const warn = (about: string, detail: string, remedy: string): Finding => ({
  state: 'WARN',
  about,
  detail,
  remedy,
})
export const fail = (about: string, detail: string, remedy: string): Finding => ({
  state: 'FAIL',
  about,
  detail,
  remedy,
})
