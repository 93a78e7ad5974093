import { useFinder } from '../finder-context.ts'
import type { PinState } from '../model/station-now.ts'
import { PinBadge } from './status.tsx'

const PINS: readonly PinState[] = ['room', 'limited', 'open', 'full', 'unknown', 'closed']

/** What the signs on the map mean. */
export function PinLegend() {
  const { t } = useFinder()
  return (
    <details className="legend">
      <summary>{t('map.legend')}</summary>
      <ul role="list">
        {PINS.map(pin => (
          <li key={pin}>
            <PinBadge pin={pin} />
          </li>
        ))}
      </ul>
    </details>
  )
}
