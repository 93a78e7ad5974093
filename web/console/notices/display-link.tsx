import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useConsole } from '../console-context.ts'
import { useSession } from '../session/use-session.ts'
import { failureText } from '../shell/failure.tsx'
import { useWords } from '../words/words.tsx'
import styles from './notices.module.css'

/** Who sets screens up: as the server's table of routes says. */
const MAY_SET_UP: readonly string[] = ['keeper', 'manager', 'administrator', 'hardware']

/** The address of the screen in a station; shown only when asked for, for whoever has it can read the screen. */
export function DisplayLink({ station }: { station: string }) {
  const { say } = useWords()
  const { api } = useConsole()
  const role = useSession().data?.role ?? ''
  const ask = useMutation({ mutationFn: () => api.notices.display(station) })
  if (!MAY_SET_UP.includes(role)) return undefined
  return (
    <p className={styles['ways']}>
      {ask.data === undefined ? (
        <Button variant="default" aria-disabled={ask.isPending} onClick={() => ask.isPending || ask.mutate()}>
          {say('notices.display')}
        </Button>
      ) : (
        <a href={ask.data.url} target="_blank" rel="noreferrer" className={styles['way']} data-testid="display-link">
          {say('notices.displayOpen')}
        </a>
      )}
      {ask.isError && (
        <span role="alert" className={styles['problem']}>
          {say('notices.failed', { reason: failureText(ask.error, say) })}
        </span>
      )}
    </p>
  )
}
