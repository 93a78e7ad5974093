/** Hours of the usual kind: the same on working days, on weekends, on holidays. Each is a list of stretches, empty when closed. */
export interface UsualHours {
  weekdays: string
  weekend: string
  /** Undefined: as on other days. */
  holidays: string | undefined
}

/** One stretch, or several with commas between. */
const STRETCHES = /^\d{1,2}:\d{2}-\d{1,2}:\d{2}(,\d{1,2}:\d{2}-\d{1,2}:\d{2})*$/

/** Hours as OpenStreetMap writes them. */
export function toHours({ weekdays, weekend, holidays }: UsualHours): string {
  const [work, rest] = [tidy(weekdays), tidy(weekend)]
  const week =
    work === rest
      ? [work === '' ? 'off' : `Mo-Su ${work}`]
      : [...(work === '' ? [] : [`Mo-Fr ${work}`]), ...(rest === '' ? [] : [`Sa-Su ${rest}`])]
  const special = holidays === undefined ? [] : [`PH ${tidy(holidays) || 'off'}`]
  return [...week, ...special].join('; ')
}

/** Undefined: they are of another kind, and only their text says them. */
export function fromHours(text: string): UsualHours | undefined {
  const usual: UsualHours = { weekdays: '', weekend: '', holidays: undefined }
  for (const [index, rule] of text.split(';').entries()) {
    const [days, stretches = ''] = split(rule.trim())
    if (days === undefined || (stretches !== '' && !STRETCHES.test(stretches))) return undefined
    if (days === 'PH') usual.holidays = stretches
    // A later rule for all days would stand above an earlier one.
    else if (days === '' || days === 'Mo-Su') {
      if (index > 0) return undefined
      usual.weekdays = stretches
      usual.weekend = stretches
    } else if (days === 'Mo-Fr') usual.weekdays = stretches
    else usual.weekend = stretches
  }
  return usual
}

function split(rule: string): [days: string, stretches: string] | [undefined] {
  if (rule === '24/7') return ['', '00:00-24:00']
  const match = /^(?:(Mo-Su|Mo-Fr|Sa-Su|Sa,Su|PH)\s+)?(off|closed|[\d:,\s-]+)$/.exec(rule)
  if (match === null) return [undefined]
  const stretches = match[2] === 'off' || match[2] === 'closed' ? '' : tidy(match[2] ?? '')
  return [match[1] === 'Sa,Su' ? 'Sa-Su' : (match[1] ?? ''), stretches]
}

/** As people type it: Chinese commas and colons, long dashes, spaces. */
function tidy(text: string): string {
  return text
    .replaceAll(/[，、]/g, ',')
    .replaceAll('：', ':')
    .replaceAll(/[–—~～至]/g, '-')
    .replaceAll(/\s+/g, '')
}
