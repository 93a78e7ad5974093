import { useTimeStyle } from '../console-context.ts'
import { bareValueText } from '../stations/value-text.ts'
import { clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'
import styles from './chart.module.css'
import type { DrawnPoint } from './gaps.ts'
import { tableRows } from './table-rows.ts'

export interface ChartTableProps {
  metric: string
  /** The unit's sign, for the columns' heads. */
  sign: string
  series: readonly { name: string; points: readonly DrawnPoint[] }[]
}

/** The chart's values for those who cannot see it, or want the figures. */
export function ChartTable({ metric, sign, series }: ChartTableProps) {
  const { say, locale } = useWords()
  const style = useTimeStyle()
  const nowMs = useNow()
  const rows = tableRows(series.map(({ points }) => points))
  return (
    <details className={styles['table']}>
      <summary>{say('chart.asTable')}</summary>
      {/* Scrolls within the page, so it must be reachable by keyboard (WCAG 2.2, 2.1.1). */}
      <div className={styles['scroll']} tabIndex={0} role="region" aria-label={say('chart.asTable')}>
        <table className="numbers">
          <thead>
            <tr>
              <th scope="col">{say('chart.time')}</th>
              {series.map(({ name }, column) => (
                <th key={`${name}${column}`} scope="col">
                  {name}
                  {sign === '' ? '' : ` (${sign})`}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(row => (
              <tr key={row.atMs}>
                <td>{clockText(row.atMs, nowMs, style)}</td>
                {row.values.map((value, column) => (
                  <td key={`${series[column]?.name ?? ''}${column}`}>
                    {value === null ? '–' : bareValueText(metric, value, locale)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
