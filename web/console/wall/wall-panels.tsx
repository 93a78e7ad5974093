import type { Overview, OverviewStation } from '@harbor/protocol'
import { againstUsual, inTrouble, shareOf } from '../overview/freshness.ts'
import { OverviewMap } from '../overview/overview-map.tsx'
import { isTrouble } from '../overview/station-clusters.ts'
import { chosenStations } from '../overview/station-choice.ts'
import { useFigureTexts } from '../overview/use-figure-texts.ts'
import { localName, useWords } from '../words/words.tsx'

/** Rows that fit on a wall at a size that is read from five metres. */
const WALL_ROWS = 6

interface Figure {
  name: string
  label: string
  value: string
  tone: 'good' | 'bad' | 'warn' | 'plain'
}

/** Eight figures; without their colours where they are no longer so. */
function Figures({ figures, isStale }: { figures: readonly Figure[]; isStale: boolean }) {
  return (
    <dl className="wall-figures">
      {figures.map(({ name, label, value, tone }) => (
        <div key={name} data-figure={name} data-tone={isStale ? 'plain' : tone}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

interface PanelProps {
  overview: Overview
  isStale: boolean
}

export function CountsPanel({ overview: { counts, visitsToday }, isStale }: PanelProps) {
  const { say } = useWords()
  const { number } = useFigureTexts()
  const states = [
    ['open', 'good'],
    ['full', counts.full > 0 ? 'warn' : 'plain'],
    ['closedButShouldBeOpen', counts.closedButShouldBeOpen > 0 ? 'bad' : 'good'],
    ['notConfirmed', counts.notConfirmed > 0 ? 'warn' : 'good'],
    ['offline', counts.offline > 0 ? 'bad' : 'good'],
    ['closed', 'plain'],
  ] as const
  return (
    <Figures
      isStale={isStale}
      figures={[
        ...states.map(([state, tone]) => ({
          name: state,
          label: say(`overview.state.${state}`),
          value: number(counts[state]),
          tone,
        })),
        {
          name: 'peopleNow',
          label: say('overview.peopleNow'),
          value: counts.countedStations === 0 ? '–' : number(counts.peopleNow),
          tone: 'plain',
        },
        {
          name: 'visitsToday',
          label: say('overview.visitsToday'),
          value: visitsToday === undefined ? '–' : number(Math.round(visitsToday.value)),
          tone: 'plain',
        },
      ]}
    />
  )
}

export function FaultsPanel({ overview: { counts, faults, orders, energyToday }, isStale }: PanelProps) {
  const { say } = useWords()
  const { number, percent, change } = useFigureTexts()
  const open = faults.underHour + faults.underDay + faults.underWeek + faults.older
  const old = faults.underWeek + faults.older
  const share = energyToday && againstUsual(energyToday.kWh, energyToday.usualKWh)
  return (
    <Figures
      isStale={isStale}
      figures={[
        {
          name: 'appliances',
          label: say('overview.appliancesWorking'),
          value: percent(shareOf(counts.appliancesWorking, counts.appliancesWorking + counts.appliancesFaulty)),
          tone: counts.appliancesFaulty > 0 ? 'warn' : 'good',
        },
        { name: 'faults', label: say('overview.openFaults'), value: number(open), tone: open > 0 ? 'warn' : 'good' },
        { name: 'old', label: say('wall.oldFaults'), value: number(old), tone: old > 0 ? 'bad' : 'good' },
        {
          name: 'overdue',
          label: say('overview.overdue'),
          value: number(orders.overdue),
          tone: orders.overdue > 0 ? 'bad' : 'good',
        },
        {
          name: 'heat',
          label: say('overview.heat'),
          value: number(counts.heatDanger),
          tone: counts.heatDanger > 0 ? 'bad' : 'good',
        },
        {
          name: 'energy',
          label: `${say('overview.energyToday')} (kWh)`,
          value: energyToday === undefined ? '–' : number(energyToday.kWh),
          tone: 'plain',
        },
        {
          name: 'energyChange',
          label: say('wall.energyChange'),
          value: share === undefined ? '–' : change(share),
          tone: 'plain',
        },
        { name: 'orders', label: say('wall.openOrders'), value: number(orders.open), tone: 'plain' },
      ]}
    />
  )
}

export function MapPanel({ stations, region }: { stations: readonly OverviewStation[]; region: string | undefined }) {
  return <OverviewMap stations={stations} region={region} isWall />
}

/** Where most has to be seen to: regions, or in the lowest one its stations. */
export function RankingPanel({ overview, stations }: { overview: Overview; stations: readonly OverviewStation[] }) {
  const { say, language } = useWords()
  const { number } = useFigureTexts()
  if (overview.parts.length === 0) {
    const troubled = chosenStations(stations, 'all').filter(isTrouble).slice(0, WALL_ROWS)
    if (troubled.length === 0) return <p className="wall-nothing">{say('wall.nothing')}</p>
    return (
      <table className="wall-table">
        <thead>
          <tr>
            <th scope="col">{say('overview.station')}</th>
            <th scope="col">{say('overview.now')}</th>
          </tr>
        </thead>
        <tbody>
          {troubled.map(station => (
            <tr key={station.id}>
              <th scope="row">{localName(language, station)}</th>
              <td>{station.heatDanger ? say('overview.heat') : say(`overview.state.${station.state}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    )
  }
  const parts = overview.parts
    .toSorted((a, b) => inTrouble(b) - inTrouble(a) || b.stations - a.stations)
    .slice(0, WALL_ROWS)
  return (
    <table className="wall-table">
      <thead>
        <tr>
          <th scope="col">{say('region.label')}</th>
          <th scope="col">{say('overview.stations')}</th>
          <th scope="col">{say('overview.trouble')}</th>
          <th scope="col">{say('overview.peopleNow')}</th>
        </tr>
      </thead>
      <tbody>
        {parts.map(part => (
          <tr key={part.region}>
            <th scope="row">{localName(language, part)}</th>
            <td>{number(part.stations)}</td>
            <td data-tone={inTrouble(part) > 0 ? 'bad' : 'plain'}>{number(inTrouble(part))}</td>
            <td>{part.countedStations === 0 ? '–' : number(part.peopleNow)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
