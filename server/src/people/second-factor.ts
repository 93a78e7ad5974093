import type { Enrolment, SecondFactor } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import { qrMatrix } from '../assets/labels/qr-matrix.ts'
import { ApiProblem } from '../errors.ts'
import { sha256Hex } from '../registry/fleet-import.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { RegistryTables } from '../registry/schema.ts'
import type { Seal } from './sealed.ts'
import { SECRET_BYTES, base32, otpauthUri, stepOf } from './totp.ts'

/** A secret that was shown waits so long for its first code (chosen: time to install an app). */
export const ENROLMENT_LIFE_MS = 15 * 60_000
const RECOVERY_CODES = 10
/** Without 0, O, 1 and I, which people mistake for each other. 32 letters: 16 of them are 80 bits, beyond any search for their hashes. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const RECOVERY_LETTERS = 16
/** Quiet zone of a QR code in modules (ISO/IEC 18004, 5.3.8). */
const QUIET = 4

/** Second factors of people: TOTP and recovery codes. */
export interface SecondFactors {
  /** Whether this person is asked for a code at sign-in. */
  has: (login: string) => Promise<boolean>
  /** Logins of those who are. */
  all: () => Promise<ReadonlySet<string>>
  state: (login: string, isRequired: boolean) => Promise<SecondFactor>
  /** A new secret, in place of one that was shown and not confirmed. @throws ApiProblem `conflict` when there is a second factor already. */
  begin: (login: string) => Promise<Enrolment>
  /** From this first right code on it is asked for. Gives recovery codes. @throws ApiProblem `wrong_code`; `conflict` when nothing waits. */
  confirm: (login: string, code: string) => Promise<string[]>
  /** Takes a code of the app or a recovery code, each once, whoever else brings it at the same time. @throws ApiProblem `wrong_code` */
  take: (login: string, code: string) => Promise<'app' | 'recovery'>
  /** New recovery codes in place of all before. */
  renewCodes: (login: string) => Promise<string[]>
  /** Gives whether there was one. */
  remove: (login: string) => Promise<boolean>
}

export interface SecondFactorDeps {
  db: RegistryDb
  seal: Seal
  nowMs: () => number
  randomBytes: (size: number) => Buffer
}

type Tx = Kysely<RegistryTables>

export function createSecondFactors({ db, seal, nowMs, randomBytes }: SecondFactorDeps): SecondFactors {
  const rowOf = (login: string) =>
    db.selectFrom('second_factor').selectAll().where('login', '=', login).executeTakeFirst()

  const putCodes = async (tx: Tx, login: string): Promise<string[]> => {
    const codes = Array.from({ length: RECOVERY_CODES }, () => recoveryCode(randomBytes(RECOVERY_LETTERS)))
    await tx.deleteFrom('recovery_code').where('login', '=', login).execute()
    await tx
      .insertInto('recovery_code')
      .values(codes.map(code => ({ login, code_sha256: recoveryHash(login, plain(code)) })))
      .execute()
    return codes
  }

  /** Of many who bring the same code at once, the database lets one move `last_step` on. */
  const takeStep = async (login: string, code: string): Promise<boolean> => {
    const row = await rowOf(login)
    if (row === undefined || row.confirmed_at_ms === null) return false
    const step = stepIn(row, code)
    if (step === undefined) return false
    const { numUpdatedRows } = await db
      .updateTable('second_factor')
      .set({ last_step: step })
      .where('login', '=', login)
      .where('sealed_secret', '=', row.sealed_secret)
      .where('last_step', '<', step)
      .executeTakeFirst()
    return numUpdatedRows === 1n
  }

  const takeRecoveryCode = async (login: string, code: string): Promise<boolean> => {
    const { numDeletedRows } = await db
      .deleteFrom('recovery_code')
      .where('login', '=', login)
      .where('code_sha256', '=', recoveryHash(login, code))
      .executeTakeFirst()
    return numDeletedRows === 1n
  }

  const stepIn = (
    { login, sealed_secret: sealed, last_step: lastStep }: RegistryTables['second_factor'],
    code: string,
  ): number | undefined => stepOf(code, { secret: seal.open(sealed, login), nowMs: nowMs(), lastStep })

  return {
    has: async login => (await rowOf(login))?.confirmed_at_ms != null,
    all: async () => {
      const rows = await db
        .selectFrom('second_factor')
        .select('login')
        .where('confirmed_at_ms', 'is not', null)
        .execute()
      return new Set(rows.map(row => row.login))
    },
    state: async (login, isRequired) => {
      const sinceMs = (await rowOf(login))?.confirmed_at_ms ?? undefined
      const { left } = await db
        .selectFrom('recovery_code')
        .select(eb => eb.fn.countAll<number>().as('left'))
        .where('login', '=', login)
        .executeTakeFirstOrThrow()
      return {
        ...(sinceMs !== undefined && { since: new Date(sinceMs).toISOString() }),
        recoveryCodesLeft: Number(left),
        isRequired,
      }
    },
    begin: async login => {
      const secret = randomBytes(SECRET_BYTES)
      const values = { sealed_secret: seal.close(secret, login), created_at_ms: nowMs(), last_step: 0 }
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('second_factor')
        .values({ login, confirmed_at_ms: null, ...values })
        .onConflict(conflict =>
          conflict.column('login').doUpdateSet(values).where('second_factor.confirmed_at_ms', 'is', null),
        )
        .executeTakeFirst()
      if (numInsertedOrUpdatedRows !== 1n) throw new ApiProblem('conflict', 'there is a second factor already')
      const uri = otpauthUri(secret, login)
      return { secret: base32(secret), uri, qr: qrPath(uri) }
    },
    confirm: async (login, code) => {
      const row = await rowOf(login)
      if (row === undefined || row.confirmed_at_ms !== null || row.created_at_ms < nowMs() - ENROLMENT_LIFE_MS)
        throw new ApiProblem('conflict', 'nothing waits to be confirmed: begin again')
      const step = stepIn(row, plain(code))
      if (step === undefined) throw wrongCode()
      return db.transaction().execute(async tx => {
        const { numUpdatedRows } = await tx
          .updateTable('second_factor')
          .set({ confirmed_at_ms: nowMs(), last_step: step })
          .where('login', '=', login)
          .where('sealed_secret', '=', row.sealed_secret)
          .where('confirmed_at_ms', 'is', null)
          .executeTakeFirst()
        if (numUpdatedRows !== 1n) throw new ApiProblem('conflict', 'there is a second factor already')
        return putCodes(tx, login)
      })
    },
    take: async (login, given) => {
      const code = plain(given)
      const isOfApp = /^\d{6}$/.test(code)
      if (isOfApp && (await takeStep(login, code))) return 'app'
      if (!isOfApp && (await takeRecoveryCode(login, code))) return 'recovery'
      throw wrongCode()
    },
    renewCodes: login => db.transaction().execute(tx => putCodes(tx, login)),
    remove: login =>
      db.transaction().execute(async tx => {
        await tx.deleteFrom('recovery_code').where('login', '=', login).execute()
        await tx.deleteFrom('sign_in_step').where('login', '=', login).execute()
        const { numDeletedRows } = await tx.deleteFrom('second_factor').where('login', '=', login).executeTakeFirst()
        return numDeletedRows === 1n
      }),
  }
}

function wrongCode(): ApiProblem {
  return new ApiProblem('wrong_code', 'code: wrong, too old, or used before')
}

/** As it counts: people type spaces, hyphens and small letters, and phones full-width ones. */
function plain(code: string): string {
  return code.normalize('NFKC').replaceAll(/[\s-]/g, '').toUpperCase()
}

/** With its person's login: equal codes of two people would not be seen to be equal. */
function recoveryHash(login: string, code: string): string {
  return sha256Hex(`${login} ${code}`)
}

function recoveryCode(bytes: Buffer): string {
  const letters = [...bytes].map(byte => ALPHABET[byte % ALPHABET.length]).join('')
  return (letters.match(/.{4}/g) ?? []).join('-')
}

/** The code of an address as one path, with its quiet zone. */
function qrPath(text: string): Enrolment['qr'] {
  const { size, isDark } = qrMatrix(text)
  let path = ''
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      if (isDark(row, column)) path += `M${column + QUIET} ${row + QUIET}h1v1h-1z`
  return { size: size + 2 * QUIET, path }
}
