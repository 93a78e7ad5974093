/** A minute of the day as a clock shows it; those past midnight belong to the day before and count on: 24:30. */
export function minuteText(minute: number): string {
  const hours = Math.floor(minute / 60)
  return `${String(hours).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}
