/** A shift as a calendar shows it. */
export interface CalendarShift {
  id: string
  revision: number
  station: string
  address: string | undefined
  fromMs: number
  toMs: number
}

/** How long before a shift a calendar reminds its owner, as RFC 5545 3.3.6 writes it. */
const ALARM = '-PT2H'
/** Of a line, in octets, without its break (RFC 5545 3.1). */
const LINE_OCTETS = 75

/** One person's shifts as iCalendar (RFC 5545), each with a reminder two hours before: a volunteer needs no account for it. */
export function rotaCalendar(shifts: readonly CalendarShift[], atMs: number): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Workers Harbor//Rota//EN',
    'CALSCALE:GREGORIAN',
    'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
    ...shifts.flatMap(({ id, revision, station, address, fromMs, toMs }) => [
      'BEGIN:VEVENT',
      `UID:${id}@harbor-rota`,
      `SEQUENCE:${revision}`,
      `DTSTAMP:${utc(atMs)}`,
      `DTSTART:${utc(fromMs)}`,
      `DTEND:${utc(toMs)}`,
      `SUMMARY:${escaped(station)}`,
      ...(address === undefined ? [] : [`LOCATION:${escaped(address)}`]),
      'BEGIN:VALARM',
      'ACTION:DISPLAY',
      `DESCRIPTION:${escaped(station)}`,
      `TRIGGER:${ALARM}`,
      'END:VALARM',
      'END:VEVENT',
    ]),
    'END:VCALENDAR',
  ]
  return lines.map(line => `${folded(line)}\r\n`).join('')
}

function utc(ms: number): string {
  return `${new Date(ms).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)}Z`
}

function escaped(text: string): string {
  return text.replaceAll(/[\\;,]/g, sign => `\\${sign}`).replaceAll(/\r?\n/g, '\\n')
}

/** A long line goes on after a break and a space, never within a character. */
function folded(line: string): string {
  const parts: string[] = ['']
  let octets = 0
  for (const sign of line) {
    const size = Buffer.byteLength(sign)
    // A line that goes on begins with the space.
    if (octets + size > LINE_OCTETS) {
      parts.push('')
      octets = 1
    }
    parts.push(`${parts.pop() ?? ''}${sign}`)
    octets += size
  }
  return parts.join('\r\n ')
}
