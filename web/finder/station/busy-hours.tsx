import type { BusyHours as BusyHoursAnswer } from '@harbor/protocol'
import { useEffect, useState } from 'react'
import { useFinder } from '../finder-context.ts'
import { type BusyDay, busyDay } from './busy-chart.ts'
import { Block } from './block.tsx'
import { type StationTranslate, useStationTexts } from './texts/texts.ts'
import { getBusyHours } from './visitor-api.ts'
import { dateIn, minuteIn, weekdayOf } from './week-hours.ts'

/** Its own days that it takes to say what is usual (protocol, finder.ts). */
const DAYS_NEEDED = 7
const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6] as const

/** How many people are usually there, by weekday and hour. `isCounted`: they are counted there now. */
export function BusyHours({ station, isCounted }: { station: string; isCounted: boolean }) {
  const t = useStationTexts()
  const answer = useBusyHours(station)
  if (answer === undefined) return null
  return (
    <Block icon="seat" title={t('busy.title')}>
      <div data-testid="busy">
        {answer === 'failed' ? (
          <p className="quiet">{t('busy.failed')}</p>
        ) : (
          <Chart busy={answer} isCounted={isCounted} t={t} />
        )}
      </div>
    </Block>
  )
}

function useBusyHours(station: string): BusyHoursAnswer | 'failed' | undefined {
  const [answer, setAnswer] = useState<BusyHoursAnswer | 'failed'>()
  useEffect(() => {
    let gone = false
    getBusyHours(station).then(
      busy => {
        if (!gone) setAnswer(busy)
      },
      () => {
        if (!gone) setAnswer('failed')
      },
    )
    return () => {
      gone = true
    }
  }, [station])
  return answer
}

function Chart({ busy, isCounted, t }: { busy: BusyHoursAnswer; isCounted: boolean; t: StationTranslate }) {
  const { nowMs, timeZone } = useFinder()
  const today = weekdayOf(dateIn(timeZone, nowMs))
  const [chosen, setChosen] = useState<number>()
  const weekday = chosen ?? today
  const day = busyDay(busy, weekday)
  if (day === undefined || busy.days < DAYS_NEEDED) {
    return <p>{busy.days === 0 && !isCounted ? t('busy.noCounter') : t('busy.tooLittle', { days: busy.days })}</p>
  }
  const name = t(`busy.weekday.${weekday as (typeof WEEKDAYS)[number]}`)
  const { busiest } = day
  const hour = weekday === today ? Math.floor(minuteIn(timeZone, nowMs) / 60) : undefined
  return (
    <>
      <fieldset className="busy-days">
        <legend className="visually-hidden">{t('busy.days')}</legend>
        {WEEKDAYS.map(one => (
          <label key={one} className="busy-day">
            <input type="radio" name="busy-day" checked={one === weekday} onChange={() => setChosen(one)} />
            <span>{t(`busy.weekday.${one}`)}</span>
          </label>
        ))}
      </fieldset>
      <p className="busy-summary" aria-live="polite">
        {busiest === undefined
          ? t('busy.quiet', { day: name })
          : t('busy.busiest', { day: name, hour: busiest.hour, people: Math.max(1, Math.round(busiest.people ?? 0)) })}
      </p>
      <Bars day={day} hour={hour} />
      <BarsTable day={day} caption={t('busy.table', { day: name })} t={t} />
      <p className="quiet">{t('busy.source', { days: busy.days })}</p>
    </>
  )
}

/** Of the drawing: one hour is 10 wide. */
const HEIGHT = 60

/** A picture of the table below it, so it is hidden from screen readers. */
function Bars({ day, hour }: { day: BusyDay; hour: number | undefined }) {
  const first = day.bars[0]?.hour ?? 0
  const width = day.bars.length * 10
  return (
    <svg
      className="busy-chart"
      viewBox={`0 0 ${width} ${HEIGHT + 14}`}
      aria-hidden="true"
      focusable="false"
      data-bars={day.bars.length}
    >
      <line className="busy-ground" x1="0" y1={HEIGHT + 0.5} x2={width} y2={HEIGHT + 0.5} />
      {day.bars.map(({ hour: at, people, share }) => {
        const x = (at - first) * 10
        // A bar of nobody is a thin line, so that it is not taken for a gap.
        const height = people === undefined ? 0 : Math.max(1, share * HEIGHT)
        return (
          <g key={at}>
            <rect
              className={at === hour ? 'busy-bar busy-bar-now' : 'busy-bar'}
              x={x + 1}
              y={HEIGHT - height}
              width="8"
              height={height}
              rx="1.5"
            />
            {at % 3 === 0 && (
              <text className="busy-hour" x={x + 5} y={HEIGHT + 11} textAnchor="middle">
                {at}
              </text>
            )}
          </g>
        )
      })}
    </svg>
  )
}

function BarsTable({ day, caption, t }: { day: BusyDay; caption: string; t: StationTranslate }) {
  return (
    <div className="visually-hidden">
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{t('busy.hour')}</th>
            <th scope="col">{t('busy.people')}</th>
          </tr>
        </thead>
        <tbody>
          {day.bars.map(({ hour, people }) => (
            <tr key={hour}>
              <th scope="row">{t('busy.hourRange', { from: hour, to: hour + 1 })}</th>
              <td>{people ?? t('busy.notCounted')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
