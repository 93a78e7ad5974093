import type { GatewayAddress } from '@harbor/protocol'

/** Who is connected. A gateway's rights follow from its address alone. */
export type Account = { kind: 'gateway'; address: GatewayAddress } | { kind: SystemAccount }

/** The accounts that are not gateways; each has its secret in a file. */
export const SYSTEM_ACCOUNTS = ['server', 'node-red'] as const
export type SystemAccount = (typeof SYSTEM_ACCOUNTS)[number]

/** The MQTT user name of an account. */
export function accountName(account: Account): string {
  return account.kind === 'gateway' ? account.address.gateway : account.kind
}

/**
 * Gateway ids that no account may have: the system accounts' names, and `event`, whose prefix `harbor/v1/{district}/event`
 * is where the server's events are published.
 */
const RESERVED_IDS: readonly string[] = [...SYSTEM_ACCOUNTS, 'event']

/** Whether a gateway may not be called `id`. */
export function isReservedId(id: string): boolean {
  return RESERVED_IDS.includes(id)
}
