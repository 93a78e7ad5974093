import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useConsole } from '../console-context.ts'
import { useSession } from '../session/use-session.ts'
import { failureText } from '../shell/failure.tsx'
import { useWords } from '../words/words.tsx'
import styles from './notices.module.css'

/** Who sets screens up: as the server's table of routes says. */
const MAY_SET_UP: readonly string[] = ['keeper', 'manager', 'administrator', 'hardware']

/** Who makes an address anew: the same. */
const MAY_RENEW: readonly string[] = ['manager', 'administrator']

/** The address of the screen in a station; shown only when asked for, for whoever has it can read the screen. */
export function DisplayLink({ station }: { station: string }) {
  const { say } = useWords()
  const { api } = useConsole()
  const role = useSession().data?.role ?? ''
  const [isSure, setIsSure] = useState(false)
  const ask = useMutation({
    mutationFn: (isAnew: boolean) => (isAnew ? api.notices.renewDisplay(station) : api.notices.display(station)),
    onSuccess: () => setIsSure(false),
  })
  const press = (isAnew: boolean) => ask.isPending || ask.mutate(isAnew)
  if (!MAY_SET_UP.includes(role)) return undefined
  return (
    <p className={styles['ways']}>
      {ask.data === undefined ? (
        <Button variant="default" aria-disabled={ask.isPending} onClick={() => press(false)}>
          {say('notices.display')}
        </Button>
      ) : (
        <>
          <a href={ask.data.url} target="_blank" rel="noreferrer" className={styles['way']} data-testid="display-link">
            {say('notices.displayOpen')}
          </a>
          {MAY_RENEW.includes(role) && (
            <Button
              variant="default"
              data-act={isSure ? 'renew-sure' : 'renew'}
              aria-disabled={ask.isPending}
              onClick={() => (isSure ? press(true) : setIsSure(true))}
            >
              {say(isSure ? 'notices.displayRenewSure' : 'notices.displayRenew')}
            </Button>
          )}
        </>
      )}
      {ask.isError && (
        <span role="alert" className={styles['problem']}>
          {say('notices.failed', { reason: failureText(ask.error, say) })}
        </span>
      )}
    </p>
  )
}
