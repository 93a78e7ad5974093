import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MAIL_CODE_LENGTH, mailCodeSchema } from '@harbor/protocol'
import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RegistryDb } from '../registry/open-registry.ts'
import { openTestRegistry } from '../../test/test-registry.ts'
import type { SendResult } from './channels.ts'
import { CODE_HOLDS_MS, type MailAddress, MAX_LETTERS_A_DAY, createMailAddress, isConfirmed } from './mail-address.ts'

const MINUTE_MS = 60_000
const OWN = { mail: 'li@example.org', severities: [], language: 'en' as const }

let dataDir: string
let db: RegistryDb
let nowMs: number
let answer: SendResult
let letters: { to: string; text: string }[]
let address: MailAddress
let drawn: number

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'harbor-mail-'))
  db = await openTestRegistry(dataDir)
  nowMs = Date.UTC(2026, 6, 30, 4)
  answer = { result: 'sent' }
  letters = []
  drawn = 0
  address = createMailAddress({
    db,
    sendMail: ({ to, text }) => {
      letters.push({ to, text })
      return Promise.resolve(answer)
    },
    publicUrl: 'https://harbor.example',
    nowMs: () => nowMs,
    randomBytes: size => Uint8Array.from({ length: size }, () => (drawn += 7)),
  })
})
afterEach(async () => {
  await db.destroy()
  await rm(dataDir, { recursive: true, force: true })
})

const code = () => /code=(\w+)/.exec(letters.at(-1)?.text ?? '')?.[1] ?? ''
const confirmed = () => isConfirmed(db, 'li', OWN.mail)
const wrong = { code: 'invalid_request' }

test('the code of the letter confirms the address, once, and is in no table', async () => {
  await address.sendCode('li', OWN)
  expect(letters.map(({ to }) => to)).toEqual([OWN.mail])
  expect(code()).toHaveLength(MAIL_CODE_LENGTH)
  expect(JSON.stringify(await db.selectFrom('tell_mail').selectAll().execute())).not.toContain(code())
  expect(await confirmed()).toBe(false)
  await address.confirm('li', OWN, code())
  expect(await confirmed()).toBe(true)
  await expect(address.confirm('li', OWN, code())).rejects.toMatchObject(wrong)
  expect(await confirmed()).toBe(true)
})

test('it holds for a day, not longer', async () => {
  await address.sendCode('li', OWN)
  nowMs += CODE_HOLDS_MS
  await expect(address.confirm('li', OWN, code())).rejects.toMatchObject(wrong)
  nowMs -= 1
  await address.confirm('li', OWN, code())
  expect(await confirmed()).toBe(true)
})

test('five wrong codes use up a letter, also when they come at once', async () => {
  await address.sendCode('li', OWN)
  const guesses = Array.from({ length: 5 }, (_one, n) => address.confirm('li', OWN, `000000000${n}`))
  expect((await Promise.allSettled(guesses)).every(({ status }) => status === 'rejected')).toBe(true)
  await expect(address.confirm('li', OWN, code())).rejects.toMatchObject(wrong)
  nowMs += MINUTE_MS
  await address.sendCode('li', OWN)
  await address.confirm('li', OWN, code())
})

test('it is of one person, one address and the last letter', async () => {
  await address.sendCode('li', OWN)
  const first = code()
  await expect(address.confirm('wang', OWN, first)).rejects.toMatchObject(wrong)
  await expect(address.confirm('li', { ...OWN, mail: 'boss@example.org' }, first)).rejects.toMatchObject(wrong)
  nowMs += MINUTE_MS
  await address.sendCode('li', OWN)
  await expect(address.confirm('li', OWN, first)).rejects.toMatchObject(wrong)
  await address.confirm('li', OWN, code())
})

test('a stranger\u2019s mailbox is not flooded: one letter a minute and five a day, whatever addresses they go to', async () => {
  for (let letter = 0; letter < MAX_LETTERS_A_DAY; letter++) {
    await address.sendCode('li', { ...OWN, mail: `victim${letter}@example.org` })
    await expect(address.sendCode('li', OWN)).rejects.toMatchObject({ code: 'too_many_requests' })
    nowMs += MINUTE_MS
  }
  await expect(address.sendCode('li', OWN)).rejects.toMatchObject({
    code: 'too_many_requests',
    // A day after the first of the five.
    retryAfterS: (24 * 60 - MAX_LETTERS_A_DAY) * 60,
  })
  nowMs += 24 * 60 * MINUTE_MS - MAX_LETTERS_A_DAY * MINUTE_MS
  await address.sendCode('li', OWN)
  expect(letters).toHaveLength(MAX_LETTERS_A_DAY + 1)
})

test('a letter that the mail server does not take is told as such', async () => {
  answer = { result: 'refused', reason: '550 no such user' }
  await expect(address.sendCode('li', OWN)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('550 no such user') as string,
  })
})

test('a code is read however it was typed', () => {
  const letter = fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ')
  fc.assert(
    fc.property(fc.array(letter, { minLength: 10, maxLength: 10 }), fc.nat(9), (letters, at) => {
      const text = letters.join('')
      const typed = `${text.slice(0, at)}- ${text.slice(at)}`.toLowerCase().replaceAll('1', 'l').replaceAll('0', 'o')
      expect(mailCodeSchema.parse({ code: typed })).toEqual({ code: text })
    }),
  )
  for (const bad of ['', '123', 'U'.repeat(11)]) expect(mailCodeSchema.safeParse({ code: bad }).success).toBe(false)
})
