import type { PushMessage } from '@harbor/protocol'

/**
 * What came of a try. `gone`: the target is no more and is to be forgotten; `refused`: another try would fare the same; `later`: one
 * may succeed, not before `afterMs` if it is given.
 */
export type SendResult =
  | { result: 'sent' }
  | { result: 'gone' | 'refused'; reason: string }
  | { result: 'later'; reason: string; afterMs?: number }

/** A browser that takes messages (Push API). */
export interface PushTarget {
  endpoint: string
  p256dh: string
  auth: string
}

/** Sends to a phone. Never rejects. */
export type SendPush = (target: PushTarget, message: PushMessage, options: { isUrgent: boolean }) => Promise<SendResult>

/** A file that goes with a letter. */
export interface Attachment {
  /** As the reader's program names it. */
  name: string
  type: string
  bytes: Uint8Array
}

/** Sends a letter. `id`: the same for the same letter, so that a mailbox shows one that came twice as one. Never rejects. */
export type SendMail = (letter: {
  to: string
  subject: string
  text: string
  id: string
  attachment?: Attachment | undefined
}) => Promise<SendResult>
