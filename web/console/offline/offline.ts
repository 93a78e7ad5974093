import type { WorkOrderActRequest, WorkOrderDetail } from '@harbor/protocol'
import type { QueryClient } from '@tanstack/react-query'
import type { ApiClient } from '../api/api-client.ts'
import { queryKeys } from '../api/query-keys.ts'
import { type ActOutbox, createActOutbox } from './act-outbox.ts'
import { createKeepingAnswers } from './keep-answers.ts'
import type { KeptDatabase } from './kept-database.ts'
import type { WaitingAct } from './waiting-act.ts'

/** The console without a network: what it keeps, and what it sends later. */
export interface Offline {
  outbox: ActOutbox
  /** Puts what the phone keeps in place; to be called before the page is drawn. Never rejects. */
  start: () => Promise<void>
  stop: () => void
  /** The session is over: answers are forgotten, acts wait for their owner. */
  forgetAnswers: () => Promise<void>
  /** Somebody signed out: nothing of them stays on this phone. */
  forgetPerson: (login: string) => Promise<void>
}

export interface OfflineDeps {
  client: QueryClient
  api: ApiClient
  store: KeptDatabase
  nowMs: () => number
}

export function createOffline({ client, api, store, nowMs }: OfflineDeps): Offline {
  const keeping = createKeepingAnswers(client, store, nowMs)
  let stopKeeping: (() => void) | undefined
  const outbox = createActOutbox({
    store,
    sender: { send: act => send(api, act), look: id => api.workOrders.detail(id) },
    onOrder(order) {
      client.setQueryData(queryKeys.order(order.id), order)
      void client.invalidateQueries({ queryKey: queryKeys.everyOrderList })
    },
  })
  return {
    outbox,
    async start() {
      await Promise.all([keeping.restore(), outbox.open()])
      stopKeeping ??= keeping.start()
    },
    stop() {
      stopKeeping?.()
      stopKeeping = undefined
    },
    async forgetAnswers() {
      // What is still to be written must not come back after it was forgotten.
      stopKeeping?.()
      await store.forgetAnswers()
      if (stopKeeping !== undefined) stopKeeping = keeping.start()
    },
    async forgetPerson(login) {
      await this.forgetAnswers()
      await outbox.forget(login)
    },
  }
}

function send({ workOrders }: ApiClient, act: WaitingAct): Promise<WorkOrderDetail> {
  const { key, order, revision, asked } = act
  const madeAt = new Date(act.madeAtMs).toISOString()
  if (asked.act === 'photo') return workOrders.addPhoto(order, asked.blob, { key, madeAt, moment: asked.moment })
  return workOrders.act(order, { ...asked, key, revision, madeAt } as WorkOrderActRequest & { key: string })
}
