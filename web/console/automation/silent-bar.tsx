import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { useConsole, useTimeStyle } from '../console-context.ts'
import { clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'
import styles from './automation.module.css'

/** How often it is asked whether automation runs. */
const REFETCH_MS = 60_000

/** Whether automation runs, kept fresh. */
export function useAutomationState() {
  const { api } = useConsole()
  return useQuery({
    queryKey: ['automation', 'state'],
    queryFn: ({ signal }) => api.automation.state(signal),
    refetchInterval: REFETCH_MS,
  })
}

/** Says on every page of an administrator that automation stands still. The region stays, so that screen readers hear of it. */
export function SilentBar() {
  const { say } = useWords()
  const style = useTimeStyle()
  const nowMs = useNow()
  const silent = (useAutomationState().data?.accounts ?? []).filter(({ state }) => state === 'silent')
  return (
    <div role="status">
      {silent.map(({ account, silentSince = '' }) => (
        <p key={account} className={styles['bar']} data-testid="automation-silent">
          <strong>
            {say('automation.silent', { account, time: clockText(Date.parse(silentSince), nowMs, style) })}
          </strong>
          <Link to="/automation" className={styles['link']}>
            {say('automation.look')}
          </Link>
        </p>
      ))}
    </div>
  )
}
