import {
  type BrokerAccounts,
  ProtocolError,
  brokerStatusSchema,
  decodeJson,
  encodeJson,
  errorText,
  topics,
} from '@harbor/protocol'
import type { Logger } from 'pino'
import type { MessageBus } from '../bus/message-bus.ts'

type Account = BrokerAccounts['accounts'][number]

export interface AccountSyncSettings {
  /** Accounts in one message, at most 500 (brokerAccountsSchema). */
  batchSize: number
  /** How long the broker may take to say what it has, after connecting and after a message, before it is sent (again), in ms; doubles with each time that it says nothing. */
  answerMs: number
}

export const ACCOUNT_SYNC_DEFAULTS: AccountSyncSettings = { batchSize: 500, answerMs: 5_000 }

/** 5 s become 5 minutes at most. */
const MAX_DOUBLINGS = 6

export interface AccountSyncDeps {
  bus: Pick<MessageBus, 'publish' | 'subscribe' | 'onConnect'>
  /** Accounts changed after `revision`, oldest revision first, at most `limit`. */
  accountsAfter: (revision: number, limit: number) => Promise<readonly Account[]>
  /** The revision of the newest change; 0 when there was none. */
  latestRevision: () => Promise<number>
  /** Numbers all accounts anew, in their order, from above `revision`. */
  renumberAfter: (revision: number) => Promise<void>
  log: Logger
}

/**
 * Keeps the broker's gateway accounts in step with the registry: the broker says up to which revision it has them, and is
 * sent what follows, one message at a time, until it has all. So a loss on either side heals by itself.
 */
export interface AccountSync {
  /** Subscribes; call it before the bus is started. */
  start(): void
  stop(): void
  /** To be called after every change of an account. */
  accountsChanged(): void
}

export function createAccountSync(
  { batchSize, answerMs }: AccountSyncSettings,
  { bus, accountsAfter, latestRevision, renumberAfter, log }: AccountSyncDeps,
): AccountSync {
  /** What the broker said last that it has; undefined until it has spoken. */
  let brokerRevision: number | undefined
  let unanswered = 0
  let answerTimer: NodeJS.Timeout | undefined
  let isStopped = false
  let isSending = false
  let isAskedAgain = false

  function onStatus(payload: Uint8Array): void {
    try {
      const { accountsRevision } = decodeJson(brokerStatusSchema, payload)
      // A broker that repeats itself did not take what was sent; it is given time instead of the same again at once.
      const isNews = accountsRevision !== brokerRevision
      brokerRevision = accountsRevision
      if (!isNews) return
      unanswered = 0
      sendRest()
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      log.warn({ reason: error.code, detail: error.message }, "the broker's status cannot be read")
    }
  }

  /** Sends the next message, now or after the one that is being sent. */
  function sendRest(): void {
    if (isSending) {
      isAskedAgain = true
      return
    }
    isSending = true
    void sendNext().finally(() => {
      isSending = false
      if (!isAskedAgain) return
      isAskedAgain = false
      sendRest()
    })
  }

  async function sendNext(): Promise<void> {
    waitForAnswer(undefined)
    if (isStopped) return
    const after = brokerRevision ?? 0
    try {
      const latest = await latestRevision()
      if (after === latest) return
      if (after > latest) {
        // A registry restored from a backup: what it changes next would be old news to the broker. It begins above instead.
        log.warn({ after, latest }, 'the broker has newer accounts than the registry, sending it all of the registry')
        await renumberAfter(after)
      }
      const accounts = await accountsAfter(after, batchSize)
      if (accounts.length === 0) return
      await bus.publish(topics.brokerAccounts, encodeJson({ accounts }))
      log.debug({ after, accounts: accounts.length }, 'sent accounts to the broker')
    } catch (error) {
      log.warn({ error: errorText(error) }, 'sending accounts to the broker failed, trying again')
    }
    // Without an answer the message, or the broker's disk, is lost: the same again.
    waitForAnswer(sendRest)
  }

  function waitForAnswer(then: (() => void) | undefined): void {
    clearTimeout(answerTimer)
    answerTimer = undefined
    if (then === undefined || isStopped) return
    answerTimer = setTimeout(then, answerMs * 2 ** Math.min(unanswered, MAX_DOUBLINGS))
    unanswered += 1
  }

  return {
    start() {
      bus.subscribe(topics.brokerStatus, ({ payload }) => onStatus(payload))
      bus.onConnect(() => {
        // The broker's retained status says where to go on; a broker that never speaks gets all from the first.
        if (brokerRevision === undefined) waitForAnswer(sendRest)
        else sendRest()
      })
    },

    stop() {
      isStopped = true
      waitForAnswer(undefined)
    },

    accountsChanged() {
      // While the broker has not spoken, or its answer is awaited, what changed goes with what follows.
      if (brokerRevision !== undefined && answerTimer === undefined) sendRest()
    },
  }
}
