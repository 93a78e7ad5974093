import { Button } from '@mantine/core'
import type { SessionList, SessionView } from '@harbor/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useConsole } from '../console-context.ts'
import { useAnnounce } from '../shell/announcer.tsx'
import { Failure, failureText } from '../shell/failure.tsx'
import { Age } from '../time/age.tsx'
import { useWords } from '../words/words.tsx'
import styles from './account.module.css'

const SESSIONS = ['own-sessions'] as const

/** Browsers in which the person is signed in, each with its end. This one is ended by signing out. */
export function SessionsPart() {
  const { say } = useWords()
  const { api } = useConsole()
  const client = useQueryClient()
  const announce = useAnnounce()
  const list = useQuery({ queryKey: SESSIONS, queryFn: ({ signal }) => api.account.sessions(signal) })
  const taken = (left: SessionList) => {
    client.setQueryData(SESSIONS, left)
    announce(say('ownAccount.ended'))
  }
  const end = useMutation({ mutationFn: api.account.endSession, onSuccess: taken })
  const endOthers = useMutation({ mutationFn: api.account.endOtherSessions, onSuccess: taken })
  const sessions = list.data?.sessions ?? []
  const failed = end.error ?? endOthers.error
  return (
    <section className={`card ${styles['part']}`} data-part="sessions">
      <h2>{say('ownAccount.sessions')}</h2>
      <p className="quiet">{say('ownAccount.sessionsHint')}</p>
      {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      <ul className={styles['list']}>
        {sessions.map(session => (
          <li key={session.id} className={styles['row']} data-session={session.isThis ? 'this' : 'other'}>
            <About session={session} />
            {!session.isThis && (
              <Button
                variant="default"
                aria-label={say('ownAccount.endNamed', {
                  browser: session.browser ?? say('ownAccount.unknownBrowser'),
                })}
                loading={end.isPending && end.variables === session.id}
                onClick={() => end.mutate(session.id)}
              >
                {say('ownAccount.end')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
        <Button variant="default" loading={endOthers.isPending} onClick={() => endOthers.mutate()}>
          {say('ownAccount.endOthers')}
        </Button>
      )}
      {failed !== null && <p role="alert">{failureText(failed, say)}</p>}
    </section>
  )
}

function About({ session: { browser, isThis, since, usedAt, network } }: { session: SessionView }) {
  const { say } = useWords()
  return (
    <div className={styles['about']}>
      <span>
        {browser ?? say('ownAccount.unknownBrowser')} {isThis && <strong>{say('ownAccount.thisOne')}</strong>}
      </span>
      <span className="quiet">
        {say('ownAccount.since')} <Age at={since} /> · {say('ownAccount.used')} <Age at={usedAt} />
      </span>
      {network !== undefined && <span className="quiet">{say('ownAccount.from', { network })}</span>}
    </div>
  )
}
