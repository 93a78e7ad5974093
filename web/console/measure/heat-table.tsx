import type { UsageHeatMap } from '@harbor/protocol'
import { useWords } from '../words/words.tsx'
import { heatLevel } from './heat-level.ts'
import styles from './measure.module.css'

/** A Monday, for the names of weekdays. */
const MONDAY_MS = Date.UTC(2026, 0, 5)
const DAY_MS = 86_400_000

/** Hour by weekday: drawing and table in one, so that everybody reads the same and it prints as it is. */
export function HeatTable({ heatMap, shown }: { heatMap: UsageHeatMap; shown: 'visits' | 'people' }) {
  const { say, locale } = useWords()
  const rows = heatMap[shown]
  const most = Math.max(0, ...rows.flat().map(value => value ?? 0))
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' })
  return (
    <div className={styles['heat']} tabIndex={0} role="region" aria-label={say('measure.heatMap')}>
      <table className="numbers" data-testid="heat-map">
        <thead>
          <tr>
            <td data-level="none" />
            {Array.from({ length: 24 }, (_, hour) => (
              <th key={hour} scope="col">
                {hour}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((hours, day) => (
            <tr key={day}>
              <th scope="row">{weekday.format(MONDAY_MS + day * DAY_MS)}</th>
              {hours.map((value, hour) => (
                <td key={hour} data-level={heatLevel(value, most)}>
                  {value === null ? '–' : value.toLocaleString(locale, { maximumFractionDigits: value < 10 ? 1 : 0 })}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
