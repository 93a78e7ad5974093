/** What a spreadsheet would take for a formula, with any apostrophes before it (OWASP, CSV injection). */
const FORMULA = /^'*[=+\-@\t\r]/
const GUARDED = /^'+[=+\-@\t\r]/

/** A cell that no spreadsheet computes: an apostrophe stands before what could be a formula. */
export function guardCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text
}

/** What `guardCell` was given: one apostrophe less where it put one. */
export function unguardCell(text: string): string {
  return GUARDED.test(text) ? text.slice(1) : text
}
