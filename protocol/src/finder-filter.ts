/*
 * What a visitor's filters mean, and how a station's pin looks: one rule for the server's answers and for a phone without
 * network. No import but of types and of what has none itself, so that a phone's page can take it along without a schema
 * library, by `@harbor/protocol/finder-filter`.
 */
import type { StationView } from './api.ts'
import type { FinderFilter, PinState } from './finder.ts'
import { dateOfWall, isPlannedOpen, wallOfDate } from './opening-at.ts'
import type { WallMs } from './opening-at.ts'
import type { HoursPlan } from './opening-plan.ts'

/** What of a station filters look at, as far as it is known at the moment. */
export interface FilterFacts {
  opening: StationView['opening']['state']
  space: StationView['space']['state']
  appliances: readonly Pick<StationView['appliances'][number], 'kind' | 'state' | 'running'>[]
  facilities: StationView['facilities']
  /** `isOpenAtNight` of its plan. */
  openAtNight: boolean
}

/** The facts of a view as the server sends it. Whoever shows a view that has aged makes its own, from what still holds. */
export function factsOf(view: StationView, openAtNight: boolean): FilterFacts {
  const { opening, space, appliances, facilities } = view
  return { opening: opening.state, space: space.state, appliances, facilities, openAtNight }
}

const works = ({ appliances }: FilterFacts, wanted: FilterFacts['appliances'][number]['kind']) =>
  appliances.some(({ kind, state }) => kind === wanted && state === 'working')
const has = ({ facilities }: FilterFacts, wanted: FilterFacts['facilities'][number]) => facilities.includes(wanted)

/** Each filter's test. What is not known passes none but `space`, which asks only that the place is not known to be full. */
const TESTS: Readonly<Record<FinderFilter, (facts: FilterFacts) => boolean>> = {
  open: isOpenNow,
  space: facts => facts.space !== 'full',
  microwave: facts => works(facts, 'microwave'),
  hot_water: facts => works(facts, 'water_dispenser'),
  fridge: facts => works(facts, 'fridge'),
  cooling: ({ appliances }) =>
    appliances.some(
      ({ kind, state, running }) => kind === 'air_conditioner' && state === 'working' && running === true,
    ),
  toilet: facts => has(facts, 'toilet'),
  charging: facts => has(facts, 'charging'),
  nursing_room: facts => has(facts, 'nursing_room'),
  wheelchair: facts => has(facts, 'wheelchair'),
  night: ({ openAtNight }) => openAtNight,
  tricycle_parking: facts => has(facts, 'tricycle_parking'),
}

export function passesFilter(facts: FilterFacts, filter: FinderFilter): boolean {
  return TESTS[filter](facts)
}

/** Whether a station has all that is asked for. */
export function passesFilters(facts: FilterFacts, filters: readonly FinderFilter[]): boolean {
  return filters.every(filter => TESTS[filter](facts))
}

/** How a station's pin looks. */
export function pinOf(facts: Pick<FilterFacts, 'opening' | 'space'>): PinState {
  if (facts.opening === 'closed') return 'closed'
  if (!isOpenNow(facts)) return 'unknown'
  switch (facts.space) {
    case 'free':
      return 'room'
    case 'limited':
      return 'limited'
    case 'full':
      return 'full'
    case 'unknown':
      return 'open'
  }
}

/** Two in the morning: by then all are closed but those that stay open at night. */
const NIGHT_MS = 2 * 3_600_000

/**
 * Open at the next two o'clock in the morning: tonight, or, past two, the night after. Where there is no plan for that night,
 * the facility `night` tells.
 */
export function isOpenAtNight(
  plan: HoursPlan | undefined,
  facilities: FilterFacts['facilities'],
  wallMs: WallMs,
): boolean {
  const tonightMs = wallOfDate(dateOfWall(wallMs - NIGHT_MS - 1 + DAY_MS)) + NIGHT_MS
  const planned = plan === undefined ? undefined : isPlannedOpen(plan, tonightMs)
  return planned ?? facilities.includes('night')
}

const DAY_MS = 24 * 3_600_000

function isOpenNow({ opening }: Pick<FilterFacts, 'opening'>): boolean {
  return opening === 'open' || opening === 'closing_soon'
}
