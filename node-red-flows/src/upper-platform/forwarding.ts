import type { CloudEvent } from '@harbor/protocol'
import type { DeadLetter, ForwardBook } from '../ledger/forward-book.ts'
import { postToService } from '../sending/sender.ts'

/** Pauses after failed tries; after the last the event is a dead letter (chosen: an hour's outage and a bit are bridged). */
export const RETRY_AFTER_MS = [30_000, 120_000, 600_000, 3_600_000] as const

export interface UpperPlatform {
  url: string
  /** Sent as a bearer token. */
  token?: string
}

export interface ForwardReport {
  sent: number
  failed: number
  waiting: number
  dead: number
  /** Of the last failure. */
  reason?: string
}

/** Passes events on to the platform above, each as a CloudEvent (structured mode) until it was taken with a 2xx. */
export interface Forwarding {
  queue: (event: CloudEvent, nowMs: number) => void
  /** Sends what is due, oldest first. A call while another runs does nothing. */
  sendDue: (nowMs: () => number) => Promise<ForwardReport>
  deadLetters: () => DeadLetter[]
  resend: (nowMs: number) => number
}

export function createForwarding(book: ForwardBook, platform: UpperPlatform): Forwarding {
  let isRunning = false

  async function sendOne(event: CloudEvent): Promise<string | undefined> {
    const answer = await postToService({
      url: platform.url,
      headers: {
        'content-type': 'application/cloudevents+json; charset=utf-8',
        ...(platform.token !== undefined && { authorization: `Bearer ${platform.token}` }),
      },
      body: JSON.stringify(event),
    })
    if (typeof answer === 'string') return answer
    return answer.status >= 200 && answer.status <= 299 ? undefined : `HTTP ${answer.status}`
  }

  async function sendAll(nowMs: () => number): Promise<ForwardReport> {
    const report = { sent: 0, failed: 0 }
    let reason: string | undefined
    for (const { seq, event, tries } of book.due(nowMs())) {
      const failure = await sendOne(event)
      if (failure === undefined) {
        book.done(seq)
        report.sent += 1
        continue
      }
      reason = failure
      report.failed += 1
      const pauseMs = RETRY_AFTER_MS[tries]
      book.failed(seq, failure, pauseMs === undefined ? undefined : nowMs() + pauseMs)
      // A platform that is down is not asked once for each event that waits; an event that it refuses (4xx) holds up no other.
      if (!failure.startsWith('HTTP 4')) break
    }
    return { ...report, ...book.counts(), ...(reason !== undefined && { reason }) }
  }

  return {
    queue: (event, nowMs) => book.put(event, nowMs),
    sendDue: async nowMs => {
      if (isRunning) return { sent: 0, failed: 0, ...book.counts() }
      isRunning = true
      try {
        return await sendAll(nowMs)
      } finally {
        isRunning = false
      }
    },
    deadLetters: () => book.dead(),
    resend: nowMs => book.resend(nowMs),
  }
}
