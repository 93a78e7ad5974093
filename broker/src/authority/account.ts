import type { GatewayAddress } from '@harbor/protocol'

/**
 * Who is connected. A gateway's rights follow from its address alone. `anybody` is whoever connects to a broker that was started to
 * have its MQTT looked at (see `createBroker`); no other broker knows it.
 */
export type Account = { kind: 'gateway'; address: GatewayAddress } | { kind: SystemAccount } | { kind: 'anybody' }

/** The accounts that are not gateways; each has its secret in a file. */
export const SYSTEM_ACCOUNTS = ['server', 'node-red', 'weather'] as const
/** Those that an installation may be without: with no secret nobody signs in as them. */
export const OPTIONAL_ACCOUNTS: ReadonlySet<SystemAccount> = new Set(['weather'])
export type SystemAccount = (typeof SYSTEM_ACCOUNTS)[number]

/** The MQTT user name of an account. */
export function accountName(account: Account): string {
  return account.kind === 'gateway' ? account.address.gateway : account.kind
}

/** Whether a gateway may not be called `id`: it is the name of a system account. */
export function isReservedId(id: string): boolean {
  return SYSTEM_ACCOUNTS.some(name => name === id)
}
