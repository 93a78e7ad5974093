import { z } from 'zod'
import { personSchema } from './api.ts'
import { instantSchema } from './instant.ts'

/**
 * What is left to do after the right password, by the cookie `harbor_sign_in`, which is good for nothing else and for ten minutes: `code`: a
 * code of the authenticator app, or a recovery code; `enrol`: to set up a second factor, which the person's role asks for.
 */
export const SIGN_IN_STEPS = ['code', 'enrol'] as const
export type SignInStep = (typeof SIGN_IN_STEPS)[number]

/** The answer to a right password: who is signed in now, or what is left to do. */
export const signInAnswerSchema = z
  .union([personSchema, z.object({ next: z.enum(SIGN_IN_STEPS) })])
  .meta({ id: 'SignInAnswer' })
export type SignInAnswer = z.infer<typeof signInAnswerSchema>

/** Six digits of an authenticator app or a recovery code, as people type them: spaces and hyphens do not count. */
export const givenCodeSchema = z.object({ code: z.string().min(1).max(40) })

/** What needs the password once more: a phone that lies about unlocked is not its owner. */
export const givenPasswordSchema = z.object({ password: z.string().min(1).max(200) })
export const givenBothSchema = z.object({ ...givenPasswordSchema.shape, ...givenCodeSchema.shape })

/** A browser that is signed in. */
export const sessionViewSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{64}$/),
  /** It is the one that asks. */
  isThis: z.boolean(),
  since: instantSchema,
  /** To the minute. */
  usedAt: instantSchema,
  /** Where it was used last: the first 24 bits of an IPv4 address, the first 48 of an IPv6 one. Absent: not known. */
  network: z.string().optional(),
  /** As `Chrome · Android`, read from what the browser said of itself when it signed in. Absent: it said nothing that is known. */
  browser: z.string().optional(),
})
export type SessionView = z.infer<typeof sessionViewSchema>

/** Sessions that stand, the last used first. */
export const sessionListSchema = z.object({ sessions: z.array(sessionViewSchema) }).meta({ id: 'SessionList' })
export type SessionList = z.infer<typeof sessionListSchema>

/** A person as their administrator sees them: who may sign in, and how safely. */
export const staffEntrySchema = personSchema.extend({
  /** Browsers that are signed in. */
  sessions: z.int().nonnegative(),
  hasSecondFactor: z.boolean(),
  /** False: it is the asker, whose own page is for that. */
  isOther: z.boolean(),
})
export type StaffEntry = z.infer<typeof staffEntrySchema>

/** People that the asker governs, by login; no more than 500. */
export const staffListSchema = z.object({ people: z.array(staffEntrySchema).max(500) }).meta({ id: 'StaffList' })
export type StaffList = z.infer<typeof staffListSchema>

/** One's own second factor. */
export const secondFactorSchema = z
  .object({
    /** Since when it is asked for at sign-in; absent: it is not. */
    since: instantSchema.optional(),
    /** Recovery codes that were not used yet. */
    recoveryCodesLeft: z.int().nonnegative(),
    /** The person's role has to have one: it cannot be removed. */
    isRequired: z.boolean(),
  })
  .meta({ id: 'SecondFactor' })
export type SecondFactor = z.infer<typeof secondFactorSchema>

/** What an authenticator app is given. It holds from the first right code on. */
export const enrolmentSchema = z
  .object({
    /** Base32 (RFC 4648), for typing in. */
    secret: z.string(),
    /** The same as an address, for an app on this very phone. */
    uri: z.string(),
    /** The address as a QR code: the path of its dark modules in a square of `size` units, its quiet zone included. */
    qr: z.object({ size: z.int().positive(), path: z.string() }),
  })
  .meta({ id: 'Enrolment' })
export type Enrolment = z.infer<typeof enrolmentSchema>

/** Each lets its person in once where the phone is lost. They are in this answer alone. */
export const recoveryCodesSchema = z
  .object({ recoveryCodes: z.array(z.string()).length(10) })
  .meta({ id: 'RecoveryCodes' })
export type RecoveryCodes = z.infer<typeof recoveryCodesSchema>
