import type { RotaGap } from '@harbor/protocol'
import { Link } from 'react-router'
import { useTimeStyle } from '../console-context.ts'
import { localName, useWords } from '../words/words.tsx'
import styles from './rota.module.css'
import { spanText } from './span-text.ts'

/** Hours that nobody covers, soonest first, each with the way to its station's week. */
export function GapList({ gaps }: { gaps: readonly RotaGap[] }) {
  const { say, language } = useWords()
  const style = useTimeStyle()
  return (
    <ul className={styles['list']}>
      {gaps.map(gap => (
        <li
          key={`${gap.station} ${gap.from}`}
          className={`card ${styles['row']}`}
          data-gap={gap.station}
          data-now={gap.isNow}
        >
          <p className={styles['time']}>{spanText(gap, style)}</p>
          <p>
            <Link className={styles['link']} to={`/rota?station=${encodeURIComponent(gap.station)}`}>
              {localName(language, { nameZh: gap.stationNameZh, nameEn: gap.stationNameEn })}
            </Link>
          </p>
          {(gap.isNow || gap.isAbsence || gap.calledAt !== undefined) && (
            <p className="quiet">
              {[
                ...(gap.isNow ? [say('rota.now')] : []),
                ...(gap.isAbsence ? [say('rota.absent')] : []),
                ...(gap.calledAt === undefined ? [] : [say('rota.called')]),
              ].join(' · ')}
            </p>
          )}
        </li>
      ))}
    </ul>
  )
}
