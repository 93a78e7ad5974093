import type { ReactNode } from 'react'
import styles from './table.module.css'

/** One column of a table on screen. */
export interface GridColumn<Row> {
  key: string
  name: string
  renderCell: (row: Row) => ReactNode
  /** Text begins at the left, numbers end at the right. */
  isText?: boolean
}

interface DataGridProps<Row> {
  /** What the table holds, for screen readers. */
  label: string
  columns: readonly GridColumn<Row>[]
  rows: readonly Row[]
  keyOf: (row: Row) => string
  /** Shown last, apart from the rows. */
  total?: Row
}

/** A table of figures: the first column names its rows. It scrolls within the page. */
export function DataGrid<Row>({ label, columns, rows, keyOf, total }: DataGridProps<Row>) {
  const line = (row: Row) =>
    columns.map(({ key, renderCell, isText }, index) =>
      index === 0 ? (
        <th key={key} scope="row">
          {renderCell(row)}
        </th>
      ) : (
        <td key={key} data-text={isText}>
          {renderCell(row)}
        </td>
      ),
    )
  return (
    // Scrolls within the page, so it must be reachable by keyboard (WCAG 2.2, 2.1.1).
    <div className={styles['scroll']} tabIndex={0} role="region" aria-label={label}>
      <table className={`numbers ${styles['grid']}`}>
        <thead>
          <tr>
            {columns.map(({ key, name, isText }) => (
              <th key={key} scope="col" data-text={isText}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={keyOf(row)} data-row={keyOf(row)}>
              {line(row)}
            </tr>
          ))}
        </tbody>
        {total !== undefined && (
          <tfoot>
            <tr data-row="total">{line(total)}</tr>
          </tfoot>
        )}
      </table>
    </div>
  )
}
