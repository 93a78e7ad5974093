import type { StationView } from '@harbor/protocol'
import { useTimeStyle } from '../console-context.ts'
import { clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'

/** "Open, closes 22:00"; why it is in doubt, what last spoke for it, why today's hours are others. */
export function OpeningText({ opening }: { opening: StationView['opening'] }) {
  const { say } = useWords()
  const nowMs = useNow()
  const style = useTimeStyle()
  const { state, reason, changesAt, sign, unstaffed, special } = opening
  const clock = (at: string) => clockText(Date.parse(at), nowMs, style)
  const parts = [say(reason === undefined ? `opening.${state}` : `opening.${reason}`)]
  if (changesAt !== undefined && state !== 'unknown')
    parts.push(say(state === 'closed' ? 'opening.opensAt' : 'opening.closesAt', { time: clock(changesAt) }))
  if (unstaffed) parts.push(say('opening.unstaffed'))
  if (special !== undefined) parts.push(say(`opening.special.${special}`))
  if (sign !== undefined) parts.push(say(`opening.sign.${sign.source}.${sign.says}`, { time: clock(sign.at) }))
  return parts.join(' · ')
}

/** "Space free, 3 people, 12 seats". */
export function SpaceText({ space }: { space: StationView['space'] }) {
  const { say } = useWords()
  const { state, people, capacity } = space
  if (people === undefined || state === 'unknown') return say(`space.${state}`)
  const count =
    capacity === undefined ? say('space.people', { count: people }) : say('space.peopleOf', { count: people, capacity })
  return `${say(`space.${state}`)} · ${count}`
}
