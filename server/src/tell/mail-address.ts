import { createHash } from 'node:crypto'
import { MAIL_CODE_ALPHABET, MAIL_CODE_LENGTH, type TellChoice } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { SendMail } from './channels.ts'
import { confirmationLetter } from './news.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** For how long a code holds (chosen: a mail server that asks for patience tries for hours, RFC 5321 4.5.4.1). */
export const CODE_HOLDS_MS = DAY_MS
/** So many wrong codes, and a new letter is needed. */
const MAX_TRIES = 5
/** Letters to a stranger's mailbox are no toy: one a minute, so many a day. */
const LETTER_EVERY_MS = MINUTE_MS
export const MAX_LETTERS_A_DAY = 5

/** A person's mail address: nothing goes there before they have given back the code of a letter sent there. */
export interface MailAddress {
  /** Sends the letter with a new code to the address that the person chose; earlier codes no longer hold. @throws ApiProblem. */
  sendCode: (login: string, choice: TellChoice) => Promise<void>
  /** @throws ApiProblem `invalid_request` for a wrong code, also for one that has expired or was tried too often; it says nothing more to who guesses. */
  confirm: (login: string, choice: TellChoice, code: string) => Promise<void>
}

export interface MailAddressDeps {
  db: RegistryDb
  /** Undefined: this server sends no mail. */
  sendMail: SendMail | undefined
  /** Without a trailing slash; undefined: the letter has the code alone. */
  publicUrl: string | undefined
  nowMs: () => number
  /** Bytes that nobody can guess. */
  randomBytes: (size: number) => Uint8Array
}

export function createMailAddress({ db, sendMail, publicUrl, nowMs, randomBytes }: MailAddressDeps): MailAddress {
  const rowOf = (login: string) => db.selectFrom('tell_mail').selectAll().where('login', '=', login).executeTakeFirst()

  return {
    sendCode: async (login, { mail: address, language }) => {
      if (sendMail === undefined) throw new ApiProblem('conflict', 'this server sends no mail')
      if (address === undefined) throw new ApiProblem('conflict', 'you have chosen no mail address')
      if (await isConfirmed(db, login, address)) throw new ApiProblem('conflict', 'the address is confirmed already')
      const code = newCode(randomBytes)
      const atMs = nowMs()
      await db.transaction().execute(async tx => {
        const known = await tx.selectFrom('tell_mail').selectAll().where('login', '=', login).executeTakeFirst()
        const isSameDay = known !== undefined && atMs - known.letters_since_ms < DAY_MS
        const letters = isSameDay ? known.letters : 0
        const waitMs = Math.max(
          known === undefined ? 0 : known.last_letter_ms + LETTER_EVERY_MS - atMs,
          letters < MAX_LETTERS_A_DAY || known === undefined ? 0 : known.letters_since_ms + DAY_MS - atMs,
        )
        if (waitMs > 0)
          throw new ApiProblem('too_many_requests', 'a letter was sent a short while ago', {
            retryAfterS: Math.ceil(waitMs / 1_000),
          })
        const values = {
          address,
          code_sha256: hashOf(login, address, code),
          expires_at_ms: atMs + CODE_HOLDS_MS,
          tries: 0,
          letters: letters + 1,
          letters_since_ms: isSameDay ? known.letters_since_ms : atMs,
          last_letter_ms: atMs,
          confirmed_at_ms: null,
        }
        await tx
          .insertInto('tell_mail')
          .values({ login, ...values })
          .onConflict(conflict => conflict.column('login').doUpdateSet(values))
          .execute()
      })
      // Sent now and not from the outbox: the code is in no table, only what proves it.
      const letter = confirmationLetter(code, language, publicUrl)
      const id = createHash('sha256').update(`${login}/${address}/${atMs}`).digest('hex').slice(0, 32)
      const sent = await sendMail({ to: address, ...letter, id })
      if (sent.result !== 'sent') throw new ApiProblem('unavailable', `the letter was not sent: ${sent.reason}`)
    },
    confirm: async (login, { mail: address }, code) => {
      const known = await rowOf(login)
      if (known?.address !== address || address === undefined)
        throw new ApiProblem('invalid_request', 'body: code: no letter was sent to this address; send one')
      // Written down before it is compared: two guesses at once are two tries.
      const { numUpdatedRows } = await db
        .updateTable('tell_mail')
        .set(eb => ({ tries: eb('tries', '+', 1) }))
        .where('login', '=', login)
        .where('tries', '<', MAX_TRIES)
        .where('expires_at_ms', '>', nowMs())
        .executeTakeFirst()
      if (numUpdatedRows === 0n)
        throw new ApiProblem(
          'invalid_request',
          'body: code: the code has expired or was tried too often; send another letter',
        )
      const taken = await db
        .updateTable('tell_mail')
        .set({ confirmed_at_ms: nowMs(), code_sha256: null, expires_at_ms: null })
        .where('login', '=', login)
        .where('code_sha256', '=', hashOf(login, address, code))
        .executeTakeFirst()
      if (taken.numUpdatedRows === 0n)
        throw new ApiProblem('invalid_request', 'body: code: this is not the code of the last letter')
    },
  }
}

/** Whether letters may go to an address of a person. */
export async function isConfirmed(db: RegistryDb, login: string, address: string): Promise<boolean> {
  const row = await db
    .selectFrom('tell_mail')
    .select('login')
    .where('login', '=', login)
    .where('address', '=', address)
    .where('confirmed_at_ms', 'is not', null)
    .executeTakeFirst()
  return row !== undefined
}

/** 50 bits in letters and digits that nobody mistakes for another. */
function newCode(randomBytes: (size: number) => Uint8Array): string {
  // 256 is a whole multiple of the 32 letters: each is as likely as the other.
  return [...randomBytes(MAIL_CODE_LENGTH)].map(byte => MAIL_CODE_ALPHABET[byte % MAIL_CODE_ALPHABET.length]).join('')
}

/** Bound to the person and the address: a code proves nothing else. */
function hashOf(login: string, address: string, code: string): string {
  return createHash('sha256')
    .update(JSON.stringify([login, address, code]))
    .digest('hex')
}
