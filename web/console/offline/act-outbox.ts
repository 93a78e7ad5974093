import type { WorkOrderDetail } from '@harbor/protocol'
import { RequestError } from '../api/request-error.ts'
import type { KeptDatabase } from './kept-database.ts'
import { overtakenBy } from './projected-order.ts'
import type { Refused, WaitingAct } from './waiting-act.ts'

/** What a phone without a network for a week can be asked to keep; a photo is up to 500 KB. */
export const MAX_WAITING = 100
export const MAX_WAITING_PHOTOS = 20

/** How acts get to the server. Both reject with a RequestError, and may be called again after one. */
export interface ActSender {
  send: (act: WaitingAct) => Promise<WorkOrderDetail>
  /** The order as it is, to tell what happened meanwhile. */
  look: (order: string) => Promise<WorkOrderDetail>
}

export interface OutboxState {
  /** Of everybody who uses this phone, oldest first; refused ones until somebody has read why. */
  acts: readonly WaitingAct[]
  isSending: boolean
}

/** `sent`: with the order as it then is; `kept`: no network, it goes later by itself; `full`: too much waits already. */
export type AddAnswer = { kind: 'sent'; order: WorkOrderDetail } | { kind: 'kept' } | { kind: 'full' }

/** Keeps acts until the server has them. */
export interface ActOutbox {
  getState: () => OutboxState
  /** Calls `listener` after every change; returns what stops it. */
  subscribe: (listener: () => void) => () => void
  /** Reads what is kept. */
  open: () => Promise<void>
  /** Keeps an act and sends all that waits. Rejects with what the server answered when it refuses at once: the person is looking. */
  add: (act: Omit<WaitingAct, 'seq'>) => Promise<AddAnswer>
  /** Sends what waits of this login, oldest first; one such run at a time. Never rejects. */
  flush: (login: string) => Promise<void>
  /** Takes an act back, or forgets a refusal that was read. */
  remove: (key: string) => Promise<void>
  /** Forgets every act of a login. */
  forget: (login: string) => Promise<void>
}

export interface ActOutboxDeps {
  store: Pick<KeptDatabase, 'readActs' | 'writeAct' | 'removeAct'>
  sender: ActSender
  /** Called with an order after each act that was taken, or refused. */
  onOrder: (order: WorkOrderDetail) => void
}

/**
 * The acts of an order are sent in the order of their presses, each with the revision that its person saw. One that is refused stays,
 * with what happened meanwhile, and those after it that build on it are not sent; what only adds (notes, parts, photos) still is.
 */
export function createActOutbox({ store, sender, onOrder }: ActOutboxDeps): ActOutbox {
  let state: OutboxState = { acts: [], isSending: false }
  let running: Promise<void> | undefined
  const listeners = new Set<() => void>()
  /** Acts whose person waits for the answer on the page. */
  const watched = new Map<string, (answer: AddAnswer | RequestError) => void>()
  const set = (change: Partial<OutboxState>) => {
    state = { ...state, ...change }
    for (const listener of listeners) listener()
  }
  const put = async (act: WaitingAct) => {
    set({ acts: [...state.acts.filter(({ key }) => key !== act.key), act].sort((a, b) => a.seq - b.seq) })
    await store.writeAct(act)
  }
  const drop = async (key: string) => {
    set({ acts: state.acts.filter(act => act.key !== key) })
    await store.removeAct(key)
  }

  /** Those that were made on what this one left behind saw it happen. */
  const moveOn = async (done: WaitingAct, order: WorkOrderDetail) => {
    if (overtakenBy(order.history, { seen: done.revision, login: done.login }) !== undefined) return
    for (const act of ofOrder(done)) if (act.revision === done.revision) await put({ ...act, revision: order.revision })
  }
  const ofOrder = ({ order, key, login }: WaitingAct) =>
    state.acts.filter(act => act.order === order && act.key !== key && act.login === login && act.refused === undefined)

  const refuse = async (act: WaitingAct, error: RequestError) => {
    const order = await sender.look(act.order).catch(() => undefined)
    if (order !== undefined) onOrder(order)
    const tell = watched.get(act.key)
    if (tell !== undefined) {
      await drop(act.key)
      tell(error)
      return
    }
    const step = order === undefined ? undefined : overtakenBy(order.history, { seen: act.revision, login: act.login })
    const refused: Refused = {
      kind: error.code === 'API_CONFLICT' ? 'conflict' : 'no',
      message: error.message,
      ...(step !== undefined && {
        faster: { act: step.act, at: step.at, ...(step.actorName !== undefined && { name: step.actorName }) },
      }),
    }
    await put({ ...act, refused })
    // What was to follow it has lost its ground; it would be refused too, or worse, be taken out of place.
    if (isAdding(act)) return
    for (const next of ofOrder(act)) if (!isAdding(next)) await put({ ...next, refused })
  }

  const run = async (login: string) => {
    set({ isSending: true })
    try {
      for (;;) {
        const act = state.acts.find(one => one.login === login && one.refused === undefined)
        if (act === undefined) return
        try {
          const order = await sender.send(act)
          await drop(act.key)
          await moveOn(act, order)
          onOrder(order)
          watched.get(act.key)?.({ kind: 'sent', order })
        } catch (error) {
          if (!(error instanceof RequestError) || !isFinal(error)) return
          await refuse(act, error)
        }
      }
    } finally {
      set({ isSending: false })
      for (const tell of watched.values()) tell({ kind: 'kept' })
    }
  }
  const flush = (login: string): Promise<void> => {
    running ??= run(login).finally(() => {
      running = undefined
    })
    return running
  }

  return {
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async open() {
      const kept = await store.readActs()
      set({ acts: kept.sort((a, b) => a.seq - b.seq) })
    },
    async add(made) {
      const photos = state.acts.filter(({ asked }) => asked.act === 'photo').length
      if (state.acts.length >= MAX_WAITING || (made.asked.act === 'photo' && photos >= MAX_WAITING_PHOTOS))
        return { kind: 'full' }
      const act = { ...made, seq: (state.acts.at(-1)?.seq ?? 0) + 1 }
      const answered = new Promise<AddAnswer | RequestError>(resolve => watched.set(act.key, resolve))
      // On the phone before it is on the way: whatever happens to the page now, it is not lost.
      await put(act)
      // A run that is just ending may have looked before this one was there.
      void (running ?? Promise.resolve()).then(() => flush(act.login))
      const answer = await answered
      watched.delete(act.key)
      if (answer instanceof RequestError) throw answer
      return answer
    },
    flush,
    remove: drop,
    async forget(login) {
      for (const { key } of state.acts.filter(act => act.login === login)) await drop(key)
    },
  }
}

/** What only adds to an order is taken whatever happened since. */
function isAdding({ asked }: WaitingAct): boolean {
  return asked.act === 'note' || asked.act === 'part' || asked.act === 'photo'
}

/** Whether asking again could not help. Without a session it waits for its owner to sign in. */
function isFinal({ code }: RequestError): boolean {
  return code === 'API_CONFLICT' || code === 'API_FORBIDDEN' || code === 'API_NOT_FOUND' || code === 'API_REFUSED'
}
