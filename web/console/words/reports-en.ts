import type { reportsZh } from './reports-zh.ts'

/** The texts of monthly reports in English. */
export const reportsEn: typeof reportsZh = {
  title: 'Monthly reports',
  intro:
    'One for each district and month: use, energy, opening and repairs. Made on the first at 06:00, and unchanged from then on.',
  none: 'No report yet: the first is made when a whole month is over.',
  made: 'made by schedule, {{at}}',
  madeBy: 'made by {{name}}, {{at}}',
  file: 'Report of {{district}}, {{month}}, as {{format}}',
  mailing: 'Sent to me by mail',
  next: 'Next ones: {{at}}',
  noMail: 'There is no mail address of yours, or this system sends no mail.',
  setMail: 'Set an address',
  make: 'Make the report of a month',
  makeHint: 'Of a month that is over. A report that is there does not change.',
  district: 'District',
  month: 'Month (as 2026-10)',
  makeNow: 'Make it',
  making: 'Making it …',
  isMade: 'The report is made',
  saved: 'Saved',
  failed: 'That did not work: {{reason}}',
}
