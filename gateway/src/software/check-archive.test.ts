import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkArchive, createEntryCheck } from './check-archive.ts'

const run = promisify(execFile)
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'harbor-archive-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

const file = (name: string) => ({ type: '0', name, link: '' })
const link = (name: string, target: string) => ({ type: '2', name, link: target })

test.each([
  ['an absolute name', [file('/etc/passwd')]],
  ['a name that steps up', [file('a/../../b')]],
  ['an empty name', [file('')]],
  ['a link to an absolute place', [link('a', '/etc')]],
  ['a link that steps out', [link('a/b', '../../c')]],
  ['a link that steps up after a step that may be a link', [link('k', '.'), link('l', 'k/../y')]],
  ['a file behind a link', [link('a', 'b'), file('a/c')]],
  ['a file in place of a link', [link('a', 'b'), file('a')]],
  ['a second name of a file outside', [{ type: '1', name: 'a', link: '../b' }]],
  ['a device', [{ type: '3', name: 'a', link: '' }]],
  ['a pipe', [{ type: '6', name: 'a', link: '' }]],
])('%s is refused', (_, entries) => {
  const check = createEntryCheck()
  expect(() => entries.forEach(entry => check(entry))).toThrow(
    expect.objectContaining({ code: 'GATEWAY_SOFTWARE_REFUSED' }) as Error,
  )
})

test('links that stay inside are taken, as npm makes them for workspaces', () => {
  const check = createEntryCheck()
  for (const entry of [
    file('protocol/a.ts'),
    link('node_modules/@harbor/protocol', '../../protocol'),
    link('x', './y'),
  ])
    expect(() => check(entry)).not.toThrow()
})

test('what tar itself makes is read: long names, links, whole folders; and what tar was told to make dangerous is refused', async () => {
  const inside = join(folder, 'inside')
  const long = join(inside, 'd'.repeat(90), 'e'.repeat(50))
  await mkdir(long, { recursive: true })
  await writeFile(join(long, 'f'.repeat(90)), 'x'.repeat(5_000))
  await symlink('d'.repeat(90), join(inside, 'link'))
  for (const format of ['gnu', 'pax', 'ustar']) {
    const good = join(folder, `${format}.tar.gz`)
    await run('tar', ['-czf', good, `--format=${format}`, '-C', folder, 'inside'])
    await expect(checkArchive(good)).resolves.toBeUndefined()
    const bad = join(folder, `${format}-bad.tar.gz`)
    await run('tar', ['-czPf', bad, `--format=${format}`, '--transform=s|^|../|', '-C', folder, 'inside'])
    await expect(checkArchive(bad)).rejects.toMatchObject({ code: 'GATEWAY_SOFTWARE_REFUSED' })
  }
})

test('an archive that ends in the middle, or is none, is refused', async () => {
  const cut = join(folder, 'cut.tar.gz')
  await writeFile(join(folder, 'noise'), Buffer.from(Array.from({ length: 20_000 }, (_, at) => (at * at * 31) % 251)))
  await run('tar', ['-czf', cut, '-C', folder, 'noise'])
  await truncate(cut, 200)
  await expect(checkArchive(cut)).rejects.toThrow(/unexpected end of file|incorrect header/)
  await writeFile(cut, 'no archive')
  await expect(checkArchive(cut)).rejects.toThrow(/unexpected end of file|incorrect header/)
})
