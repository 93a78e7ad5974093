import type { Aedes, Client, PublishPacket } from 'aedes'
import { type Account, accountName } from '../authority/account.ts'
import { mayPublish, mayRead, mayRetain, maySubscribe } from '../authority/authority.ts'
import type { Accounts } from '../accounts/accounts.ts'
import type { CertificateProof } from '../listeners/listener.ts'
import { BrokerError } from '../errors.ts'
import type { Refusal } from '../refusals.ts'
import { type Admission, admit } from './admission.ts'
import { ILLEGAL_FILTER, filterCount } from './client-internals.ts'
import type { Limits } from './limits.ts'
import { type RateGate, createRateGate } from './rate-gate.ts'

export interface GatekeeperDeps {
  verify: Accounts['verify']
  verifyCertificate: Accounts['verifyCertificate']
  newId: () => string
  onConnected: (account: Account) => void
  onReceived: (account: Account, payloadBytes: number) => void
  onRefused: (refusal: Refusal) => void
  /** A message waits, because its gateway sends faster than it may. */
  onHeldBack: () => void
  /** ms that only grow. */
  stopwatch: () => number
  /**
   * Takes a message that is for the broker itself, before it is acknowledged; false when it is for others. A message taken
   * is spread no further. Throwing ends the connection, so that the message stays unacknowledged and is sent again.
   */
  take: (topic: string, payload: Uint8Array) => boolean
}

/** Asks the authority at each point where Aedes lets us, and remembers who is who. */
export interface Gatekeeper {
  /** For Aedes. */
  hooks: Pick<Aedes, 'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe'> & {
    authorizeForward: <Packet extends { topic: string }>(client: Client, packet: Packet) => Packet | null
  }
  /** Names a new connection until it has an account, and tells whom its certificate names. */
  introduce: (client: Client, source: string, proof?: CertificateProof) => void
  refuse: (client: Client, reason: Refusal['reason'], detail?: string) => void
  /** The clients of an account, from their CONNECT until they are gone. */
  clientsOf: (account: string) => Client[]
  /** Whether a client, by its namespaced id, may have a filter. */
  isGranted: (clientId: string, filter: string) => boolean
}

/** Where messages go that are acknowledged and given to nobody: nobody may subscribe here. */
const NOWHERE = '$SYS/nowhere'
/** What stands in for a PUBLISH that was too large. */
export const TOO_LARGE = '$SYS/too-large'

export function createGatekeeper(limits: Limits, deps: GatekeeperDeps): Gatekeeper {
  const sources = new WeakMap<Client, string>()
  const proofs = new WeakMap<Client, CertificateProof>()
  const admissions = new WeakMap<Client, Admission>()
  const gates = new WeakMap<Client, RateGate>()
  /** Admitted clients by account; from the CONNECT on, so that an account removed meanwhile is found too. */
  const admitted = new Map<string, Set<Client>>()

  const accountOf = (client: Client): Account | undefined => {
    const admission = admissions.get(client)
    return admission !== undefined && 'account' in admission ? admission.account : undefined
  }
  const refuse = (client: Client, reason: Refusal['reason'], detail?: string) => {
    const account = accountOf(client)
    const source = account === undefined ? (sources.get(client) ?? 'unknown') : accountName(account)
    deps.onRefused(detail === undefined ? { reason, source } : { reason, source, detail })
  }
  const preConnect: Aedes['preConnect'] = (client, packet, done) => {
    const proof = proofs.get(client)
    const verify: Accounts['verify'] =
      proof === undefined ? deps.verify : (...claimed) => deps.verifyCertificate(proof.commonName, ...claimed)
    const admission = admit(packet, { ...limits, verify, newId: deps.newId })
    admissions.set(client, admission)
    if ('account' in admission) remember(client, accountName(admission.account))
    else refuse(client, admission.refused, admission.detail)
    done(null, true)
  }
  const remember = (client: Client, name: string) => {
    const clients = admitted.get(name) ?? new Set()
    admitted.set(name, clients.add(client))
    client.conn.once('close', () => {
      clients.delete(client)
      if (clients.size === 0 && admitted.get(name) === clients) admitted.delete(name)
    })
  }

  const authenticate: Aedes['authenticate'] = (...[client, , , done]) => {
    const admission = admissions.get(client)
    if (admission !== undefined && 'account' in admission) {
      deps.onConnected(admission.account)
      done(null, true)
      return
    }
    const { refused, returnCode } = admission ?? { refused: 'anonymous', returnCode: 5 }
    done(Object.assign(new BrokerError('BROKER_CONNECT_REFUSED', refused), { returnCode }), null)
  }

  /**
   * A forbidden or too large message is acknowledged and given to nobody. The other answer that MQTT 3.1.1 leaves
   * ([MQTT-3.3.5-2]) is to end the connection: then a client that repeats what was not acknowledged would come back with the
   * same message for ever, and a single bad one would silence a whole station.
   */
  const authorizePublish: Aedes['authorizePublish'] = (client, packet, done) => {
    // A last will from the store, of a client that an earlier run of the broker had: it was checked then.
    if (client === null) return done()
    // The programs of the system itself are not held back: what they send is bounded where it is made.
    if (accountOf(client)?.kind !== 'gateway') return authorize(client, packet, done)
    // Its connection is read on only when this message is dealt with, so what waits is at most what was read at once.
    if (gateOf(client).pass(() => authorize(client, packet, done))) deps.onHeldBack()
  }
  const gateOf = (client: Client): RateGate => {
    const known = gates.get(client)
    if (known !== undefined) return known
    const gate = createRateGate({ perS: limits.messagesPerS, stopwatch: deps.stopwatch })
    gates.set(client, gate)
    return gate
  }
  const authorize = (client: Client, packet: PublishPacket, done: (error?: Error | null) => void): void => {
    const account = accountOf(client)
    const { topic, payload } = packet
    if (topic === TOO_LARGE || payload.length > limits.payloadBytes) {
      refuse(client, 'too_large', `${topic}: more than ${limits.payloadBytes} bytes`)
      return swallow(packet, done)
    }
    if (account === undefined || !mayPublish(account, topic)) {
      refuse(client, 'wrong_topic', topic)
      return swallow(packet, done)
    }
    deps.onReceived(account, payload.length)
    packet.dup = false // [MQTT-3.3.1-3]: the sender's flag is about its own sending
    try {
      if (deps.take(topic, Buffer.from(payload))) return swallow(packet, done)
    } catch (error) {
      return done(error instanceof Error ? error : new Error(String(error)))
    }
    // Cleared, not refused: the reading is good, only the wish to keep it is not.
    if (packet.retain && !mayRetain(account, topic)) packet.retain = false
    return done()
  }

  const authorizeSubscribe: Aedes['authorizeSubscribe'] = (client, subscription, done) => {
    const { topic } = subscription
    const count = filterCount(client)
    const reason = topic.startsWith(ILLEGAL_FILTER)
      ? 'illegal_filter'
      : !isAllowed(accountOf(client), topic)
        ? 'forbidden_filter'
        : count >= limits.filtersPerClient
          ? 'too_many_filters'
          : undefined
    if (reason === undefined) return done(null, subscription)
    refuse(client, reason, topic)
    done(null, null) // SUBACK 0x80
  }

  return {
    hooks: {
      preConnect,
      authenticate,
      authorizePublish,
      authorizeSubscribe,
      // Asked for each message again: a session may hold what its account may no longer read.
      authorizeForward: (client, packet) => {
        const account = accountOf(client)
        return account !== undefined && mayRead(account, packet.topic) ? packet : null
      },
    },
    introduce: (client, source, proof) => {
      sources.set(client, source)
      if (proof !== undefined) proofs.set(client, proof)
    },
    refuse,
    clientsOf: account => [...(admitted.get(account) ?? [])],
    isGranted: (clientId, filter) => {
      const clients = admitted.get(clientId.split('/', 1)[0] ?? '') ?? new Set<Client>()
      const client = [...clients].find(({ id }) => id === clientId)
      return client !== undefined && isAllowed(accountOf(client), filter)
    },
  }
}

function isAllowed(account: Account | undefined, filter: string): boolean {
  return account !== undefined && maySubscribe(account, filter)
}

function swallow(packet: PublishPacket, done: () => void): void {
  packet.topic = NOWHERE
  packet.payload = Buffer.alloc(0)
  packet.retain = false
  done()
}
