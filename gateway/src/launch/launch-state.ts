/**
 * Which version of the gateway's software is started: a pure state machine over what is on the disk, so that it can be shown that a
 * launcher killed at any moment starts something that works. Its state is written before anything is done by it.
 */

/** In place of a version: the code that came with the box. No version begins so. */
export const BOX_SOFTWARE = '-'

/** Chosen as for configs: two ends may be power cuts, a third is the software. */
export const MAX_TRIAL_STARTS = 3

/** The process' exit code when it asks for other software: EX_TEMPFAIL of sysexits.h, try again. */
export const EXIT_FOR_SOFTWARE = 75

/** What a gateway asks the launcher to start; its folder is whole by then. */
export interface SoftwareRequest {
  version: string
  /** The config that asked for it: only another one may ask again for what failed. */
  configVersion: number
}

/** What the launcher keeps in `state.json`. */
export interface LaunchState {
  /** What has proven itself last, or came with the box. */
  current: string
  /** What was current before; its folder is kept. */
  previous?: string
  /** What has to prove itself, and how often it was started so far. */
  trying?: SoftwareRequest & { starts: number }
  /** What did not, and why. */
  failed?: SoftwareRequest & { reason: string }
}

export type LaunchEvent =
  /** The launcher begins; nothing runs. */
  | { kind: 'began'; isProven: boolean; request: SoftwareRequest | undefined }
  /** What ran has ended: `how` in words. */
  | { kind: 'ended'; isProven: boolean; request: SoftwareRequest | undefined; how: string }
  /** What is on trial has said that the server acknowledged it. */
  | { kind: 'proved' }
  /** The trial's time is over. */
  | { kind: 'late'; afterMs: number }

/** `run`: start what `versionToRun` says; `stop`: end what runs, then that; `leave`: end as it ended; `wait`: nothing. */
export type LaunchAct = 'run' | 'stop' | 'leave' | 'wait'

export const FIRST_STATE: LaunchState = { current: BOX_SOFTWARE }

export function versionToRun({ trying, current }: LaunchState): string {
  return trying?.version ?? current
}

export function decide(state: LaunchState, event: LaunchEvent): { state: LaunchState; act: LaunchAct } {
  switch (event.kind) {
    case 'began':
    case 'ended': {
      const settled = event.isProven ? proved(state) : state
      if (isNews(settled, event.request)) {
        return { state: { ...settled, trying: { ...event.request, starts: 1 } }, act: 'run' }
      }
      const { trying } = settled
      if (trying === undefined) return { state: settled, act: event.kind === 'began' ? 'run' : 'leave' }
      if (trying.starts < MAX_TRIAL_STARTS) {
        return { state: { ...settled, trying: { ...trying, starts: trying.starts + 1 } }, act: 'run' }
      }
      const last = event.kind === 'ended' ? `, the last time ${event.how}` : ''
      return {
        state: failed(
          settled,
          `it was started ${trying.starts} times and ended before the server acknowledged it${last}`,
        ),
        act: 'run',
      }
    }
    case 'proved':
      return { state: proved(state), act: 'wait' }
    case 'late': {
      if (state.trying === undefined) return { state, act: 'wait' }
      const reason = `no acknowledgement from the server within ${Math.round(event.afterMs / 1000)} s`
      return { state: failed(state, reason), act: 'stop' }
    }
  }
}

/** A request is left lying when a kill comes between what it led to and its removal. */
function isNews(
  { current, trying, failed: last }: LaunchState,
  request: SoftwareRequest | undefined,
): request is SoftwareRequest {
  if (request === undefined) return false
  const isSame = (other: SoftwareRequest | undefined) =>
    other?.version === request.version && other.configVersion === request.configVersion
  if (isSame(trying) || isSame(last)) return false
  return trying !== undefined || request.version !== current
}

function proved({ trying, ...rest }: LaunchState): LaunchState {
  if (trying === undefined) return rest
  return { current: trying.version, ...(trying.version !== rest.current && { previous: rest.current }) }
}

function failed({ trying, ...rest }: LaunchState, reason: string): LaunchState {
  if (trying === undefined) return rest
  const { version, configVersion } = trying
  return { ...rest, failed: { version, configVersion, reason: `${reason}; back to what ran before` } }
}
