import type { ApplianceKind, PinState, StationView } from '@harbor/protocol'
import { pinOf } from '@harbor/protocol/finder-filter'
import type { PostedNow } from './posted-hours.ts'

export type OpeningState = StationView['opening']['state']
export type { PinState }
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
  /** It draws power for its work right now; undefined: not known. */
  running: boolean | undefined
  /** Being repaired, and promised back by then, if that is still to come. */
  backAtMs: number | undefined
  heardAtMs: number | undefined
}

/** A station as it may be shown at a moment: nothing in it is older than it may be. */
export interface StationNow {
  view: StationView
  opening: OpeningState
  /** On what `opening` stands. */
  basis: OpeningBasis
  /** Until when, on the server's clock, all of this is known to have held. */
  knownAtMs: number
  /** What the posted hours say of now, worked out on the phone; absent when it does not keep them. */
  posted: PostedNow | undefined
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

export type OpeningSign = NonNullable<StationView['opening']['sign']>

/**
 * What speaks for the opening that is shown: a `sign` of life (or of the contrary) with its age, or the posted hours
 * alone; or why it is not known: it should be open but shows no sign of life, somebody who was there says it is shut, no
 * hours are known, or all that is known of it is too `old`.
 */
export type OpeningBasis =
  | { kind: 'sign' | 'said_shut'; source: OpeningSign['source']; says: OpeningSign['says']; atMs: number }
  | { kind: 'hours' | 'not_confirmed' | 'no_hours' | 'old' }

/** What of `view` still holds at `moment`. Past its age limit a status is unknown, whatever it was. */
export function stationNow(view: StationView, moment: Moment, posted?: PostedNow): StationNow {
  const countedAtMs = instantMs(view.space.countedAt)
  const counted = isFresh(countedAtMs, moment)
  const { capacity } = view.space
  const people = counted ? view.space.people : undefined
  const measuredAtMs = instantMs(view.insideMeasuredAt)
  const measured = isFresh(measuredAtMs, moment)
  return {
    view,
    ...openingNow(view.opening, moment, posted),
    basis: basisOf(view.opening, moment),
    knownAtMs: moment.heardServerAtMs,
    posted,
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
  moment: Moment,
  posted: PostedNow | undefined,
): Pick<StationNow, 'opening' | 'changesAtMs'> {
  const { nowMs } = moment
  const changesAtMs = instantMs(opening.changesAt)
  const unknown = { opening: 'unknown', changesAtMs: undefined } as const
  if (isOld(moment)) {
    // Nobody opens outside the posted hours as a rule; within them, whether it is open now is not known.
    return posted?.open === false ? { opening: 'closed', changesAtMs: posted.changesAtMs } : unknown
  }
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

/** The server may tell its signs of life for longer; an old page's are past belief. */
function basisOf(opening: StationView['opening'], moment: Moment): OpeningBasis {
  if (isOld(moment)) return { kind: 'old' }
  const { sign, reason } = opening
  if (reason === 'no_hours' || reason === 'not_confirmed') return { kind: reason }
  if (sign === undefined) return { kind: 'hours' }
  return { ...sign, kind: reason === 'said_shut' ? reason : 'sign', atMs: Date.parse(sign.at) }
}

function isOld({ nowMs, heardServerAtMs }: Moment): boolean {
  return nowMs - heardServerAtMs > STATUS_AGE_LIMIT_MS
}

function applianceNow(appliance: StationView['appliances'][number], moment: Moment): ApplianceNow {
  const heardAtMs = instantMs(appliance.heardAt)
  // A fault stands until the server takes it back, however long its plug is silent; all else needs a fresh signal.
  const believed = appliance.state === 'faulty' ? !isOld(moment) : isFresh(heardAtMs, moment)
  const { id, kind, model } = appliance
  const state = believed ? appliance.state : 'unknown'
  const backAtMs = instantMs(appliance.backAt)
  return {
    id,
    kind,
    model,
    state,
    running: state === 'working' ? appliance.running : undefined,
    backAtMs: state === 'faulty' && backAtMs !== undefined && backAtMs > moment.nowMs ? backAtMs : undefined,
    heardAtMs,
  }
}

/** What a station's appliances of one kind come to for a visitor. */
export interface ServiceNow {
  kind: ApplianceKind
  state: ApplianceState
  /** One of them runs right now; undefined: not known. */
  running: boolean | undefined
  /** All of them are broken: when the first is promised back. */
  backAtMs: number | undefined
}

/** One state for each kind of appliance a station has. */
export function appliancesByKind(appliances: readonly ApplianceNow[]): ServiceNow[] {
  return KIND_ORDER.flatMap(kind => {
    const all = appliances.filter(appliance => appliance.kind === kind)
    // One that works is enough; one that may work is better than one that does not.
    const state = (['working', 'unknown', 'faulty'] as const).find(wanted => all.some(one => one.state === wanted))
    if (state === undefined) return []
    const runs = all.flatMap(({ running }) => running ?? [])
    const promises = all.flatMap(({ backAtMs }) => backAtMs ?? [])
    return [
      {
        kind,
        state,
        running: runs.length === 0 ? undefined : runs.includes(true),
        backAtMs: state === 'faulty' && promises.length > 0 ? Math.min(...promises) : undefined,
      },
    ]
  })
}

/** Whether a visitor may come in now. */
export function isOpen({ opening }: StationNow): boolean {
  return opening === 'open' || opening === 'closing_soon'
}

/** What a station's pin says: its colour, shape and sign. */
export function pinState(station: StationNow): PinState {
  return pinOf(station)
}
