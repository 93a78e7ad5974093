import { createHash } from 'node:crypto'
import { type GatewayConfig, MAX_PAYLOAD_BYTES, type Vendor, errorText } from '@harbor/protocol'
import type { StationClock } from '../clock/station-clock.ts'
import type { StepBack } from '../clock/trust.ts'
import { gatewayError } from '../errors.ts'
import type { Clock, Log } from '../log.ts'
import type { Rejection } from '../decoders/decoder.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { createAnnouncedDevices } from '../decoders/homeassistant/announced-devices.ts'
import { type Assignment, createAddressBook } from './address-book.ts'
import { createDeviceClock } from './device-time.ts'
import { createDispatcher } from './dispatch.ts'
import type { HeardReading, HeardStranger } from './heard.ts'
import { createLedger } from './ledger.ts'
import { LOG_INTERVAL_MS, createRejections } from './rejections.ts'
import { type Session, createReplays } from './replays.ts'

/** Readings gathered for one commit at most; chosen: a bounded stop of the event loop, some 10 ms. */
const MAX_BATCH_READINGS = 2_000
/** Pause between two parts of what is held, for the messages that come meanwhile; and before it is tried again. */
const DATE_PAUSE_MS = 5
const DATE_RETRY_MS = 1_000
/** The status names this many (its schema's limit). */
const MAX_UNCONFIGURED = 50
/** Length of one such name in the status (its schema's limit). */
const MAX_UNCONFIGURED_LENGTH = 120

/** A message as it came from the station's LAN. */
export interface LanMessage {
  topic: string
  payload: Uint8Array
  qos: 0 | 1 | 2
  /** The sender says that it may have sent this before. */
  dup: boolean
  /** Packet identifier; QoS 0 has none. */
  messageId: number | undefined
  /** The connection it came on. */
  session: Session
}

/** Takes messages of devices and puts their readings into the outbox. */
export interface Intake {
  /** Calls `done` once the readings are durable, or nothing is to be kept; with an error when they could not be kept. */
  accept: (message: LanMessage, done: (error?: Error) => void) => void
  /** A client has connected; `close` when it is gone. */
  open: (client: string) => Session
  close: (session: Session, isOrderly: boolean) => void
  /** A packet that was cut before it was read: counted as too large. */
  refuseOversized: (client: string, sizeBytes: number) => void
  /** Something that is read elsewhere could not be believed: counted with the rest. */
  refuse: (source: string, topic: string, rejection: Rejection) => void
  counts: () => Readonly<Record<string, number>>
  /** From the next message on this config holds. What was taken before is kept, connections stay. */
  reconfigure: (config: GatewayConfig) => void
  /** Devices heard that the config does not name, as `vendor:address`. */
  unconfigured: () => readonly string[]
  /** Why the last readings could not be kept, while that is so. */
  problem: () => string | undefined
  /** When each device of the config was heard last, in ms since the machine's start. */
  heard: () => ReadonlyMap<string, number>
  /** The time may have come to be known: what is held is dated, little by little. */
  clockChanged: () => void
  /** Commits what is pending and takes no more. */
  stop: () => void
}

export interface IntakeDeps {
  outbox: Outbox
  clock: Clock
  stationClock: StationClock
  log: Log
  /** What a message's known devices said, before any of it is dated or kept: what must not wait is done here. */
  onHeard: (readings: readonly HeardReading[]) => void
  /** Somebody spoke that the config does not name. */
  onStranger: (stranger: HeardStranger) => void
  /** After readings became durable. */
  onCommitted: () => void
  /** After the counts or the list of unconfigured devices changed. */
  onNoted: () => void
}

export function createIntake(config: GatewayConfig, deps: IntakeDeps): Intake {
  const announced = createAnnouncedDevices()
  let book = createAddressBook(config.devices)
  let dispatch = createDispatcher({ book, announced, mappings: config.mappings })
  let deviceClock = createDeviceClock(config.timeZone)
  const rejections = createRejections({ clock: deps.clock, log: deps.log, onChange: deps.onNoted })
  const ledger = createLedger(deps.outbox, deps.stationClock)
  const replays = createReplays(deps.outbox.latestMessages())
  const unconfigured = new Set<string>()
  const heard = new Map<string, number>()
  let batch = emptyBatch()
  let scheduled: NodeJS.Immediate | undefined
  let dating: NodeJS.Timeout | undefined
  let wrong: StepBack | undefined
  let problem: string | undefined
  let isStopped = false
  let failureLoggedAtMs = Number.NEGATIVE_INFINITY

  const flush = () => {
    clearImmediate(scheduled)
    scheduled = undefined
    const { messages, waiting } = batch
    const pending = ledger.pending()
    batch = emptyBatch()
    if (waiting.length === 0) return
    let failure: Error | undefined
    try {
      const atMs = deps.clock()
      const entries = [...messages].map(([fingerprint, { client }]) => ({ client, fingerprint }))
      ledger.commit(entries, atMs)
      if (problem !== undefined) deps.onNoted()
      problem = undefined
      const { upMs } = deps.stationClock.now()
      for (const [fingerprint, session] of messages) replays.committed(session, fingerprint, upMs)
    } catch (error) {
      // Not acknowledged, so a QoS 1 sender keeps it and sends it again; the connection is closed to make it do so.
      failure = gatewayError('GATEWAY_OUTBOX_UNAVAILABLE', 'outbox: writing failed', { cause: error })
      if (problem === undefined) deps.onNoted()
      problem = errorText(error)
      const { upMs } = deps.stationClock.now()
      if (upMs - failureLoggedAtMs >= LOG_INTERVAL_MS) {
        failureLoggedAtMs = upMs
        deps.log.error({ error: errorText(error), readings: pending }, 'readings could not be kept')
      }
    }
    for (const done of waiting) done(failure)
    if (failure === undefined) deps.onCommitted()
    if (deps.outbox.heldCount() > 0) dateLater(DATE_RETRY_MS)
  }

  const dateLater = (delayMs: number) => {
    if (!isStopped) dating ??= setTimeout(dateHeld, delayMs)
  }

  const dateHeld = () => {
    dating = undefined
    flush()
    let isMore = false
    try {
      takeBack()
      isMore = ledger.dateHeld()
      deps.onCommitted()
    } catch (error) {
      deps.log.error({ error: errorText(error) }, 'readings could not be dated')
    }
    if (deps.outbox.heldCount() > 0) dateLater(isMore ? DATE_PAUSE_MS : DATE_RETRY_MS)
  }

  /** After the clock turned out wrong: dates that it gave are taken back. */
  const takeBack = () => {
    wrong = deps.stationClock.takeStepBack() ?? wrong
    if (wrong === undefined) return
    flush()
    let moved: number
    try {
      moved = ledger.undate(wrong)
    } catch (error) {
      // Tried again with the next message: on a full disk that is not kept either.
      deps.log.error({ error: errorText(error) }, 'readings that were dated wrong could not be taken back')
      return
    }
    wrong = undefined
    deps.log.warn({ readings: moved }, 'the clock was far ahead: readings that it dated are dated again')
    dateLater(0)
  }

  const noteUnconfigured = ({ vendor, address, metrics }: HeardStranger) => {
    deps.onStranger({ vendor, address, metrics })
    const shown = `${vendor}:${address}`.slice(0, MAX_UNCONFIGURED_LENGTH)
    if (unconfigured.has(shown) || unconfigured.size >= MAX_UNCONFIGURED) return
    unconfigured.add(shown)
    deps.onNoted()
  }

  /** Takes the readings of a message and says how many; what is wrong with it is counted on the way. */
  const takeReadings = ({ topic, payload, session: { client } }: LanMessage): number => {
    const found = dispatch(topic, payload)
    const source = found.vendor === undefined ? `client ${client.slice(0, 60)}` : `${found.vendor}:${found.address}`
    if (found.decoded.kind === 'rejected') rejections.note(source, topic, found.decoded)
    if (found.decoded.kind !== 'readings' || found.vendor === undefined) return 0
    if (!book.knows(found.vendor, found.address)) {
      const metrics = found.decoded.readings.map(({ metric }) => metric)
      noteUnconfigured({ vendor: found.vendor, address: found.address, metrics })
      return 0
    }
    for (const rejection of found.decoded.rejected) rejections.note(source, topic, rejection)
    const moment = deps.stationClock.now()
    takeBack()
    let kept = 0
    const assigned = book.assign(found.vendor, found.decoded.readings)
    deps.onHeard(heardIn(assigned, found.vendor, topic))
    for (const { reading, devices } of assigned) {
      const { metric, value, channel, part, time } = reading
      if (devices.length === 0) {
        const address = `${reading.address}${part ? `/${part}` : channel === undefined ? '' : `#${channel}`}`
        noteUnconfigured({ vendor: found.vendor, address, metrics: [metric] })
      }
      for (const device of devices) {
        heard.set(device, moment.upMs)
        if (ledger.take({ device, metric, value, time }, { moment, deviceClock })) kept += 1
      }
    }
    return kept
  }

  return {
    accept: (message, done) => {
      if (isStopped) return done(gatewayError('GATEWAY_STOPPING', 'intake: the gateway is stopping'))
      if (message.payload.length > MAX_PAYLOAD_BYTES) {
        const detail = `payload: ${message.payload.length} bytes, at most ${MAX_PAYLOAD_BYTES} are read`
        rejections.note(`client ${message.session.client.slice(0, 60)}`, message.topic, { reason: 'too_large', detail })
        return done()
      }
      const fingerprint = message.qos === 0 ? undefined : fingerprintOf(message)
      if (fingerprint !== undefined) {
        if (message.dup && batch.messages.has(fingerprint)) return void batch.waiting.push(done)
        if (message.dup && deps.outbox.hasSeen(fingerprint)) return done()
        if (replays.isReplay(message.session, fingerprint)) return done()
      }
      if (takeReadings(message) === 0) {
        // Perhaps because the same was just said: then it is durable when that is.
        if (batch.waiting.length === 0) done()
        else batch.waiting.push(done)
        return
      }
      if (fingerprint !== undefined) {
        message.session.isReplaying = false
        batch.messages.set(fingerprint, message.session)
      }
      batch.waiting.push(done)
      // What arrives in the same turn of the event loop shares one commit, and so one wait for the disk.
      if (ledger.pending() >= MAX_BATCH_READINGS) flush()
      else scheduled ??= setImmediate(flush)
    },
    open: replays.open,
    close: (session, isOrderly) => replays.close(session, isOrderly, deps.stationClock.now().upMs),
    refuseOversized: (client, sizeBytes) => {
      const detail = `packet: ${sizeBytes} bytes, the connection was closed`
      rejections.note(`client ${client.slice(0, 60)}`, '', { reason: 'too_large', detail })
    },
    refuse: rejections.note,
    counts: () => rejections.counts(),
    unconfigured: () => [...unconfigured],
    problem: () => problem,
    heard: () => heard,
    clockChanged: () => {
      if (deps.outbox.heldCount() > 0) dateLater(0)
    },
    reconfigure: next => {
      book = createAddressBook(next.devices)
      dispatch = createDispatcher({ book, announced, mappings: next.mappings })
      deviceClock = createDeviceClock(next.timeZone)
      // What it names now is heard as its own; what it still does not name will be heard again.
      unconfigured.clear()
      for (const device of heard.keys()) if (!next.devices.some(({ id }) => id === device)) heard.delete(device)
      deps.onNoted()
    },
    stop: () => {
      isStopped = true
      clearTimeout(dating)
      dating = undefined
      flush()
    },
  }
}

/** What devices of the config said, each value with how it was said. */
function heardIn(assigned: readonly Assignment[], vendor: Vendor, topic: string): HeardReading[] {
  return assigned.flatMap(({ reading: { metric, value, address, channel }, devices }) =>
    devices.map(device => ({ device, metric, value, vendor, topic, address, channel })),
  )
}

interface Batch {
  /** QoS 1 and 2 messages by their fingerprints. */
  messages: Map<string, Session>
  waiting: ((error?: Error) => void)[]
}

function emptyBatch(): Batch {
  return { messages: new Map(), waiting: [] }
}

/** Names one publication: a retransmission has the same packet identifier, topic and payload. 128 bits in hex. */
function fingerprintOf({ messageId, topic, payload }: LanMessage): string {
  return createHash('sha256').update(`${messageId}\n${topic}\n`).update(payload).digest('hex').slice(0, 32)
}
