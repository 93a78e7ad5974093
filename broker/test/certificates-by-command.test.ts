import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'

const run = promisify(execFile)
const COMMAND = join(import.meta.dirname, '..', 'src', 'ca-command.ts')

it('makes, lists and revokes certificates, and says in one line what it cannot do', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'harbor-ca-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  const env = { ...process.env, DATA_DIR: dataDir }
  const ca = async (...args: string[]) => (await run(process.execPath, [COMMAND, ...args], { env })).stdout
  const refused = async (...args: string[]): Promise<unknown[]> => {
    try {
      return ['done', await ca(...args)]
    } catch (error) {
      const { code, stderr } = error as { code: number; stderr: string }
      return [code, stderr.trim().split('\n').length, stderr]
    }
  }

  expect(await refused('server', 'a')).toEqual([1, 1, expect.stringContaining('ca init')])
  await ca('init')
  expect(await ca('server', 'broker.example,::1')).toContain('broker.example,::1')
  await ca('gateway', 'gw-1')
  expect(await readFile(join(dataDir, 'ca', 'gateways', 'gw-1.pem'), 'utf8')).toContain('BEGIN CERTIFICATE')
  expect(await ca('revoke', 'gw-1')).toMatch(/^revoked [0-9a-f]{32} gateway gw-1/)
  expect(JSON.parse(await ca('list', '--json'))).toMatchObject([
    { kind: 'server', name: 'broker.example,::1' },
    { kind: 'gateway', name: 'gw-1', revokedAt: expect.any(String) },
  ])

  expect(await refused('init')).toEqual([1, 1, expect.stringContaining('ca roll')])
  expect(await refused('revoke', 'gw-1')).toEqual([1, 1, expect.stringContaining('nothing to revoke')])
  // An id that would be a path out of the folder.
  expect(await refused('gateway', '../root-0')).toEqual([1, 1, expect.any(String)])
  expect(await refused('server', 'no name')).toEqual([1, 1, expect.stringContaining('a name or an address')])
  expect(await refused('fly')).toEqual([1, 1, expect.stringContaining('no command fly')])
})
