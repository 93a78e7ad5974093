import { OVERVIEW_STATES, type OverviewState, type OverviewStation } from '@harbor/protocol'

/** Which stations a list shows: those of a state, or those of something that any state may have. Kept in the page's address. */
export const STATION_CHOICES = ['all', ...OVERVIEW_STATES, 'people', 'faulty', 'heat'] as const
export type StationChoice = (typeof STATION_CHOICES)[number]

export function readChoice(query: URLSearchParams): StationChoice {
  return STATION_CHOICES.find(one => one === query.get('state')) ?? 'all'
}

/** What somebody has to see to comes first. */
const URGENCY: Readonly<Record<OverviewState, number>> = {
  closedButShouldBeOpen: 0,
  notConfirmed: 1,
  offline: 2,
  full: 3,
  noHours: 4,
  open: 5,
  closed: 6,
}

/** The chosen stations: the most urgent first; where the choice is a number, the greatest first. */
export function chosenStations(stations: readonly OverviewStation[], choice: StationChoice): OverviewStation[] {
  const byUrgency = (a: OverviewStation, b: OverviewStation) =>
    URGENCY[a.state] - URGENCY[b.state] || (a.id < b.id ? -1 : 1)
  switch (choice) {
    case 'all':
      return stations.toSorted(byUrgency)
    case 'people':
      return stations
        .filter(({ people }) => people !== undefined)
        .toSorted((a, b) => (b.people ?? 0) - (a.people ?? 0) || byUrgency(a, b))
    case 'faulty':
      return stations.filter(({ faulty }) => faulty > 0).toSorted((a, b) => b.faulty - a.faulty || byUrgency(a, b))
    case 'heat':
      return stations.filter(({ heatDanger }) => heatDanger).toSorted(byUrgency)
    default:
      return stations.filter(({ state }) => state === choice).toSorted(byUrgency)
  }
}
