import { FIGURES, FIGURE_DEFINITIONS, type FigureReport } from '@harbor/protocol'
import { localName, useWords } from '../words/words.tsx'
import { figureText } from './figure-text.ts'
import styles from './figures.module.css'

/** Every figure of every part, and of all together. */
export function FigureTable({ report }: { report: FigureReport }) {
  const { say, language, locale } = useWords()
  const all = { key: 'total', nameZh: say('figure.total'), nameEn: say('figure.total'), figures: report.total }
  return (
    // Scrolls within the page, so it must be reachable by keyboard (WCAG 2.2, 2.1.1).
    <div className={styles['scroll']} tabIndex={0} role="region" aria-label={say('figure.table')}>
      <table className="numbers">
        <thead>
          <tr>
            <th scope="col">{say(`figure.group.${report.by === 'none' ? 'kind' : report.by}`)}</th>
            {FIGURES.map(name => (
              <th key={name} scope="col">
                {FIGURE_DEFINITIONS[name][language === 'zh' ? 'nameZh' : 'nameEn']}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...report.rows, all].map(row => (
            <tr key={row.key} data-row={row.key}>
              <th scope="row">{localName(language, row)}</th>
              {FIGURES.map(name => (
                <td key={name}>{figureText(name, row.figures[name], { say, locale })}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
