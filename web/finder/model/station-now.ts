import type { ApplianceKind, StationView } from '@harbor/protocol'

export type OpeningState = StationView['opening']['state']
export type SpaceState = StationView['space']['state']
export type ApplianceState = StationView['appliances'][number]['state']

/** No status is believed longer than this after it was known; the server holds the same limit (protocol/src/api.ts). */
export const STATUS_AGE_LIMIT_MS = 10 * 60_000
/** protocol/src/api.ts: `closing_soon` is open, but no longer than this. */
const CLOSING_SOON_MS = 30 * 60_000
/** The server's news of an opening takes a moment; within it a station that should have opened is still shown closed. */
const OPENING_GRACE_MS = 60_000

/** The order in which a hungry, thirsty, hot visitor asks for them. */
const KIND_ORDER: readonly ApplianceKind[] = ['microwave', 'water_dispenser', 'air_conditioner', 'fridge']

/** The two instants that decide how much of a station's view can still be believed; both on the server's clock. */
export interface Moment {
  nowMs: number
  /** When the server was last heard: all that it did not tell us since has not changed until then. */
  heardServerAtMs: number
}

export interface ApplianceNow {
  id: string
  kind: ApplianceKind
  model: string | undefined
  state: ApplianceState
  heardAtMs: number | undefined
}

/** A station as it may be shown at a moment: nothing in it is older than it may be. */
export interface StationNow {
  view: StationView
  opening: OpeningState
  /** When it opens or closes next; absent when unknown or never. */
  changesAtMs: number | undefined
  space: SpaceState
  people: number | undefined
  capacity: number | undefined
  /** Seats left; absent unless the count is fresh and the capacity known. */
  seatsLeft: number | undefined
  /** When people were last counted, even if that is too long ago to be believed. */
  countedAtMs: number | undefined
  appliances: ApplianceNow[]
  insideTemperatureC: number | undefined
  insideMeasuredAtMs: number | undefined
  heardAtMs: number | undefined
}

/** What of `view` still holds at `moment`. Past its age limit a status is unknown, whatever it was. */
export function stationNow(view: StationView, moment: Moment): StationNow {
  const countedAtMs = instantMs(view.space.countedAt)
  const counted = isFresh(countedAtMs, moment)
  const { capacity } = view.space
  const people = counted ? view.space.people : undefined
  const measuredAtMs = instantMs(view.insideMeasuredAt)
  const measured = isFresh(measuredAtMs, moment)
  return {
    view,
    ...openingNow(view.opening, moment),
    space: counted ? view.space.state : 'unknown',
    people,
    capacity,
    seatsLeft: people === undefined || capacity === undefined ? undefined : Math.max(0, capacity - people),
    countedAtMs,
    appliances: view.appliances
      .map(appliance => applianceNow(appliance, moment))
      .sort((a, b) => KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind)),
    insideTemperatureC: measured ? view.insideTemperatureC : undefined,
    insideMeasuredAtMs: measured ? measuredAtMs : undefined,
    heardAtMs: instantMs(view.heardAt),
  }
}

function instantMs(instant: string | undefined): number | undefined {
  return instant === undefined ? undefined : Date.parse(instant)
}

function isFresh(atMs: number | undefined, { nowMs }: Moment): boolean {
  return atMs !== undefined && nowMs - atMs <= STATUS_AGE_LIMIT_MS
}

function openingNow(
  opening: StationView['opening'],
  { nowMs, heardServerAtMs }: Moment,
): Pick<StationNow, 'opening' | 'changesAtMs'> {
  const changesAtMs = instantMs(opening.changesAt)
  const unknown = { opening: 'unknown', changesAtMs: undefined } as const
  if (nowMs - heardServerAtMs > STATUS_AGE_LIMIT_MS) return unknown
  switch (opening.state) {
    case 'open':
    case 'closing_soon':
      if (changesAtMs === undefined) return { opening: opening.state, changesAtMs }
      // Its posted end has passed: closed, and nobody told us when it opens again.
      if (nowMs >= changesAtMs) return { opening: 'closed', changesAtMs: undefined }
      return { opening: changesAtMs - nowMs <= CLOSING_SOON_MS ? 'closing_soon' : 'open', changesAtMs }
    case 'closed':
      if (changesAtMs !== undefined && nowMs >= changesAtMs + OPENING_GRACE_MS) return unknown
      return { opening: 'closed', changesAtMs }
    case 'unknown':
      return unknown
  }
}

function applianceNow(appliance: StationView['appliances'][number], moment: Moment): ApplianceNow {
  const heardAtMs = instantMs(appliance.heardAt)
  const { nowMs, heardServerAtMs } = moment
  // A fault stands until the server takes it back, however long its plug is silent; all else needs a fresh signal.
  const believed =
    appliance.state === 'faulty' ? nowMs - heardServerAtMs <= STATUS_AGE_LIMIT_MS : isFresh(heardAtMs, moment)
  const { id, kind, model } = appliance
  return { id, kind, model, state: believed ? appliance.state : 'unknown', heardAtMs }
}

/** One state for each kind of appliance a station has. */
export function appliancesByKind(
  appliances: readonly ApplianceNow[],
): { kind: ApplianceKind; state: ApplianceState }[] {
  return KIND_ORDER.flatMap(kind => {
    const states = appliances.filter(appliance => appliance.kind === kind).map(({ state }) => state)
    // One that works is enough; one that may work is better than one that does not.
    const state = (['working', 'unknown', 'faulty'] as const).find(wanted => states.includes(wanted))
    return state === undefined ? [] : [{ kind, state }]
  })
}

/** Whether a visitor may come in now. */
export function isOpen({ opening }: StationNow): boolean {
  return opening === 'open' || opening === 'closing_soon'
}

/** What a station's pin says: its colour, shape and sign. */
export type PinState = 'room' | 'limited' | 'full' | 'open' | 'closed' | 'unknown'

export function pinState(station: StationNow): PinState {
  if (station.opening === 'closed') return 'closed'
  if (!isOpen(station)) return 'unknown'
  switch (station.space) {
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
