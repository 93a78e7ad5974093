import { useFinder } from '../finder-context.ts'
import { type StationNow, isOpen } from '../model/station-now.ts'
import { ageText } from '../model/time-text.ts'
import { useStationTexts } from './texts/texts.ts'

/** What the status rests on: whose word or which sign, and how old it is; or why nobody can say. */
export function OpeningBasis({ station }: { station: StationNow }) {
  const { nowMs, t: say } = useFinder()
  const t = useStationTexts()
  const { basis, view } = station
  const { unstaffed, special } = view.opening
  const sign = (source: string, says: string, atMs: number) =>
    t(`now.sign.${source}.${says}` as 'now.sign.door.open', { age: ageText(nowMs - atMs, say) })
  const lines: string[] = []
  switch (basis.kind) {
    case 'not_confirmed':
      lines.push(t('now.not_confirmed'))
      break
    case 'no_hours':
      lines.push(t('now.no_hours'))
      break
    case 'said_shut':
      lines.push(t('now.said_shut'), sign(basis.source, basis.says, basis.atMs))
      break
    case 'sign':
      lines.push(sign(basis.source, basis.says, basis.atMs))
      break
    case 'hours':
      if (isOpen(station)) lines.push(t('now.onlyHours'))
      break
    case 'old':
      break
  }
  if (isOpen(station) && unstaffed === true) lines.push(t('now.unstaffed'))
  if (special !== undefined && basis.kind !== 'old') lines.push(t('now.special', { kind: t(`kind.${special}`) }))
  if (lines.length === 0) return null
  const warns = basis.kind === 'not_confirmed' || basis.kind === 'said_shut'
  return (
    <ul className={`basis${warns ? ' basis-warns' : ''}`} role="list" data-basis={basis.kind}>
      {lines.map(line => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
}
