import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { Link } from 'react-router'
import { useConsole } from '../console-context.ts'
import { useSession } from '../session/use-session.ts'
import { useWords } from '../words/words.tsx'
import styles from './checklists.module.css'
import type { Draft } from './draft.ts'
import { type DraftStore, openDraftStore } from './draft-store.ts'
import { sendDrafts } from './send-drafts.ts'

/** Beside the browser's own word that it is online, which a captive network gives too early. */
const TRY_EVERY_MS = 30_000
const DRAFTS = ['checklist-drafts'] as const

/** One page, one door to the phone's store; nothing is opened before it is asked. */
export const drafts: DraftStore = openDraftStore()

/** What lies on this phone of the person signed in. */
export function useDrafts() {
  const login = useSession().data?.login
  return useQuery({
    queryKey: [...DRAFTS, login],
    queryFn: async () => (await drafts.all()).filter(draft => draft.login === login),
    networkMode: 'always',
    staleTime: 0,
  })
}

/** Sends all that waits. */
export function useSendDrafts() {
  const { api } = useConsole()
  const client = useQueryClient()
  const login = useSession().data?.login
  return useMutation({
    mutationFn: async () => (login === undefined ? 0 : sendDrafts(drafts, api.checklists, login)),
    networkMode: 'always',
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: DRAFTS })
      await client.invalidateQueries({ queryKey: ['checklist-fills'] })
    },
  })
}

/** Says on every page what of the checklists is not sent yet, and sends it as soon as there is a network. */
export function UnsentChecklists() {
  const { say } = useWords()
  const { mutate } = useSendDrafts()
  const all: readonly Draft[] = useDrafts().data ?? []
  const waiting = all.filter(({ state }) => state === 'waiting').length
  const refused = all.filter(({ state }) => state === 'refused').length
  const hasWaiting = waiting > 0
  useEffect(() => {
    if (!hasWaiting) return undefined
    const send = () => mutate()
    const timer = setInterval(send, TRY_EVERY_MS)
    window.addEventListener('online', send)
    send()
    return () => {
      clearInterval(timer)
      window.removeEventListener('online', send)
    }
  }, [hasWaiting, mutate])
  return (
    <div role="status">
      {waiting + refused > 0 && (
        <p className={styles['bar']} data-testid="unsent-checklists" data-waiting={waiting} data-refused={refused}>
          <span>
            {waiting > 0 && say('checklist.waiting', { count: waiting })}{' '}
            {refused > 0 && <strong>{say('checklist.refused', { count: refused })}</strong>}
          </span>
          <Link to="/checklists" className={styles['link']}>
            {say('checklist.show')}
          </Link>
        </p>
      )}
    </div>
  )
}
