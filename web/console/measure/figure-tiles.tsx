import type { UsageFigure, UsageRow } from '@harbor/protocol'
import { Link } from 'react-router'
import { useFigureTexts } from '../overview/use-figure-texts.ts'
import { useWords } from '../words/words.tsx'
import styles from './measure.module.css'
import { bandText, figureName, usageText } from './usage-text.ts'

/** A period's figures at a glance: each with its error band, how much was observed, and what it was before. */
export function FigureTiles({ row, figures }: { row: UsageRow; figures: readonly UsageFigure[] }) {
  const { say, language, locale } = useWords()
  const { percent, change } = useFigureTexts()
  return (
    <dl className={styles['tiles']}>
      {figures.map(figure => {
        const known = row.figures[figure]
        const before = row.before?.[figure]
        const band = known && bandText(figure, known, { say, locale })
        return (
          <div key={figure} className={`card ${styles['tile']}`} data-figure={figure}>
            <dt>
              <Link to={`/definitions#${figure}`}>{figureName(figure, language)}</Link>
            </dt>
            <dd className={styles['value']}>{usageText(figure, known?.value, { say, locale })}</dd>
            {known === undefined && <dd className="quiet">{say('measure.notObserved')}</dd>}
            {band !== undefined && <dd className="quiet">{say('measure.band', { band })}</dd>}
            {known !== undefined && before !== undefined && before !== 0 && (
              <dd>
                {say('measure.before', {
                  change: change(known.value / before - 1),
                  before: usageText(figure, before, { say, locale }),
                })}
              </dd>
            )}
            {known !== undefined && known.coverage < 1 && (
              <dd className="quiet">{say('measure.coverage', { share: percent(known.coverage) })}</dd>
            )}
          </div>
        )
      })}
    </dl>
  )
}
