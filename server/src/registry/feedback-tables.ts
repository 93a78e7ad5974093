import type { CONFIRMATIONS, FEEDBACK_STATES, FeedbackTopic } from '@harbor/protocol'

export type FeedbackState = (typeof FEEDBACK_STATES)[number]

/** The tables of what visitors say, and of their check-ins. */
export interface FeedbackTables {
  /** What visitors said, with what became of it. No key and no address is in it. */
  feedback: {
    /** For staff; the visitor's own key is another. */
    id: string
    key_sha256: string
    /** Of what was sent: the same key with other words is not the same report. */
    body_sha256: string
    station: string
    district: string
    topic: FeedbackTopic
    appliance: string | null
    text: string | null
    stars: number | null
    /** 0: of the same network and day as a rating that counts. */
    stars_count: 0 | 1
    /** How many photos were announced. */
    photos: number
    state: FeedbackState
    revision: number
    written_at_ms: number
    received_at_ms: number
    changed_at_ms: number
    /** As everybody may read it: masked. */
    reply_text: string | null
    reply_at_ms: number | null
    /** Login. */
    reply_by: string | null
    closed_at_ms: number | null
    /** Login; null: the visitor, or the system. */
    closed_by: string | null
    work_order: string | null
    promised_at_ms: number | null
    fixed: 0 | 1 | null
    /** The sender's network as a keyed hash of one day; taken out after two days. */
    network: string | null
  }
  /** Photos of reports; the files are named by the SHA-256 of what is kept. */
  visitor_photo: {
    id: string
    /** Null: the report is gone, and the photo stays, because it was released. */
    feedback: string | null
    /** From 1 on. */
    n: number
    station: string
    district: string
    sha256: string
    /** Of the bytes as they were sent: so the same sent again is known. */
    given_sha256: string
    at_ms: number
    released_at_ms: number | null
    /** Login. */
    released_by: string | null
  }
  /** One-tap confirmations of the last hours. `sender` and `network` are keyed hashes of one day. */
  confirmation: {
    station: string
    says: (typeof CONFIRMATIONS)[number]
    sender: string
    at_ms: number
    role: 'keeper' | 'visitor'
    network: string
  }
  /** That somebody came in an hour. The pseudonym is another in each month and at each station. */
  check_in: { station: string; hour_ms: number; pseudonym: string }
  /** No row: the first code. */
  door_code: { station: string; rotation: number; since_ms: number; actor: string }
}
