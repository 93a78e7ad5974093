import type { NoticeDetail } from '@harbor/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { NoticesApi } from '../api/notices-api.ts'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'
import { useAnnounce } from '../shell/announcer.tsx'

/** Live events come by the socket; this heals what was missed. */
const REFETCH_MS = 60_000

/** Everything of orders in the cache. */
export const EVERY_NOTICE = queryKeys.everyNotice
export const noticeKey = (id: string) => [...EVERY_NOTICE, 'one', id] as const

/** Orders that stand, or all. */
export function useNotices(state: 'standing' | 'all') {
  const { api } = useConsole()
  return useQuery({
    queryKey: [...EVERY_NOTICE, state],
    queryFn: ({ signal }) => api.notices.list(state, signal),
    refetchInterval: REFETCH_MS,
  })
}

/** One order with its receipts. */
export function useNotice(id: string) {
  const { api } = useConsole()
  return useQuery({
    queryKey: noticeKey(id),
    queryFn: ({ signal }) => api.notices.detail(id, signal),
    refetchInterval: REFETCH_MS,
  })
}

/** One act on orders; `said` is read out to those who do not see what became of it. */
export function useNoticeAct<Input>(act: (api: NoticesApi, input: Input) => Promise<NoticeDetail>, said: string) {
  const { api } = useConsole()
  const client = useQueryClient()
  const announce = useAnnounce()
  return useMutation({
    mutationFn: (input: Input) => act(api.notices, input),
    // What is being fetched was asked before the act: it must not overwrite what the act answers.
    onMutate: () => client.cancelQueries({ queryKey: EVERY_NOTICE }),
    onSuccess: notice => {
      client.setQueryData(noticeKey(notice.id), notice)
      if (said !== '') announce(said)
    },
    onSettled: () => client.invalidateQueries({ queryKey: EVERY_NOTICE }),
  })
}
