import { Answer } from '../measure/answer.tsx'
import styles from '../measure/measure.module.css'
import { figureName, usageText } from '../measure/usage-text.ts'
import { useMeasure } from '../measure/use-measure.ts'
import { useTimeStyle } from '../console-context.ts'
import { DataGrid } from '../table/data-grid.tsx'
import { exactText } from '../time/format.ts'
import { localName, useWords } from '../words/words.tsx'
import type { UsageEdit } from '@harbor/protocol'

/** Figures of a region that were set by hand, with who, why, and what was measured. */
export function EditList({ within }: { within: URLSearchParams }) {
  const { say } = useWords()
  const edits = useMeasure('edits', within)
  return (
    <section className={styles['part']}>
      <h2>{say('usage.edits')}</h2>
      <p className="quiet">{say('usage.editsNote')}</p>
      <Answer of={edits}>{data => <Edits edits={data.edits} />}</Answer>
    </section>
  )
}

/** The same for edits that are there already. */
export function Edits({ edits }: { edits: readonly UsageEdit[] }) {
  const { say, language, locale } = useWords()
  const style = useTimeStyle()
  if (edits.length === 0) return <p>{say('usage.noEdits')}</p>
  return (
    <DataGrid
      label={say('usage.edits')}
      rows={edits}
      keyOf={({ id }) => id}
      columns={[
        { key: 'station', name: say('overview.station'), renderCell: edit => localName(language, edit) },
        { key: 'date', name: say('usage.date'), renderCell: ({ date }) => date },
        {
          key: 'figure',
          name: say('usage.figure'),
          isText: true,
          renderCell: ({ figure }) => figureName(figure, language),
        },
        {
          key: 'measured',
          name: say('usage.measured'),
          renderCell: ({ figure, measured }) => usageText(figure, measured, { say, locale }),
        },
        {
          key: 'value',
          name: say('usage.setTo'),
          renderCell: ({ figure, value }) =>
            value === undefined ? say('usage.takenBack') : usageText(figure, value, { say, locale }),
        },
        { key: 'reason', name: say('usage.reasonGiven'), isText: true, renderCell: ({ reason }) => reason },
        {
          key: 'by',
          name: say('usage.by'),
          isText: true,
          renderCell: ({ by, at }) => `${by} · ${exactText(Date.parse(at), style)}`,
        },
      ]}
    />
  )
}
