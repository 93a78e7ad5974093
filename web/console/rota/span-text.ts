import { type TimeStyle, clockText } from '../time/format.ts'

/** "Mon, 11/23, 09:00–13:00", on the stations' clock; the second day is named when it is another. */
export function spanText({ from, to }: { from: string; to: string }, style: TimeStyle): string {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)]
  // Far from any day: the first is always named.
  return `${clockText(fromMs, 0, style)}–${clockText(toMs, fromMs, style)}`
}
