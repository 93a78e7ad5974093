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
            <strong>{t('connection.lost')}</strong>
            <br />
            {t('connection.since', {
              time: clockText(lostSinceMs, nowMs, context),
              age: ageText(nowMs - lostSinceMs, t),
            })}
          </span>
        </p>
      )}
    </div>
  )
}
