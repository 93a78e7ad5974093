import type { ConnectPacket } from 'aedes'
import type { Account } from '../authority/account.ts'
import { accountName } from '../authority/account.ts'
import { mayPublish, mayRetain } from '../authority/authority.ts'
import type { Verdict } from '../accounts/accounts.ts'
import type { RefusalReason } from '../refusals.ts'

/** Who was let in, or why not. */
export type Admission = { account: Account } | { refused: RefusalReason; returnCode: 1 | 2 | 4 | 5; detail?: string }

export interface AdmissionDeps {
  verify: (username: string | undefined, password: Uint8Array | undefined) => Verdict
  /** A text that is different each time. */
  newId: () => string
  /** Largest payload of a last will, in bytes. */
  payloadBytes: number
}

/** Chosen: longer than any client makes of itself (23 is what MQTT 3.1.1 promises), short enough to be a key of the store. */
const MAX_CLIENT_ID_LENGTH = 128

/**
 * Decides on a CONNECT, and makes of its packet what the engine may trust: the client id of an admitted one is
 * `{account}/{id}`, so that no account can take over or read another's session; that of a refused one is its own and new,
 * so that nothing the engine does on the way to the refusal touches a session.
 */
export function admit(packet: ConnectPacket, deps: AdmissionDeps): Admission {
  const admission = decide(packet, deps)
  if ('refused' in admission) {
    packet.clientId = `refused/${deps.newId()}`
    packet.clean = true
    delete packet.will
    return admission
  }
  packet.clientId = `${accountName(admission.account)}/${packet.clientId === '' ? deps.newId() : packet.clientId}`
  // The will of a topic that keeps nothing is published without being kept.
  if (packet.will?.retain === true && !mayRetain(admission.account, packet.will.topic)) packet.will.retain = false
  return admission
}

function decide(packet: ConnectPacket, deps: AdmissionDeps): Admission {
  const { clientId, clean, username, password, will } = packet
  // Aedes answers these itself, before it asks for the rest.
  if (packet.protocolVersion !== 3 && packet.protocolVersion !== 4) {
    return { refused: 'bad_protocol', returnCode: 1, detail: `version ${packet.protocolVersion}` }
  }
  // [MQTT-3.1.3-8]: an empty id with a session to keep.
  if (clientId === '' && clean !== true) {
    return { refused: 'bad_client_id', returnCode: 2, detail: 'empty, and the session is to be kept' }
  }
  if (clientId.length > MAX_CLIENT_ID_LENGTH) return { refused: 'bad_client_id', returnCode: 2, detail: clientId }
  const verdict = deps.verify(username, password === undefined ? undefined : Buffer.from(password))
  if (verdict === 'anonymous') return { refused: 'anonymous', returnCode: 5 }
  if (verdict === 'wrong_secret') return { refused: 'wrong_secret', returnCode: 4 }
  if (will !== undefined && (!mayPublish(verdict, will.topic) || will.payload.length > deps.payloadBytes)) {
    return { refused: 'forbidden_will', returnCode: 5, detail: will.topic }
  }
  return { account: verdict }
}
