import type { TwinProblem, TwinState } from '@harbor/protocol'
import type { Tone } from '../mark.tsx'

/** How each state is to be looked at. */
export const STATE_TONES: Readonly<Record<TwinState, Tone>> = {
  unclaimed: 'calm',
  refused: 'bad',
  silent: 'bad',
  pending: 'doubt',
  trouble: 'doubt',
  in_step: 'good',
}

/** Problems that keep readings from the server or people from help are bad; the others want a look. */
const BAD: readonly TwinProblem[] = ['config_differs', 'outbox_behind', 'outbox_problem', 'disk_low']

export function problemTone(problem: TwinProblem): Tone {
  return BAD.includes(problem) ? 'bad' : 'doubt'
}
