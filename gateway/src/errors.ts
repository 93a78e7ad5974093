import { HarborError } from '@harbor/protocol'

/**
 * What can go wrong in a gateway, by who must act.
 *
 * Operator: GATEWAY_DIR_UNREADABLE, GATEWAY_CONFIG_INVALID, GATEWAY_SECRET_INVALID, GATEWAY_CERTIFICATE_INVALID, GATEWAY_KEYS_INVALID,
 * GATEWAY_PORT_SHARED, GATEWAY_CLAIM_REFUSED (the server, or what is on the box already, says no), GATEWAY_BUNDLE_INVALID (the card's folder
 * is not whole).
 * Environment, may be retried: GATEWAY_OUTBOX_UNAVAILABLE, GATEWAY_CONTROL_UNAVAILABLE (the file cannot be opened or written).
 * Also GATEWAY_CLAIM_FAILED (no answer of the server that can be believed).
 * Peer: GATEWAY_SOFTWARE_REFUSED (a package that is not what it should be).
 * Also GATEWAY_LAN_REFUSED (a client on the station's LAN asked for what is not given).
 * Nobody: GATEWAY_STOPPING (the message came while the gateway ends; its sender keeps it).
 */
export type GatewayErrorCode =
  | 'GATEWAY_DIR_UNREADABLE'
  | 'GATEWAY_CONFIG_INVALID'
  | 'GATEWAY_SECRET_INVALID'
  | 'GATEWAY_CERTIFICATE_INVALID'
  | 'GATEWAY_KEYS_INVALID'
  | 'GATEWAY_PORT_SHARED'
  | 'GATEWAY_CLAIM_REFUSED'
  | 'GATEWAY_CLAIM_FAILED'
  | 'GATEWAY_BUNDLE_INVALID'
  | 'GATEWAY_OUTBOX_UNAVAILABLE'
  | 'GATEWAY_CONTROL_UNAVAILABLE'
  | 'GATEWAY_SOFTWARE_REFUSED'
  | 'GATEWAY_LAN_REFUSED'
  | 'GATEWAY_STOPPING'

export function gatewayError(
  code: GatewayErrorCode,
  message: string,
  options: { cause?: unknown; context?: Record<string, unknown> } = {},
): HarborError<GatewayErrorCode> {
  return new HarborError(code, message, options)
}
