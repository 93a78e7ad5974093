import { Navigate, Outlet, useLocation } from 'react-router'
import { useClientConfig } from '../console-context.ts'
import { LiveProvider } from '../live/live-context.tsx'
import { AnnouncerProvider } from '../shell/announcer.tsx'
import { Failure } from '../shell/failure.tsx'
import { useWords } from '../words/words.tsx'
import { signInPath } from './next-path.ts'
import styles from './session.module.css'
import { useSession } from './use-session.ts'

/** Lets those in who are signed in, and sends others to sign in, or to set up the first administrator. */
export function Gate() {
  const { say } = useWords()
  const session = useSession()
  const config = useClientConfig()
  const { pathname, search } = useLocation()
  if (session.data) {
    return (
      <AnnouncerProvider>
        <LiveProvider>
          <Outlet />
        </LiveProvider>
      </AnnouncerProvider>
    )
  }
  if (session.data === null && config.data?.needsFirstAdministrator === true) return <Navigate to="/first" replace />
  if (session.data === null && !config.isPending) return <Navigate to={signInPath(pathname + search)} replace />
  if (session.isError) {
    return (
      <main className={styles['alone']}>
        <Failure error={session.error} retry={() => void session.refetch()} />
      </main>
    )
  }
  return (
    <main className={styles['alone']} aria-busy="true">
      <p className="quiet">{say('loading')}</p>
    </main>
  )
}
