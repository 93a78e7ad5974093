import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { Link } from 'react-router'
import { newKey } from '../checklists/draft.ts'
import { useConsole } from '../console-context.ts'
import offline from '../offline/offline.module.css'
import { useSession } from '../session/use-session.ts'
import { useAnnounce } from '../shell/announcer.tsx'
import { useWords } from '../words/words.tsx'
import { type AnswerAsked, type AnswerStore, type WaitingAnswer, openAnswerStore } from './answer-store.ts'
import { sendAnswers } from './send-answers.ts'
import { EVERY_NOTICE, noticeKey } from './use-notices.ts'

/** Beside the browser's own word that it is online, which a captive network gives too early. */
const TRY_EVERY_MS = 20_000
const ANSWERS = ['notice-answers'] as const

/** One page, one door to the phone's store; nothing is opened before it is asked. */
const answers: AnswerStore = openAnswerStore()

/** Answers of the person signed in that the server does not have, oldest first. */
export function useWaitingAnswers(): readonly WaitingAnswer[] {
  const login = useSession().data?.login
  const waiting = useQuery({
    queryKey: [...ANSWERS, login],
    queryFn: async () =>
      (await answers.all()).filter(answer => answer.login === login).sort((a, b) => a.madeAtMs - b.madeAtMs),
    networkMode: 'always',
    staleTime: 0,
  })
  return waiting.data ?? []
}

/** Sends what waits; one such run at a time. */
function useSendAnswers() {
  const { api } = useConsole()
  const client = useQueryClient()
  const login = useSession().data?.login ?? ''
  return useMutation({
    mutationFn: () =>
      sendAnswers({
        store: answers,
        api: api.notices,
        login,
        onNotice: notice => client.setQueryData(noticeKey(notice.id), notice),
      }),
    networkMode: 'always',
    scope: { id: 'notice-answers' },
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ANSWERS })
      void client.invalidateQueries({ queryKey: EVERY_NOTICE })
    },
  })
}

/** One answer: on the phone first, then sent at once, or as soon as there is a network. Rejects where nothing can be kept. */
export function useAnswer(notice: string) {
  const client = useQueryClient()
  const { clock } = useConsole()
  const { say } = useWords()
  const announce = useAnnounce()
  const login = useSession().data?.login ?? ''
  const send = useSendAnswers()
  return useMutation({
    mutationFn: async (asked: AnswerAsked) => {
      await client.cancelQueries({ queryKey: EVERY_NOTICE })
      await answers.put({ key: newKey(), login, notice, asked, madeAtMs: clock.now() })
      await client.invalidateQueries({ queryKey: ANSWERS })
      await send.mutateAsync()
    },
    networkMode: 'always',
    onSuccess: () => announce(say('notices.acted')),
  })
}

/** Forgets an answer that was refused, once somebody has read why. */
export function useForgetAnswer() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (key: string) => answers.remove(key),
    networkMode: 'always',
    onSettled: () => client.invalidateQueries({ queryKey: ANSWERS }),
  })
}

/** Says on every page what of the answers is not sent yet, and sends it as soon as there is a network. */
export function UnsentAnswers() {
  const { say } = useWords()
  const { mutate } = useSendAnswers()
  const all = useWaitingAnswers()
  const refused = all.filter(({ reason }) => reason !== undefined).length
  const waiting = all.length - refused
  const hasWaiting = waiting > 0
  useEffect(() => {
    if (!hasWaiting) return undefined
    const send = () => mutate()
    const timer = setInterval(send, TRY_EVERY_MS)
    window.addEventListener('online', send)
    return () => {
      clearInterval(timer)
      window.removeEventListener('online', send)
    }
  }, [hasWaiting, mutate])
  // What was left of an earlier visit goes at once.
  useEffect(() => mutate(), [mutate])
  const [first] = all
  return (
    <div role="status">
      {first !== undefined && (
        <p className={offline['bar']} data-testid="unsent-answers" data-waiting={waiting} data-refused={refused}>
          <span>
            {waiting > 0 && say('offline.waiting', { count: waiting })}{' '}
            {refused > 0 && <strong>{say('offline.refused', { count: refused })}</strong>}
          </span>
          <Link to={`/notices/${first.notice}`} className={offline['link']}>
            {say('offline.show')}
          </Link>
        </p>
      )}
    </div>
  )
}
