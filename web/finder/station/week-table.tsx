import type { OpenStretch, StationDetail } from '@harbor/protocol'
import { useFinder } from '../finder-context.ts'
import { hoursLines } from '../model/hours-text.ts'
import { Block } from './block.tsx'
import { type StationTranslate, useStationTexts } from './texts/texts.ts'
import { type DayHours, dateIn, isAllDay, specialAhead, stretchText, weekAhead } from './week-hours.ts'

/** The posted hours of the days ahead, today first, with holidays and other special days. */
export function WeekTable({ detail }: { detail: StationDetail }) {
  const t = useStationTexts()
  const { t: say, locale, timeZone, nowMs } = useFinder()
  const { plan, hours } = detail
  const today = dateIn(timeZone, nowMs)
  const days = plan === undefined ? [] : weekAhead(plan, today)
  const later = plan === undefined ? [] : specialAhead(plan, today)
  const weekday = dayFormat(locale, { weekday: 'short', month: 'numeric', day: 'numeric' })
  const shortDay = dayFormat(locale, { month: 'numeric', day: 'numeric' })
  return (
    <Block icon="clock" title={t('hours.title')}>
      {days.length > 0 && (
        <table className="week">
          <thead className="visually-hidden">
            <tr>
              <th scope="col">{t('hours.day')}</th>
              <th scope="col">{t('hours.when')}</th>
            </tr>
          </thead>
          <tbody>
            {days.map(day => (
              <tr key={day.date} className={day.date === today ? 'week-today' : undefined} data-date={day.date}>
                <th scope="row">
                  {day.date === today && <strong>{t('hours.today')} </strong>}
                  {weekday(day.date)}
                </th>
                <td>
                  <Stretches day={day} t={t} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {days.length === 0 && (
        <>
          {plan !== undefined && <p className="quiet">{t('hours.old')}</p>}
          {hours === undefined ? (
            <p>{say('station.hoursUnknown')}</p>
          ) : (
            hoursLines(hours, say, locale).map(line => <p key={line}>{line}</p>)
          )}
        </>
      )}
      {later.length > 0 && (
        <>
          <h3>{t('hours.later')}</h3>
          <ul className="week-later" role="list">
            {later.map(run => (
              <li key={run.date}>
                <span>
                  {shortDay(run.date)}
                  {run.until !== run.date && `–${shortDay(run.until)}`}
                </span>
                <Stretches day={run} t={t} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Block>
  )
}

function Stretches({ day, t }: { day: DayHours; t: StationTranslate }) {
  const { stretches, kind } = day
  const text = (stretch: OpenStretch) => `${stretchText(stretch)}${stretch.to > 1_440 ? t('hours.overnight') : ''}`
  return (
    <span className="week-hours">
      {stretches.length === 0 && <span className="week-shut">{t('hours.closed')}</span>}
      {isAllDay(stretches) ? (
        <span>
          {t('hours.allDay')}
          {stretches[0]?.unstaffed === true && <span className="quiet"> {t('hours.unstaffed')}</span>}
        </span>
      ) : (
        stretches.map(stretch => (
          <span key={stretch.from}>
            {text(stretch)}
            {stretch.unstaffed === true && <span className="quiet"> {t('hours.unstaffed')}</span>}
          </span>
        ))
      )}
      {kind !== undefined && <span className="week-kind">{t(`kind.${kind}`)}</span>}
    </span>
  )
}

/** Writes a calendar date, which has no zone. */
function dayFormat(locale: string, options: Intl.DateTimeFormatOptions): (date: string) => string {
  const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })
  return date => format.format(Date.parse(`${date}T00:00:00Z`))
}
