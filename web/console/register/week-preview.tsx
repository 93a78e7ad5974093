import type { HoursPlan } from '@harbor/protocol'
import { dateOfWall, wallOfDate, weekdayOfWall } from '@harbor/protocol/opening-at'
import { useWords } from '../words/words.tsx'
import styles from './register.module.css'

const DAY_MS = 86_400_000
const DAYS = 7

/** The next seven days as the hours make them, with holidays and changes. */
export function WeekPreview({ plan }: { plan: HoursPlan }) {
  const { say, locale } = useWords()
  const day = new Intl.DateTimeFormat(locale, { weekday: 'short', month: 'numeric', day: 'numeric', timeZone: 'UTC' })
  const firstMs = wallOfDate(plan.validFrom)
  const days = Array.from({ length: DAYS }, (_, index) => {
    const wallMs = firstMs + index * DAY_MS
    const date = dateOfWall(wallMs)
    const special = plan.special.find(one => one.date === date)
    return {
      date,
      wallMs,
      kind: special?.kind,
      stretches: special?.stretches ?? plan.week[weekdayOfWall(wallMs)] ?? [],
    }
  })
  return (
    <dl className={styles['facts']} data-testid="week">
      {days.map(({ date, wallMs, kind, stretches }) => (
        <div key={date} className={styles['dayRow']}>
          <dt>{day.format(wallMs)}</dt>
          <dd>
            {stretches.length === 0
              ? say('register.closedDay')
              : stretches.map(({ from, to }) => `${clock(from)}–${clock(to)}`).join(', ')}
            {kind !== undefined && <span className="quiet"> · {say(`register.special.${kind}`)}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** Minutes of a day as its clock; after midnight the clock of the next day. */
function clock(minutes: number): string {
  const within = minutes > 1_440 ? minutes - 1_440 : minutes
  return `${String(Math.floor(within / 60)).padStart(2, '0')}:${String(within % 60).padStart(2, '0')}`
}
