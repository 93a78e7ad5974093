import { z } from 'zod'
import { decodeJson, encodeJson } from './codec.ts'
import { ProtocolError } from './protocol-error.ts'
import { districtSchema, gatewayIdSchema, idSchema } from './ids.ts'
import { MAX_DISCOVERED, MAX_MISSING, discoveredDeviceSchema } from './discovery.ts'
import { type DecodedPack, type SenmlRecord, decodePack, encodePack } from './senml.ts'
import type { Reading } from './reading.ts'
import { safetyEventSchema } from './safety.ts'

/** Milliseconds since 1970, as it travels in payloads that are not SenML. */
const atMsSchema = z.int().nonnegative()

/**
 * One numbered pack of readings.
 *
 * `boot` names the run of the gateway that numbers its packs from 1; `base` is the lowest number of this run that was not
 * yet acknowledged when the pack left. A receiver that does not know the run (it was restarted, or took the district over)
 * may thus trust that all below `base` is durable, and acknowledges only what follows `base` without a gap: a pack that the
 * broker took and lost is a gap and is sent again. A later `base` moves a known run on as well: what it passes over was
 * acknowledged before the receiver's restart. Without `base` the first pack seen of a run counts as its base.
 */
const telemetryEnvelopeSchema = z.object({
  seq: z.int().positive(),
  boot: idSchema,
  base: z.int().positive().optional(),
  pack: z.unknown(),
})

export interface TelemetryMessage {
  seq: number
  boot: string
  base?: number
  readings: readonly Reading[]
}

/** What a telemetry payload gave: the envelope, and the pack record by record. */
export interface DecodedTelemetry extends DecodedPack {
  seq: number
  boot: string
  base: number | undefined
}

export function encodeTelemetry({ seq, boot, base, readings }: TelemetryMessage): Uint8Array {
  const pack: SenmlRecord[] = encodePack(readings)
  return encodeJson(base === undefined ? { seq, boot, pack } : { seq, boot, base, pack })
}

/**
 * A telemetry payload. Bad records are in `rejected`, and so is a pack that is none: it still has its number, and is to be
 * acknowledged, or its sender would repeat it for ever.
 *
 * @throws ProtocolError when there is no envelope.
 */
export function decodeTelemetry(bytes: Uint8Array): DecodedTelemetry {
  const { seq, boot, base, pack } = decodeJson(telemetryEnvelopeSchema, bytes)
  return { seq, boot, base, ...decodeOrRejectPack(pack) }
}

function decodeOrRejectPack(pack: unknown): DecodedPack {
  try {
    return decodePack(pack)
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return { readings: [], rejected: [{ reason: error.code, detail: error.message, device: undefined }] }
  }
}

/**
 * All packs of run `boot` up to and including `seq` are durable. `atMs`: the server's time as it says so, for gateways whose own
 * clock is not right yet; a server need not say it.
 */
export const ackSchema = z.object({ boot: idSchema, seq: z.int().positive(), atMs: atMsSchema.optional() })
export type Ack = z.infer<typeof ackSchema>

/** At most this many devices are in a gateway's health: those heard last. */
export const MAX_HEALTH_DEVICES = 100

/** How the box is that a gateway runs on. What its system does not tell is left out. */
const gatewayHealthSchema = z.object({
  /** Use of one core by the gateway's process since the last of these: 100 is all of it. */
  cpuPercent: z.number().nonnegative(),
  /** Resident memory of that process. */
  memoryBytes: z.int().nonnegative(),
  freeMemoryBytes: z.int().nonnegative(),
  /** On the disk that holds the outbox. */
  freeDiskBytes: z.int().nonnegative().optional(),
  /** Whose time readings are dated by; `none`: nobody's, they are held. `offsetMs`: how far the own clock is ahead of the server's. */
  clock: z.object({ source: z.enum(['own', 'server', 'none']), offsetMs: z.int().optional() }),
  /** How long ago each device of the config spoke, in ms; those missing did not since the gateway started. */
  silentMs: z.record(idSchema, z.int().nonnegative()),
  /** Versions of what the gateway runs on: node, sqlite. */
  versions: z.record(z.string().max(20), z.string().max(40)),
})
export type GatewayHealth = z.infer<typeof gatewayHealthSchema>

/** A gateway's word on itself: retained, once a minute, and `online: false` as its last will. */
export const gatewayStatusSchema = z.object({
  online: z.boolean(),
  /** When this was said; the last will has none, for it is written before the connection ends. */
  atMs: atMsSchema.optional(),
  version: z.string().max(64).optional(),
  boot: idSchema.optional(),
  uptimeMs: z.int().nonnegative().optional(),
  outbox: z
    .object({
      /** Readings not yet acknowledged. */
      depth: z.int().nonnegative(),
      /** Age of the oldest of them; 0 when there is none. */
      oldestMs: z.int().nonnegative(),
      /** Readings given up since the outbox was made, because it was full. */
      dropped: z.int().nonnegative().optional(),
      /** The same by the kind of their metric. */
      thinned: z
        .object({ gauge: z.int().nonnegative(), counter: z.int().nonnegative(), state: z.int().nonnegative() })
        .optional(),
      /** Readings among `depth` that wait for their date: nobody knew the time when they came. */
      held: z.int().nonnegative().optional(),
      /** What it takes on disk. */
      sizeBytes: z.int().nonnegative().optional(),
      /** Why the last readings could not be kept, while that is so. */
      problem: z.string().max(200).optional(),
    })
    .optional(),
  health: gatewayHealthSchema.optional(),
  configVersion: z.int().nonnegative().optional(),
  /** SHA-256 of the config's content (`configContent`), so that two of one version can be told apart. */
  configSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** A version of the software that it was told to run and could not take, while it is told so. */
  softwareProblem: z.object({ version: z.string().max(64), reason: z.string().max(300) }).optional(),
  /** What it runs on, if it can tell; `battery`: the station's mains have failed. */
  power: z.enum(['mains', 'battery']).optional(),
  /** Messages of the station's devices refused since the start, by reason. */
  rejected: z.record(z.string().max(40), z.int().nonnegative()).optional(),
  /** Devices heard that no line of the config knows: vendor address, at most 50. */
  unconfigured: z.array(z.string().max(120)).max(50).optional(),
  /** The same devices with what a page needs to offer them, those heard last first. */
  discovered: z.array(discoveredDeviceSchema).max(MAX_DISCOVERED).optional(),
  /** Devices of the config that were never heard, also not by earlier runs. */
  missing: z.array(idSchema).max(MAX_MISSING).optional(),
  /** Plugs that the gateway cut by itself or warns of: all that stand. Absent: not said, which is no all-clear. */
  safety: z.array(safetyEventSchema).max(50).optional(),
})
export type GatewayStatus = z.infer<typeof gatewayStatusSchema>

/** A compact JWS (RFC 7515): three base64url parts. What is in it is checked by whoever holds the public key. */
export const configDesiredSchema = z
  .string()
  .regex(/^[\w-]+\.[\w-]+\.[\w-]+$/, 'expected a compact JWS')
  .max(200_000)

/** Which config a gateway runs, or why it refused one. */
export const configReportedSchema = z.object({
  version: z.int().nonnegative(),
  state: z.enum(['applied', 'refused']),
  reason: z.string().max(500).optional(),
  atMs: atMsSchema,
})
export type ConfigReported = z.infer<typeof configReportedSchema>

/** `safety-reset`: a person says that a plug which the gateway cut may be used again; it stays off until it is switched on. */
export const COMMAND_ACTIONS = ['relay-on', 'relay-off', 'safety-reset'] as const
export type CommandAction = (typeof COMMAND_ACTIONS)[number]

/** An order to one device. Past `expires` it is refused; a repeated command id runs once. */
export const commandSchema = z.object({
  device: idSchema,
  action: z.enum(COMMAND_ACTIONS),
  /** Milliseconds since 1970. */
  expires: atMsSchema,
})
export type Command = z.infer<typeof commandSchema>

export const commandResultSchema = z.object({
  state: z.enum(['done', 'refused', 'failed']),
  reason: z.string().max(500).optional(),
  atMs: atMsSchema,
})
export type CommandResult = z.infer<typeof commandResultSchema>

/** The kinds of event that leave the server for Node-RED and others: the last level of the topic. */
export const EVENT_KINDS = [
  'alert-raised',
  'alert-acknowledged',
  'alert-cleared',
  'work-order-changed',
  'station-status-changed',
  'notice-issued',
  'command-finished',
  'feedback-received',
  'feedback-changed',
  'rota-gap-called',
  'stock-expiring',
] as const
export type EventKind = (typeof EVENT_KINDS)[number]

/** CloudEvents 1.0 in JSON; `type` is `harbor.` and the kind. */
export const cloudEventSchema = z.object({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(100),
  source: z.string().min(1).max(200),
  type: z.enum(EVENT_KINDS.map(kind => `harbor.${kind}` as const)),
  subject: z.string().max(200).optional(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  data: z.unknown(),
  /** Its place in the server's feed of events (CloudEvents' `sequence` extension): digits, with zeros in front, so that they sort as text. */
  sequence: z
    .string()
    .regex(/^[0-9]{16}$/)
    .optional(),
})
export type CloudEvent = z.infer<typeof cloudEventSchema>

/**
 * Accounts that the server gives the broker, oldest revision first, at most 500 at once. A removed account has no secret.
 * Every change of an account takes the next revision, so the broker's stored revision says what it lacks.
 */
export const brokerAccountsSchema = z.object({
  accounts: z
    .array(
      z.object({
        revision: z.int().positive(),
        gateway: gatewayIdSchema,
        district: districtSchema,
        /** SHA-256 of the secret, hex. The secrets are 32 random bytes, so a fast hash gives nothing away. Null: removed. */
        secretSha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .nullable(),
      }),
    )
    .max(500),
})
export type BrokerAccounts = z.infer<typeof brokerAccountsSchema>

/** Retained by the broker at each start and after each stored change: how far it has the accounts. */
export const brokerStatusSchema = z.object({ accountsRevision: z.int().nonnegative() })
export type BrokerStatus = z.infer<typeof brokerStatusSchema>

/** Of `topics.brokerRefusals`: a gateway reached for what is not its own. Said once a minute for each gateway and reason. */
export const brokerRefusalSchema = z.object({
  gateway: gatewayIdSchema,
  /** It subscribed to, or published on, a topic that is another's. */
  reason: z.enum(['forbidden_filter', 'wrong_topic']),
  /** The filter or topic, cut short. */
  detail: z.string().max(120),
})
export type BrokerRefusal = z.infer<typeof brokerRefusalSchema>
