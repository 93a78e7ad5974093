import type { BrokerAccounts } from '@harbor/protocol'
import { type Account, SYSTEM_ACCOUNTS, type SystemAccount, isReservedId } from '../authority/account.ts'
import { type AccountStore, openAccountStore } from './account-store.ts'
import { isSameHash, readSystemSecrets, secretHash } from './secrets.ts'

/** Whom a user name and a password prove, or why they prove nobody. */
export type Verdict = Account | 'anonymous' | 'wrong_secret'

export interface AccountsConfig {
  /** The SQLite file of the gateways' accounts. */
  file: string
  /** The folder of the secret files `mqtt-server` and `mqtt-node-red`. */
  secretsDir: string
}

/** Who may connect. */
export interface Accounts {
  /** @throws BrokerError BROKER_SECRET_MISSING */
  start: () => Promise<void>
  stop: () => void
  /** Pure look-up: a name that is not known and a wrong secret give the same answer. */
  verify: (username: string | undefined, password: Uint8Array | undefined) => Verdict
  /**
   * The gateway that a checked certificate names. A user name beside it must be the same, and a secret given too must be right:
   * a certificate is in the place of the secret and takes nothing back that the client itself got wrong.
   */
  verifyCertificate: (commonName: string, username: string | undefined, password: Uint8Array | undefined) => Verdict
  /** Stores a batch; durable when this returns. Tells whose connections no longer stand and which ids are reserved. */
  apply: (batch: BrokerAccounts) => { changed: string[]; reserved: string[] }
  /** The highest revision that is stored. */
  revision: () => number
}

/** Compared with when a name is unknown, so that the time taken does not tell which names exist. */
const NOBODYS_HASH = Buffer.alloc(32)

export function createAccounts(config: AccountsConfig): Accounts {
  let system: ReadonlyMap<SystemAccount, Buffer> = new Map()
  let store: AccountStore | undefined

  const opened = (): AccountStore => (store ??= openAccountStore(config.file))

  const verify: Accounts['verify'] = (username, password) => {
    if (username === undefined || username === '' || password === undefined) return 'anonymous'
    const hash = secretHash(password)
    const kind = SYSTEM_ACCOUNTS.find(name => name === username)
    if (kind !== undefined) return isSameHash(hash, system.get(kind) ?? NOBODYS_HASH) ? { kind } : 'wrong_secret'
    const stored = opened().find(username)
    if (!isSameHash(hash, stored?.secretHash ?? NOBODYS_HASH) || stored === undefined) return 'wrong_secret'
    return { kind: 'gateway', address: stored.address }
  }

  return {
    start: async () => {
      system = await readSystemSecrets(config.secretsDir)
      opened()
    },
    stop: () => {
      store?.close()
      store = undefined
    },
    verify,
    verifyCertificate: (commonName, username, password) => {
      if (password !== undefined || (username !== undefined && username !== '' && username !== commonName))
        return verify(username, password)
      const stored = opened().find(commonName)
      return stored === undefined ? 'wrong_secret' : { kind: 'gateway', address: stored.address }
    },
    apply: ({ accounts }) => {
      const reserved = accounts.filter(({ gateway }) => isReservedId(gateway)).map(({ gateway }) => gateway)
      const changed = opened().apply(accounts.filter(({ gateway }) => !isReservedId(gateway)))
      return { changed, reserved }
    },
    revision: () => opened().revision(),
  }
}
