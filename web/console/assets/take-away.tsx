import { LABEL_SHEETS } from '@harbor/protocol'
import { NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { type AssetFilters, doorCodePath, exportPath, labelsPath } from '../api/assets-api.ts'
import styles from '../work-orders/orders.module.css'
import { useWords } from '../words/words.tsx'

/** Labels of one file, as the server has it. */
const MAX_LABELS = 1_000

/** What is shown, as a table or as labels to print. */
export function TakeAway({ filters, total }: { filters: AssetFilters; total: number }) {
  const { say, language } = useWords()
  const [sheet, setSheet] = useState<(typeof LABEL_SHEETS)[number]>('3x8')
  return (
    <details className={styles['disclosure']} data-form="take-away">
      <summary>{say('assets.takeAway')}</summary>
      <div className={styles['form']}>
        <p className={styles['line']}>
          {(['xlsx', 'csv'] as const).map(format => (
            <a key={format} className={styles['link']} href={exportPath(filters, format, language)} download>
              {say('assets.export', { format: format.toUpperCase() })}
            </a>
          ))}
        </p>
        <NativeSelect
          label={say('assets.sheet')}
          data={LABEL_SHEETS.map(value => ({ value, label: say(`assets.sheets.${value}`) }))}
          value={sheet}
          onChange={event => {
            const { value } = event.currentTarget
            setSheet(LABEL_SHEETS.find(one => one === value) ?? '3x8')
          }}
        />
        {total > MAX_LABELS ? (
          <p className="quiet">{say('assets.tooManyLabels', { count: MAX_LABELS })}</p>
        ) : (
          <a className={styles['link']} data-testid="labels" href={labelsPath(filters, sheet)} download>
            {say('assets.labels', { count: total })}
          </a>
        )}
        {filters.station !== undefined && (
          <a className={styles['link']} href={doorCodePath(filters.station)} download>
            {say('assets.doorCode')}
          </a>
        )}
      </div>
    </details>
  )
}
