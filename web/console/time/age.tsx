import { Tooltip } from '@mantine/core'
import { useTimeStyle } from '../console-context.ts'
import { ageText, exactText } from './format.ts'
import { useNow } from './now.tsx'

/** How long ago, ticking; the exact time on hover, touch and focus. */
export function Age({ at }: { at: string }) {
  const style = useTimeStyle()
  const nowMs = useNow()
  const atMs = Date.parse(at)
  const exact = exactText(atMs, style)
  return (
    <Tooltip label={exact} events={{ hover: true, focus: true, touch: true }} withinPortal={false}>
      <time dateTime={at} tabIndex={0} className="age">
        {ageText(nowMs - atMs, style.locale)}
      </time>
    </Tooltip>
  )
}
