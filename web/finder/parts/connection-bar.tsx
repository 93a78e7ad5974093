import { useFinder } from '../finder-context.ts'
import { ageText, clockText } from '../model/time-text.ts'
import { Icon } from './icons.tsx'

/** Says that nothing new comes, and since when. Its place is always there, so that screen readers tell of the change. */
export function ConnectionBar({ lostSinceMs }: { lostSinceMs: number | undefined }) {
  const context = useFinder()
  const { t, nowMs } = context
  return (
    <div role="status" className="connection" data-testid="connection-bar" data-lost={lostSinceMs !== undefined}>
      {lostSinceMs !== undefined && (
        <p className="connection-bar">
          <Icon name="offline" />
          <span>
            <strong>{t('connection.lost', { time: clockText(lostSinceMs, nowMs, context) })}</strong>
            <br />
            {t('connection.lostAge', { age: ageText(nowMs - lostSinceMs, t) })}
          </span>
        </p>
      )}
    </div>
  )
}
