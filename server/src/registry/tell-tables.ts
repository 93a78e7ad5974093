import type { TellChannel, TellKind } from '@harbor/protocol'

/** Tables of who is told of what. */
export interface TellTables {
  /** No row: the person has chosen nothing. */
  tell_choice: {
    login: string
    /** JSON, tellChoiceSchema. */
    choice: string
  }
  /** Browsers that take push messages. `id`: SHA-256 of the endpoint. */
  tell_device: {
    id: string
    login: string
    endpoint: string
    p256dh: string
    auth: string
    label: string
    created_at_ms: number
  }
  /** A person's mail address, and whether it is known to be theirs. */
  tell_mail: {
    login: string
    address: string
    /** Of the code in the last letter, bound to person and address; null: used. */
    code_sha256: string | null
    expires_at_ms: number | null
    /** Codes tried since the last letter. */
    tries: number
    /** Letters since `letters_since_ms`, whatever address they went to. */
    letters: number
    letters_since_ms: number
    last_letter_ms: number
    confirmed_at_ms: number | null
  }
  /** What somebody is to be told, and was. */
  tell_outbox: {
    /** The same for the same thing, person and target: it is there once, and so told once. */
    key: string
    login: string
    channel: TellChannel
    /** Of `push`: the device's id; of `mail`: the address. */
    target: string
    kind: TellKind
    /** The alert's or the order's id. */
    subject: string
    /** JSON, what must still hold when it is sent. */
    only_while: string
    /** JSON, PushMessage; its url a path below the server's root. */
    message: string
    /** `dropped`: it no longer held; `dead`: every try failed. */
    state: 'waiting' | 'told' | 'dropped' | 'dead'
    created_at_ms: number
    /** Not before. */
    due_ms: number
    tries: number
    reason: string | null
    ended_at_ms: number | null
  }
}
