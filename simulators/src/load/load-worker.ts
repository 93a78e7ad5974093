import { encodeJson, encodeTelemetry, topics } from '@harbor/protocol'
import { gatewaySecret } from '../fleet/seed-files.ts'
import { type Random, createRandom } from '../random.ts'
import { createHistogram } from './histogram.ts'
import { type LoadConnection, openLoadConnection } from './load-connection.ts'
import { loadAddress } from './load-fleet.ts'
import {
  type LoadOutbox,
  baseOf,
  createLoadOutbox,
  rewind,
  rewindIfLate,
  takeAcked,
  takeSendable,
} from './load-outbox.ts'
import type { LoadCounts, LoadPlan, LoadReport, LoadShare } from './load-plan.ts'
import { loadReadings } from './load-readings.ts'

/** How often is looked who is due: a pack leaves at most so much later than its time. */
const TICK_MS = 10
/** How often it is looked who waits too long for an acknowledgement. */
const LATE_LOOK_MS = 1_000
/** Between tries of one gateway to connect, at random from half of it up. */
const RETRY_MS = 2_000
/** As long as ports of one address last; each process takes addresses of its own. */
const CONNECTIONS_PER_ADDRESS = 20_000

export interface LoadWorkerDeps {
  /** ms since 1970. */
  nowMs: () => number
  /** ms that only grow. */
  stopwatch: () => number
  /** A text that no earlier run had, below 30 characters of an id. */
  runId: string
}

/** Speaks for its share of a load's gateways. */
export interface LoadWorker {
  /** Connects all; resolves when each was connected once. */
  connect: () => Promise<void>
  /** Packs are due from now on; resolves when all are acknowledged after the plan's duration, or the drain is over. */
  run: () => Promise<void>
  report: () => LoadReport
  samples: () => { gateway: number; timesMs: number[] }[]
  stop: () => void
}

interface Gateway {
  n: number
  outbox: LoadOutbox
  connection: LoadConnection | undefined
  isUp: boolean
  wasUp: boolean
  /** Where in the interval its packs are due, 0 to 1. */
  phase: number
  round: number
  dueAtMs: number
  /** Not before then is it connected again. */
  connectAtMs: number
  highestSent: number
  acked: number[] | undefined
}

export function createLoadWorker(
  plan: LoadPlan,
  { share, fleetKey }: { share: LoadShare; fleetKey: string | undefined },
  { nowMs, stopwatch, runId }: LoadWorkerDeps,
): LoadWorker {
  const random: Random = createRandom(`${plan.seed} ${share.first}`)
  const latency = createHistogram()
  const counts: LoadCounts = {
    connected: 0,
    connects: 0,
    lost: {},
    due: 0,
    sent: 0,
    resent: 0,
    taken: 0,
    acked: 0,
    owed: 0,
    strange: 0,
  }
  const gateways: Gateway[] = []
  for (let n = share.first; n < plan.gateways; n += share.step) {
    const sampled = n % plan.sampleEvery === 0
    gateways.push({
      n,
      outbox: createLoadOutbox(),
      connection: undefined,
      isUp: false,
      wasUp: false,
      phase: random(),
      round: 0,
      dueAtMs: Infinity,
      connectAtMs: 0,
      highestSent: 0,
      acked: sampled ? [] : undefined,
    })
  }
  const timers = new Set<NodeJS.Timeout>()
  let notYetUp = gateways.length
  let onAllUp = () => {}
  let isStopped = false
  let goAtMs = Infinity
  let stormDone = false

  const open = (gateway: Gateway) => {
    const { n } = gateway
    const address = loadAddress(n, plan.districts)
    const broker = plan.brokers[(n % plan.districts) % plan.brokers.length]
    if (broker === undefined) return
    counts.connects += 1
    const block = Math.floor(n / share.step / CONNECTIONS_PER_ADDRESS)
    gateway.connection = openLoadConnection(
      // A hundred addresses a process, from 127.1.0.1 on.
      {
        ...broker,
        localAddress: isLoopback(broker.host) ? `127.1.${share.first % 250}.${(block % 100) + 1}` : undefined,
      },
      {
        address,
        secret: fleetKey === undefined ? undefined : gatewaySecret(fleetKey, address.gateway),
        keepaliveS: Math.max(60, Math.ceil((3 * plan.intervalMs) / 1_000)),
      },
      {
        onUp: () => {
          gateway.isUp = true
          counts.connected += 1
          rewind(gateway.outbox)
          // The run's last status says that it is online; a real one says more.
          gateway.connection?.publish(
            topics.status(address),
            encodeJson({ online: true, atMs: nowMs(), boot: bootOf(gateway), configVersion: 1 }),
            true,
          )
          if (!gateway.wasUp) {
            gateway.wasUp = true
            notYetUp -= 1
            if (notYetUp === 0) onAllUp()
          }
          send(gateway)
        },
        onAck: ({ boot, seq }) => {
          const done = boot === bootOf(gateway) ? takeAcked(gateway.outbox, seq, stopwatch()) : []
          if (done.length === 0) {
            if (boot !== bootOf(gateway) || seq > gateway.outbox.ackedSeq) counts.strange += 1
            return
          }
          counts.acked += done.length
          counts.owed -= done.length
          const now = stopwatch()
          for (const { timeMs, dueAtMs } of done) {
            latency.record(now - dueAtMs)
            if (gateway.acked !== undefined) for (const momentMs of moments(timeMs)) gateway.acked.push(momentMs)
          }
          send(gateway)
        },
        onTaken: () => (counts.taken += 1),
        onDown: reason => {
          if (gateway.isUp) counts.connected -= 1
          gateway.isUp = false
          gateway.connection = undefined
          if (isStopped) return
          if (reason !== 'cut') counts.lost[reason] = (counts.lost[reason] ?? 0) + 1
          if (reason !== 'cut') gateway.connectAtMs = stopwatch() + RETRY_MS * (0.5 + random() / 2)
        },
      },
    )
  }
  const bootOf = ({ n }: Gateway) => `${runId}-${n}`
  const moments = (timeMs: number) =>
    Array.from({ length: plan.moments }, (_, index) =>
      Math.round(timeMs - ((plan.moments - 1 - index) * plan.intervalMs) / plan.moments),
    )
  const send = (gateway: Gateway) => {
    const { connection, outbox, n } = gateway
    if (!gateway.isUp || connection === undefined) return
    const address = loadAddress(n, plan.districts)
    for (const { seq, pack } of takeSendable(outbox, stopwatch())) {
      if (seq > gateway.highestSent) counts.sent += 1
      else counts.resent += 1
      gateway.highestSent = Math.max(gateway.highestSent, seq)
      const readings = moments(pack.timeMs).flatMap(momentMs => loadReadings(n, momentMs))
      connection.publish(
        topics.telemetry(address),
        encodeTelemetry({ seq, boot: bootOf(gateway), base: baseOf(outbox), readings }),
        false,
      )
    }
  }
  const add = (gateway: Gateway, timeMs: number, dueAtMs: number) => {
    counts.due += 1
    counts.owed += 1
    gateway.outbox.packs.push({ timeMs, dueAtMs })
  }
  /** When the readings of a round are taken. */
  const turnOf = ({ phase, round }: Gateway) => goAtMs + (round + phase) * plan.intervalMs
  /** Puts a gateway where its next pack is found: due at its turn or by some of the interval later, so that the order stays. */
  const enlist = (gateway: Gateway) => {
    gateway.dueAtMs = turnOf(gateway) + random() * plan.jitter * plan.intervalMs
    const slot = Math.floor(gateway.dueAtMs / TICK_MS)
    const others = slots.get(slot)
    if (others === undefined) slots.set(slot, [gateway])
    else others.push(gateway)
  }
  /** Who is due, by tick. */
  const slots = new Map<number, Gateway[]>()
  let nextSlot = 0

  const connectSome = () => {
    const budget = (plan.connectsPerS / share.step) * (TICK_MS / 1_000)
    connectBudget = Math.min(connectBudget + budget, Math.max(1, plan.connectsPerS / share.step))
    const now = stopwatch()
    // Goes round, so that one that cannot connect does not keep the others back.
    for (let looked = 0; looked < gateways.length && connectBudget >= 1; looked++) {
      const gateway = gateways[connectNext++ % gateways.length]
      if (gateway === undefined || gateway.connection !== undefined || gateway.connectAtMs > now) continue
      connectBudget -= 1
      open(gateway)
    }
  }
  let connectBudget = 0
  let connectNext = 0

  const storm = (now: number) => {
    if (plan.storm === undefined || stormDone || now - goAtMs < plan.storm.atMs) return
    stormDone = true
    for (const gateway of gateways) {
      if (random() >= plan.storm.share) continue
      gateway.connectAtMs = now + plan.storm.offlineMs
      gateway.connection?.cut()
    }
  }
  const dueNow = (now: number) => {
    const offsetMs = nowMs() - now
    for (; nextSlot * TICK_MS <= now - TICK_MS; nextSlot++) {
      const due = slots.get(nextSlot) ?? []
      slots.delete(nextSlot)
      for (const gateway of due) {
        if (gateway.dueAtMs >= goAtMs + plan.durationMs) continue
        add(gateway, Math.round(turnOf(gateway) + offsetMs), gateway.dueAtMs)
        gateway.round += 1
        enlist(gateway)
        send(gateway)
      }
    }
  }
  const resendLate = () => {
    const now = stopwatch()
    for (const gateway of gateways) {
      if (!gateway.isUp) continue
      if (rewindIfLate(gateway.outbox, now) > 0) send(gateway)
    }
  }
  const every = (ms: number, work: () => void) => timers.add(setInterval(work, ms))

  return {
    connect: () => {
      const all = new Promise<void>(resolve => (onAllUp = resolve))
      every(TICK_MS, connectSome)
      every(LATE_LOOK_MS, resendLate)
      return all
    },
    run: () =>
      new Promise<void>(resolve => {
        goAtMs = stopwatch()
        nextSlot = Math.floor(goAtMs / TICK_MS)
        const offsetMs = nowMs() - goAtMs
        for (const gateway of gateways) {
          for (let back = plan.backlogPacks; back > 0; back--)
            add(gateway, Math.round(turnOf(gateway) + offsetMs - back * plan.intervalMs), goAtMs)
          enlist(gateway)
          send(gateway)
        }
        every(TICK_MS, () => {
          const now = stopwatch()
          storm(now)
          dueNow(now)
          const isOver = now >= goAtMs + plan.durationMs
          if ((isOver && counts.owed === 0) || now >= goAtMs + plan.durationMs + plan.drainMs) resolve()
        })
      }),
    report: () => ({ ...counts, lost: { ...counts.lost }, latency: latency.takeDelta() }),
    samples: () =>
      gateways.flatMap(({ n, acked }) =>
        acked === undefined ? [] : [{ gateway: n, timesMs: acked.toSorted((a, b) => a - b) }],
      ),
    stop: () => {
      isStopped = true
      for (const timer of timers) clearInterval(timer)
      timers.clear()
      for (const { connection } of gateways) connection?.cut()
    },
  }
}

function isLoopback(host: string): boolean {
  return host.startsWith('127.')
}
