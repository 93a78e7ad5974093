import type { StationView } from '@harbor/protocol'
import { useTimeStyle } from '../console-context.ts'
import { clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'

/** "Open, closes 22:00". */
export function OpeningText({ opening }: { opening: StationView['opening'] }) {
  const { say } = useWords()
  const nowMs = useNow()
  const style = useTimeStyle()
  const { state, changesAt } = opening
  if (changesAt === undefined || state === 'unknown') return say(`opening.${state}`)
  const time = clockText(Date.parse(changesAt), nowMs, style)
  return `${say(`opening.${state}`)} · ${say(state === 'closed' ? 'opening.opensAt' : 'opening.closesAt', { time })}`
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
