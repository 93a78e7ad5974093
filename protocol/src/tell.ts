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

/** A code of a letter: Crockford's base 32, without letters that look like digits. */
export const MAIL_CODE_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
export const MAIL_CODE_LENGTH = 10

/** POST /api/v1/tell/mail/confirm: the code of the letter, however it was typed: I and L are ones, O is a zero. */
export const mailCodeSchema = z.strictObject({
  code: z
    .string()
    .max(40)
    .transform(text => text.toUpperCase().replace(/[\s-]/g, '').replace(/[IL]/g, '1').replaceAll('O', '0'))
    .pipe(z.string().length(MAIL_CODE_LENGTH)),
})

/** How a person is told now. */
export const tellSettingsSchema = z
  .object({
    choice: tellChoiceSchema,
    /** The chosen mail address is the person's own: a code that was sent there came back. Nothing is sent to any other. */
    isMailConfirmed: z.boolean(),
    /** What a browser subscribes with (RFC 8292). */
    pushKey: z.string(),
    /** This server sends mail: SMTP_URL and MAIL_FROM are set. */
    sendsMail: z.boolean(),
    devices: z.array(z.object({ id: z.string(), label: z.string(), since: instantSchema })),
  })
  .meta({ id: 'TellSettings' })
export type TellSettings = z.infer<typeof tellSettingsSchema>

/** What came of a test message, on each way: taken by the push or mail service, still to be tried again, or not to be sent. */
export const tellTestSchema = z
  .object({
    ways: z.array(
      z.object({
        channel: z.enum(TELL_CHANNELS),
        /** The phone as its person knows it, or the mail address. */
        label: z.string(),
        result: z.enum(['sent', 'later', 'failed']),
        reason: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'TellTest' })
export type TellTest = z.infer<typeof tellTestSchema>

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
