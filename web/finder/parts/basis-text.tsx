import { useFinder } from '../finder-context.ts'
import { type StationNow, isOpen } from '../model/station-now.ts'
import { ageText, clockText } from '../model/time-text.ts'
import { Icon } from './icons.tsx'

/** On what the opening stands, in one line, with its age; and where nothing is known of now, the posted hours. */
export function BasisText({ station }: { station: StationNow }) {
  const { t, nowMs, ...words } = useFinder()
  const { basis, opening, posted, knownAtMs, view } = station
  const text = () => {
    switch (basis.kind) {
      case 'sign':
        return t(basis.says === 'open' ? `basis.${basis.source}` : shutKey(basis.source), age(basis.atMs))
      case 'said_shut':
        return t('basis.said_shut', age(basis.atMs))
      case 'hours':
        return opening === 'closed' ? undefined : t('basis.hours')
      case 'old':
        return knownAtMs === 0 ? t('basis.never') : t('basis.old', age(knownAtMs))
      default:
        return t(`basis.${basis.kind}`)
    }
  }
  const age = (atMs: number) => ({ age: ageText(nowMs - atMs, t) })
  const postedText = () => {
    if (basis.kind !== 'old' || posted === undefined) return undefined
    const { open, changesAtMs } = posted
    if (changesAtMs === undefined) return t(open ? 'opening.postedOpen' : 'opening.postedClosed')
    const time = clockText(changesAtMs, nowMs, { t, ...words })
    return t(open ? 'opening.postedUntil' : 'opening.postedOpens', { time })
  }
  const unstaffed = isOpen(station) && view.opening.unstaffed === true ? t('basis.unstaffed') : undefined
  const parts = [text(), postedText(), unstaffed].filter(part => part !== undefined)
  if (parts.length === 0) return null
  const isConfirmed = basis.kind === 'sign' && basis.says === 'open'
  return (
    <p className={`basis-line basis-${basis.kind}`} data-basis={basis.kind}>
      {isConfirmed && <Icon name="check" />}
      <span>{parts.join(' · ')}</span>
    </p>
  )
}

/** What says "shut" is a door or a person; anything else that did would be a door's neighbour. */
function shutKey(source: string): 'basis.shut.door' | 'basis.shut.keeper' | 'basis.shut.visitor' {
  return source === 'keeper' || source === 'visitor' ? `basis.shut.${source}` : 'basis.shut.door'
}
