import { HarborError } from '@harbor/protocol'

/**
 * What can go wrong in the broker itself.
 * - `BROKER_SECRET_MISSING`: a secret file of `server` or `node-red` is not there or empty. The operator acts.
 * - `BROKER_SESSIONS_UNAVAILABLE`: the folder of the sessions cannot be opened, mostly because another broker has it. The
 *   operator acts.
 * - `BROKER_CERTIFICATE_UNUSABLE`: a certificate, key, request or revocation list cannot be read or does not fit. The operator acts.
 * - `BROKER_CA_EXISTS`, `BROKER_CA_MISSING`: the command for certificates was given a folder that has an authority, or has none.
 * - `BROKER_OPEN_BEYOND_LOOPBACK`: a broker without accounts was to listen for more than this machine. The operator acts.
 * - `BROKER_CONNECT_REFUSED`: a client may not connect; the CONNACK says which of MQTT 3.1.1's reasons. The peer acts.
 * - `BROKER_BAD_STREAM`: bytes that cannot be MQTT, or a packet that is too large to be skipped. The peer acts.
 * - `BROKER_OTHER_PROTOCOL`: a version of MQTT that is not served, such as 5. The peer acts.
 * - `BROKER_ENGINE_UNEXPECTED`: the MQTT library is not built as our extension of it needs. We act.
 */
export type BrokerErrorCode =
  | 'BROKER_SECRET_MISSING'
  | 'BROKER_SESSIONS_UNAVAILABLE'
  | 'BROKER_CERTIFICATE_UNUSABLE'
  | 'BROKER_CA_EXISTS'
  | 'BROKER_CA_MISSING'
  | 'BROKER_OPEN_BEYOND_LOOPBACK'
  | 'BROKER_CONNECT_REFUSED'
  | 'BROKER_BAD_STREAM'
  | 'BROKER_OTHER_PROTOCOL'
  | 'BROKER_ENGINE_UNEXPECTED'

export class BrokerError extends HarborError<BrokerErrorCode> {
  constructor(
    code: BrokerErrorCode,
    message: string,
    options: { cause?: unknown; context?: Record<string, unknown> } = {},
  ) {
    super(code, message, options)
    this.name = 'BrokerError'
  }
}
