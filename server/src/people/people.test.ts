import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasCode } from '@harbor/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RegistryDb } from '../registry/open-registry.ts'
import { openTestRegistry } from '../../test/test-registry.ts'
import { addDemoPeople } from './demo-people.ts'
import { type People, createPeople } from './people.ts'
import { createSessions } from './sessions.ts'

let dir: string
let db: RegistryDb
let people: People
const now = Date.UTC(2026, 6, 30, 4)
const chief = { login: 'chief', name: 'Chief', role: 'administrator' as const, districts: [], password: 'first secret' }

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'harbor-people-'))
  db = await openTestRegistry(dir)
  people = createPeople({ db, nowMs: () => now })
})

afterEach(async () => {
  await db.destroy()
  await rm(dir, { recursive: true, force: true })
})

const hashOf = async () =>
  (await db.selectFrom('person').select('password_hash').executeTakeFirstOrThrow()).password_hash

test('a password is kept as an argon2id hash with a salt of its own', async () => {
  await people.add(chief)
  await people.add({ ...chief, login: 'second' })
  const rows = await db.selectFrom('person').select('password_hash').execute()
  for (const row of rows) expect(row.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(rows[0]?.password_hash).not.toBe(rows[1]?.password_hash)
})

test('a login is the same in capitals, with spaces around it, and in full-width letters', async () => {
  await people.add({ ...chief, login: ' Chief ' })
  for (const login of ['chief', 'CHIEF', 'ｃｈｉｅｆ'])
    expect(await people.verify(login, chief.password)).toMatchObject({ login: 'chief' })
  await expect(people.add(chief)).rejects.toSatisfy(error => hasCode(error, 'conflict'))
})

test('an unknown login takes as long to refuse as a wrong password', async () => {
  await people.add(chief)
  await people.verify('nobody', 'x') // makes the decoy's hash
  const took = async (login: string) => {
    const startedMs = performance.now()
    expect(await people.verify(login, 'wrong')).toBeUndefined()
    return performance.now() - startedMs
  }
  const known: number[] = []
  const unknown: number[] = []
  for (let n = 0; n < 7; n += 1) {
    known.push(await took('chief'))
    unknown.push(await took('nobody'))
  }
  const median = (times: number[]) => times.toSorted((a, b) => a - b)[3] as number
  // Without the decoy it is a hundredth; the bound leaves room for a busy machine.
  expect(median(unknown) / median(known)).toBeGreaterThan(0.3)
})

test('the demo’s people are taken over at each start, and a password that stayed is not hashed anew', async () => {
  const file = join(dir, 'demo-logins.json')
  await writeFile(file, JSON.stringify([{ ...chief, districts: ['500112', '500103'] }]))
  await addDemoPeople(people, file)
  expect(await people.find('chief')).toMatchObject({ districts: ['500103', '500112'] })
  const hash = await hashOf()
  await writeFile(file, JSON.stringify([{ ...chief, name: 'Renamed' }]))
  await addDemoPeople(people, file)
  expect(await people.find('chief')).toEqual({ login: 'chief', name: 'Renamed', role: 'administrator', districts: [] })
  expect(await hashOf()).toBe(hash)
  await writeFile(file, JSON.stringify([{ ...chief, password: 'second secret' }]))
  await addDemoPeople(people, file)
  expect(await people.verify('chief', 'second secret')).toBeDefined()
  expect(await people.verify('chief', chief.password)).toBeUndefined()
})

test.each([
  ['missing', undefined],
  ['no JSON', '['],
  ['no list of people', '[{"login":"a"}]'],
])(
  'a file of demo logins that is %s stops the start with its path, and never shows a password',
  async (_what, text) => {
    const file = join(dir, 'demo-logins.json')
    if (text !== undefined) await writeFile(file, text)
    await expect(addDemoPeople(people, file)).rejects.toSatisfy(
      error => hasCode(error, 'SECRET_MISSING') && error.message.includes(file),
    )
  },
)

test('only the hash of a session’s token is stored, and a person has at most 20 sessions', async () => {
  await people.add(chief)
  let time = now
  const sessions = createSessions({
    db,
    nowMs: () => (time += 1),
    randomBytes: size => Buffer.alloc(size, String(time)),
  })
  const tokens: string[] = []
  for (let n = 0; n < 21; n += 1) tokens.push(await sessions.begin('chief'))
  const stored = await db.selectFrom('session').select('token_sha256').execute()
  expect(stored).toHaveLength(20)
  expect(stored.map(row => row.token_sha256)).not.toContain(tokens[1])
  expect(await sessions.use(tokens[0] as string)).toBeUndefined()
  expect(await sessions.use(tokens[1] as string)).toMatchObject({ person: { login: 'chief' } })
})
