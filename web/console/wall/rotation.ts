/** The wall's panels, in the order in which they are shown. */
export const PANELS = ['counts', 'map', 'faults', 'ranking'] as const
export type Panel = (typeof PANELS)[number]

/** What the wall shows. */
export interface Rotation {
  index: number
  isPaused: boolean
}

/** `tick`: a panel's time is over. */
export type RotationInput = 'tick' | 'toggle' | 'next' | 'previous'

export const FIRST: Rotation = { index: 0, isPaused: false }

/** Whoever goes to a panel by hand wants to read it: that pauses the rotation. */
export function rotate(state: Rotation, input: RotationInput): Rotation {
  const step = (by: number) => (state.index + by + PANELS.length) % PANELS.length
  switch (input) {
    case 'tick':
      return state.isPaused ? state : { ...state, index: step(1) }
    case 'toggle':
      return { ...state, isPaused: !state.isPaused }
    case 'next':
      return { index: step(1), isPaused: true }
    case 'previous':
      return { index: step(-1), isPaused: true }
  }
}

/** Seconds for a panel: the usual, and the limits of what an address may ask for. */
const EVERY_S = { usual: 15, least: 5, most: 300 } as const

/** How long a panel stays, in ms; `every` in the address is in seconds. */
export function everyMsOf(query: URLSearchParams): number {
  const asked = Number(query.get('every') ?? Number.NaN)
  const seconds = Number.isFinite(asked) ? Math.min(EVERY_S.most, Math.max(EVERY_S.least, asked)) : EVERY_S.usual
  return seconds * 1_000
}
