import { FAULT_AGES, type FaultAge, type Overview } from '@harbor/protocol'
import { Link } from 'react-router'
import { useTimeStyle } from '../console-context.ts'
import { addDays, dateIn } from '../period/period.ts'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'
import { FigureTile } from './figure-tile.tsx'
import { COUNTED_STALE_AFTER_MS, againstUsual, shareOf } from './freshness.ts'
import styles from './overview.module.css'
import type { StationChoice } from './station-choice.ts'
import { useFigureTexts } from './use-figure-texts.ts'

/** The figures of the one screen, each with its age and a link to the list behind it. */
export function FigureList({ overview }: { overview: Overview }) {
  const { say } = useWords()
  const { number, percent, change } = useFigureTexts()
  const style = useTimeStyle()
  const today = dateIn(useNow(), style.timeZone)
  const { counts, at, region, visitsToday, energyToday, faults, orders } = overview
  const within = (query: Record<string, string>) =>
    `?${new URLSearchParams({ ...(region === undefined ? {} : { region }), ...query })}`
  const list = (state: StationChoice) => `/overview/stations${within({ state })}`
  const district = region?.slice(0, 6)
  // The same faults as are counted: those of the upper grades, silenced or not.
  const inbox = (age?: FaultAge) =>
    `/inbox?${new URLSearchParams({
      severity: 'P0,P1,P2',
      ...(district !== undefined && { district }),
      ...(region !== undefined && region !== district && { street: region }),
      ...(age !== undefined && { age }),
      silenced: '1',
    })}`
  const working = shareOf(counts.appliancesWorking, counts.appliancesWorking + counts.appliancesFaulty)
  const byAge = FAULT_AGES.map(age => [age, faults[age]] as const)
  const openFaults = byAge.reduce((sum, [, count]) => sum + count, 0)
  const states = [
    { state: 'open', tone: 'good' },
    { state: 'full', tone: counts.full > 0 ? 'warn' : 'plain' },
    { state: 'closedButShouldBeOpen', tone: counts.closedButShouldBeOpen > 0 ? 'bad' : 'good' },
    { state: 'notConfirmed', tone: counts.notConfirmed > 0 ? 'warn' : 'good' },
    { state: 'offline', tone: counts.offline > 0 ? 'bad' : 'good' },
    { state: 'closed', tone: 'plain' },
    { state: 'noHours', tone: counts.noHours > 0 ? 'warn' : 'plain' },
  ] as const
  const usualNote = (value: number, usual: number | undefined) => {
    const share = againstUsual(value, usual)
    return share === undefined ? say('overview.noUsual') : say('overview.againstUsual', { change: change(share) })
  }
  return (
    <>
      <section>
        <h2>{say('overview.stationsNow', { count: number(counts.stations) })}</h2>
        <ul className={styles['tiles']}>
          {states.map(({ state, tone }) => (
            <FigureTile
              key={state}
              name={state}
              label={say(`overview.state.${state}`)}
              value={number(counts[state])}
              tone={tone}
              at={at}
              to={list(state)}
            />
          ))}
        </ul>
      </section>
      <section>
        <h2>{say('overview.peopleAndThings')}</h2>
        <ul className={styles['tiles']}>
          <FigureTile
            name="peopleNow"
            label={say('overview.peopleNow')}
            value={counts.countedStations === 0 ? '–' : number(counts.peopleNow)}
            note={say('overview.countedAt', { count: counts.countedStations, of: number(counts.stations) })}
            at={at}
            to={list('people')}
          />
          <FigureTile
            name="visitsToday"
            label={say('overview.visitsToday')}
            value={visitsToday === undefined ? '–' : number(Math.round(visitsToday.value))}
            note={visitsToday && usualNote(visitsToday.value, visitsToday.usual)}
            at={visitsToday?.at ?? at}
            staleAfterMs={COUNTED_STALE_AFTER_MS}
            to={`/usage${within({ period: 'today', by: 'station' })}`}
          />
          <FigureTile
            name="appliances"
            label={say('overview.appliancesWorking')}
            value={percent(working)}
            note={say('overview.appliancesOf', {
              faulty: number(counts.appliancesFaulty),
              unknown: number(counts.appliancesUnknown),
            })}
            tone={counts.appliancesFaulty > 0 ? 'warn' : working === undefined ? 'plain' : 'good'}
            at={at}
            to={list('faulty')}
          />
          <FigureTile
            name="faults"
            label={say('overview.openFaults')}
            value={number(openFaults)}
            note={
              <span className={styles['ages']}>
                {byAge.map(([age, count]) => (
                  <Link key={age} to={inbox(age)} data-none={count === 0}>
                    {say(`overview.faultAge.${age}`, { count: number(count) })}
                  </Link>
                ))}
              </span>
            }
            tone={faults.older + faults.underWeek > 0 ? 'bad' : openFaults > 0 ? 'warn' : 'good'}
            at={faults.at}
            to={inbox()}
          />
          <FigureTile
            name="orders"
            label={say('overview.overdue')}
            value={number(orders.overdue)}
            note={say('overview.ofOpenOrders', { count: orders.open })}
            tone={orders.overdue > 0 ? 'bad' : 'good'}
            at={orders.at}
            to={`/work-orders${within({ scope: 'area', late: '1' })}`}
          />
          <FigureTile
            name="energy"
            label={`${say('overview.energyToday')} (kWh)`}
            value={energyToday === undefined ? '–' : number(energyToday.kWh, 1)}
            note={energyToday && usualNote(energyToday.kWh, energyToday.usualKWh)}
            at={energyToday?.at ?? at}
            staleAfterMs={COUNTED_STALE_AFTER_MS}
            to={`/energy${within({ period: 'custom', from: addDays(today, -6), to: today, by: 'day' })}`}
          />
          <FigureTile
            name="heat"
            label={say('overview.heat')}
            value={number(counts.heatDanger)}
            note={say('overview.heatNote')}
            tone={counts.heatDanger > 0 ? 'bad' : 'good'}
            at={at}
            to={list('heat')}
          />
        </ul>
      </section>
    </>
  )
}
