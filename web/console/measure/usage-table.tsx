import type { UsageFigure, UsageReport, UsageRow } from '@harbor/protocol'
import { Link } from 'react-router'
import { useFigureTexts } from '../overview/use-figure-texts.ts'
import { DataGrid, type GridColumn } from '../table/data-grid.tsx'
import { localName, useWords } from '../words/words.tsx'
import styles from './measure.module.css'
import { bandText, figureName, usageText } from './usage-text.ts'

interface UsageTableProps {
  report: UsageReport
  figures: readonly UsageFigure[]
  /** Where a row leads: one level down, or to its station. */
  toOf: (row: UsageRow) => string | undefined
}

/** Every part of a period with its figures, bands and what it was before. */
export function UsageTable({ report, figures, toOf }: UsageTableProps) {
  const { say, language } = useWords()
  const columns: GridColumn<UsageRow>[] = [
    { key: 'name', name: say(`measure.group.${report.by}`), renderCell: row => <RowName row={row} to={toOf(row)} /> },
    ...(report.by === 'station' || report.by === 'none'
      ? []
      : [{ key: 'stations', name: say('overview.stations'), renderCell: (row: UsageRow) => row.stations }]),
    ...figures.map(figure => ({
      key: figure,
      name: figureName(figure, language),
      renderCell: (row: UsageRow) => <FigureCell figure={figure} row={row} />,
    })),
  ]
  return (
    <>
      <DataGrid
        label={say('measure.table')}
        columns={columns}
        rows={report.rows}
        keyOf={({ key }) => key}
        total={{ ...report.total, nameZh: '合计', nameEn: 'Total' }}
      />
      {report.of > report.rows.length && (
        <p className="quiet">{say('measure.notAll', { shown: report.rows.length, of: report.of })}</p>
      )}
    </>
  )
}

/** A row's name with what explains it: weather, a holiday, days that are doubted or were set by hand. */
function RowName({ row, to }: { row: UsageRow; to: string | undefined }) {
  const { say, language, locale } = useWords()
  const name = localName(language, row)
  const text = name === '' ? say('measure.ofNone') : name
  return (
    <>
      {to === undefined ? text : <Link to={to}>{text}</Link>}
      <span className={styles['marks']}>
        {row.holiday && <span>{localName(language, row.holiday)}</span>}
        {row.weather && (
          <span>{say('measure.hottest', { degrees: row.weather.maxTemperatureC.toLocaleString(locale) })}</span>
        )}
        {row.doubtfulDays > 0 && (
          <span data-bad="true">{say('measure.doubtfulDays', { count: row.doubtfulDays })}</span>
        )}
        {row.editedDays > 0 && <span>{say('measure.editedDays', { count: row.editedDays })}</span>}
      </span>
    </>
  )
}

function FigureCell({ figure, row }: { figure: UsageFigure; row: UsageRow }) {
  const { say, locale } = useWords()
  const { change } = useFigureTexts()
  const known = row.figures[figure]
  const before = row.before?.[figure]
  const band = known && bandText(figure, known, { say, locale })
  return (
    <>
      {usageText(figure, known?.value, { say, locale })}
      {known !== undefined && before !== undefined && before !== 0 && (
        <span className={styles['aside']}>{change(known.value / before - 1)}</span>
      )}
      {band !== undefined && <span className={styles['aside']}>{band}</span>}
    </>
  )
}
