import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { KeepersApi } from '../api/keepers-api.ts'
import { queryKeys } from '../api/query-keys.ts'
import { RequestError } from '../api/request-error.ts'
import { useConsole } from '../console-context.ts'
import { useSession } from '../session/use-session.ts'
import { useAnnounce } from '../shell/announcer.tsx'
import { type CheckStore, type WaitingCheck, openCheckStore } from './check-store.ts'

const STOCK = queryKeys.everyStock
const CHECKS = ['stock-checks'] as const
const REFETCH_MS = 120_000
/** Beside the browser's own word that it is online, which a captive network gives too early. */
const TRY_EVERY_MS = 30_000

/** One page, one door to the phone's store; nothing is opened before it is asked. */
export const checks: CheckStore = openCheckStore()

export function useStock(query: URLSearchParams) {
  const { api } = useConsole()
  return useQuery({
    queryKey: [...STOCK, query.toString()],
    queryFn: ({ signal }) => api.keepers.stock(query, signal),
    refetchInterval: REFETCH_MS,
  })
}

export function useStockHistory(item: string, isWanted: boolean) {
  const { api } = useConsole()
  return useQuery({
    queryKey: [...STOCK, 'history', item],
    queryFn: ({ signal }) => api.keepers.stockHistory(item, signal),
    enabled: isWanted,
  })
}

/** One act on stock; `said` is read out to those who do not see what became of it. */
export function useStockAct<Input, Output>(act: (api: KeepersApi, input: Input) => Promise<Output>, said: string) {
  const { api } = useConsole()
  const client = useQueryClient()
  const announce = useAnnounce()
  return useMutation({
    mutationFn: (input: Input) => act(api.keepers, input),
    onSuccess: () => announce(said),
    onSettled: () => client.invalidateQueries({ queryKey: STOCK }),
  })
}

/** A table of stock: tried, or taken over. */
export function useStockImport() {
  const { api } = useConsole()
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ file, isDry }: { file: Blob; isDry: boolean }) => api.keepers.importStock(file, isDry),
    onSuccess: result => (result.isDone ? client.invalidateQueries({ queryKey: STOCK }) : undefined),
  })
}

/** What was begun of a check at a station; null: nothing. Undefined while the phone is asked. */
export function useCheckDraft(station: string) {
  const login = useSession().data?.login
  return useQuery({
    queryKey: ['stock-check-draft', login, station],
    queryFn: async () => {
      try {
        return (await checks.draft(login ?? '', station)) ?? null
      } catch {
        return null // A browser that keeps nothing: the check begins anew.
      }
    },
    enabled: login !== undefined,
    networkMode: 'always',
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
}

/** Checks of the person signed in that lie on this phone, and their sending: at once, and whenever there is a network again. */
export function useWaitingChecks() {
  const { api } = useConsole()
  const client = useQueryClient()
  const login = useSession().data?.login
  const waiting = useQuery({
    queryKey: [...CHECKS, login],
    queryFn: async () => (await checks.all()).filter(check => check.login === login),
    networkMode: 'always',
    staleTime: 0,
  })
  const { mutate } = useMutation({
    mutationFn: () => sendChecks(checks, api.keepers, login ?? ''),
    networkMode: 'always',
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: CHECKS })
      await client.invalidateQueries({ queryKey: STOCK })
    },
  })
  const hasWaiting = (waiting.data ?? []).some(({ reason }) => reason === undefined)
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
  return { waiting: waiting.data ?? [], refresh: () => client.invalidateQueries({ queryKey: CHECKS }) }
}

/** Sends what waits of this login; what the server refuses stays with its words, and without a network all of it stays. */
export async function sendChecks(
  store: Pick<CheckStore, 'all' | 'put' | 'remove'>,
  api: Pick<KeepersApi, 'stockCheck' | 'stockPhoto'>,
  login: string,
): Promise<void> {
  const waiting = (await store.all()).filter(check => check.login === login && check.reason === undefined)
  for (const check of waiting) {
    try {
      await api.stockCheck(check.station, check.request)
      await sendPhotos(check, api)
      await store.remove(check.key)
    } catch (error) {
      const isFinal = error instanceof RequestError && FINAL.includes(error.code)
      if (!isFinal) return
      await store.put({ ...check, reason: error.message })
    }
  }
}

async function sendPhotos({ key, photos }: WaitingCheck, api: Pick<KeepersApi, 'stockPhoto'>): Promise<void> {
  const counts = new Map<string, number>()
  for (const { batch, blob } of photos) {
    const n = (counts.get(batch) ?? 0) + 1
    counts.set(batch, n)
    await api.stockPhoto({ key, batch, n }, blob)
  }
}

/** Asking again could not help. */
const FINAL: readonly RequestError['code'][] = ['API_CONFLICT', 'API_FORBIDDEN', 'API_NOT_FOUND', 'API_REFUSED']
