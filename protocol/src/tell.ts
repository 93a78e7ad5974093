import { z } from 'zod'
import { SEVERITIES } from './alerts.ts'
import { instantSchema } from './instant.ts'

/** How a person is told. */
export const TELL_CHANNELS = ['push', 'mail'] as const
export type TellChannel = (typeof TELL_CHANNELS)[number]

/** What a person is told of. */
export const TELL_KINDS = [
  'alert',
  'assigned',
  'reminder',
  'escalation',
  'notice',
  'rota',
  'stock',
  'report',
  'automation',
  'test',
] as const
export type TellKind = (typeof TELL_KINDS)[number]

const minuteSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as 22:00')

/** PUT /api/v1/tell: what a person wants to be told of, and when not. */
export const tellChoiceSchema = z.strictObject({
  /** Absent: no mail. */
  mail: z.email().max(200).optional(),
  severities: z.array(z.enum(SEVERITIES)).max(SEVERITIES.length),
  /** On the stations' clock; over midnight when `from` is the later. What comes meanwhile waits for its end; P0 does not wait. */
  quiet: z.strictObject({ from: minuteSchema, to: minuteSchema }).optional(),
  language: z.enum(['zh', 'en']),
})
export type TellChoice = z.infer<typeof tellChoiceSchema>

const base64url = (least: number, most: number) =>
  z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${least},${most}}={0,2}$`), 'expected base64url')

/** POST /api/v1/tell/devices: a browser's push subscription, as `PushSubscription.toJSON()` gives it (Push API). */
export const tellDeviceRequestSchema = z.strictObject({
  endpoint: z.url().max(1_000),
  /** The browser's public key, 65 bytes, and its secret, 16 bytes (RFC 8291). */
  keys: z.strictObject({ p256dh: base64url(86, 88), auth: base64url(22, 24) }),
  /** What the person knows it by. */
  label: z.string().trim().min(1).max(80),
})
export type TellDeviceRequest = z.infer<typeof tellDeviceRequestSchema>

/** How a person is told now. */
export const tellSettingsSchema = z
  .object({
    choice: tellChoiceSchema,
    /** What a browser subscribes with (RFC 8292). */
    pushKey: z.string(),
    /** This server sends mail: SMTP_URL and MAIL_FROM are set. */
    sendsMail: z.boolean(),
    devices: z.array(z.object({ id: z.string(), label: z.string(), since: instantSchema })),
  })
  .meta({ id: 'TellSettings' })
export type TellSettings = z.infer<typeof tellSettingsSchema>

/** One thing that somebody was to be told. */
export const tellingSchema = z.object({
  login: z.string(),
  channel: z.enum(TELL_CHANNELS),
  kind: z.enum(TELL_KINDS),
  /** The alert's, the work order's or the notice's id. */
  subject: z.string(),
  createdAt: instantSchema,
  tries: z.int().nonnegative(),
  /** Why the last try failed. */
  reason: z.string().optional(),
})

/** What could not be told after every try, newest first, at most 200. */
export const undeliveredSchema = z.object({ tellings: z.array(tellingSchema) }).meta({ id: 'Undelivered' })
export type Undelivered = z.infer<typeof undeliveredSchema>

/** What a push message carries to the phone. */
export interface PushMessage {
  title: string
  body: string
  /** A later message with the same tag takes the place of an earlier one. */
  tag: string
  /** A path below the console, or a whole address. */
  url: string
}
