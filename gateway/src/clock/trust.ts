import { MAX_FUTURE_MS } from '@harbor/protocol'

/**
 * Whether the machine's clock can be believed, and what time it is if not: a pure account. A small box has no clock of its own
 * that runs without power: it begins at 1970, or where it was switched off, until somebody tells it the time. The server does,
 * with each acknowledgement.
 */
export interface TrustState {
  /** Own dates before this are not believed while the server was not heard. */
  floorMs: number
  server: ServerTime
  /** The start of the machine, by the dates given last; undefined while none are given. */
  anchorMs: number | undefined
  /** Whose dates these are. */
  source: ClockSource
}

/** `told`: the server's time, as the date of the machine's start; heard at `heardUpMs`. `silent`: it answers without a time. */
export type ServerTime = { kind: 'unknown' | 'silent' } | { kind: 'told'; anchorMs: number; heardUpMs: number }

/** `none`: nobody knows, what comes is held. */
export type ClockSource = 'own' | 'server' | 'none'

export interface Tick {
  /** What the machine's clock says, ms since 1970. */
  wallMs: number
  /** Since the machine's start, ms. */
  upMs: number
  /** What the machine's time service says of its clock; undefined when there is none to ask. */
  isSynchronised: boolean | undefined
}

/** No clock that says less is right: chosen, the year of the first release. */
export const FIRST_PLAUSIBLE_MS = Date.UTC(2026, 0, 1)
/** The own clock counts while it is this close to the server's; chosen: far above an acknowledgement's delay and any drift. */
export const MAX_OFF_MS = 2 * 60_000
/** It counts again from here: on the border it must not go to and fro. */
export const BACK_WITHIN_MS = 60_000
/** A sample that is later than a newer one is kept this long: what delays an acknowledgement makes the server's time look early. */
const BEST_SAMPLE_MS = 10 * 60_000

/** `newestMs`: the latest date given by an earlier run, which no right clock is before. */
export function initialTrust(newestMs: number | undefined): TrustState {
  const floorMs = Math.max(FIRST_PLAUSIBLE_MS, newestMs ?? 0)
  return { floorMs, server: { kind: 'unknown' }, anchorMs: undefined, source: 'none' }
}

/** The server acknowledged, and said its time or did not. */
export function hearServer(state: TrustState, serverAtMs: number | undefined, upMs: number): TrustState {
  const { server } = state
  if (serverAtMs === undefined) return server.kind === 'told' ? state : { ...state, server: { kind: 'silent' } }
  if (serverAtMs < FIRST_PLAUSIBLE_MS) return state
  const anchorMs = serverAtMs - upMs
  const isBetter = server.kind !== 'told' || anchorMs > server.anchorMs || upMs - server.heardUpMs > BEST_SAMPLE_MS
  return isBetter ? { ...state, server: { kind: 'told', anchorMs, heardUpMs: upMs } } : state
}

/** A date given before turned out far too late: what is dated beyond `beyondMs` was dated by `anchorMs`, wrongly. */
export interface StepBack {
  beyondMs: number
  anchorMs: number
}

/**
 * The date of this moment, if known. Small steps back are for the stamps, which never go back; beyond what the server would
 * take (10 minutes ahead) the dates given before are themselves wrong, and `stepBack` says which.
 */
export function tick(
  state: TrustState,
  now: Tick,
): { state: TrustState; atMs: number | undefined; stepBack: StepBack | undefined } {
  const source = sourceOf(state, now)
  const { server } = state
  const atMs =
    source === 'own'
      ? now.wallMs
      : source === 'server' && server.kind === 'told'
        ? server.anchorMs + now.upMs
        : undefined
  if (atMs === undefined) return { state: { ...state, source }, atMs, stepBack: undefined }
  const anchorMs = atMs - now.upMs
  const isStepBack = state.anchorMs !== undefined && anchorMs < state.anchorMs - MAX_FUTURE_MS
  const stepBack =
    isStepBack && state.anchorMs !== undefined
      ? { beyondMs: atMs + MAX_FUTURE_MS, anchorMs: state.anchorMs }
      : undefined
  // The floor was for the start: a clock that is set back while we look on is judged by what it says then.
  const floorMs = stepBack === undefined ? state.floorMs : FIRST_PLAUSIBLE_MS
  return { state: { ...state, source, anchorMs, floorMs }, atMs, stepBack }
}

function sourceOf({ server, floorMs, source }: TrustState, { wallMs, upMs, isSynchronised }: Tick): ClockSource {
  switch (server.kind) {
    case 'told': {
      const offMs = Math.abs(wallMs - upMs - server.anchorMs)
      return offMs <= (source === 'server' ? BACK_WITHIN_MS : MAX_OFF_MS) ? 'own' : 'server'
    }
    case 'silent':
      return wallMs >= FIRST_PLAUSIBLE_MS ? 'own' : 'none'
    case 'unknown':
      // Once begun it goes on: dates were given already, and a time service that lost its source has still the time.
      if (source === 'own') return wallMs >= FIRST_PLAUSIBLE_MS ? 'own' : 'none'
      return wallMs >= floorMs && isSynchronised !== false ? 'own' : 'none'
  }
}

/** How far the machine's clock is ahead of the server's, in ms; undefined before the server told its time. */
export function offsetMs({ server }: TrustState, { wallMs, upMs }: Pick<Tick, 'wallMs' | 'upMs'>): number | undefined {
  return server.kind === 'told' ? Math.round(wallMs - upMs - server.anchorMs) : undefined
}
