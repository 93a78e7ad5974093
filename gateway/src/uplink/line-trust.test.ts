import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { hasCertificate, readLineTrust } from './line-trust.ts'

async function setUp(files: Record<string, string>) {
  const dir = await mkdtemp(join(tmpdir(), 'harbor-trust-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const folder = join(dir, 'gw-1')
  await mkdir(folder)
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text)
  return folder
}

it('has nothing to say without files', async () => {
  const folder = await setUp({})
  expect(readLineTrust(folder)).toEqual({})
  expect(hasCertificate(folder)).toBe(false)
})

it('believes what its own folder names before what all gateways here believe', async () => {
  expect(readLineTrust(await setUp({ 'ca.pem': 'all' }))).toEqual({ ca: 'all' })
  expect(readLineTrust(await setUp({ 'ca.pem': 'all', 'gw-1/ca.pem': 'own' }))).toEqual({ ca: 'own' })
})

it('shows a certificate with its key, and says which of the two is missing', async () => {
  const both = { 'gw-1/client.pem': 'certificate', 'gw-1/client.key': 'key' }
  const folder = await setUp(both)
  expect(readLineTrust(folder)).toEqual({ cert: 'certificate', key: 'key' })
  expect(hasCertificate(folder)).toBe(true)
  for (const missing of ['client.pem', 'client.key'] as const) {
    const { [`gw-1/${missing}` as const]: _, ...one } = both
    const half = await setUp(one)
    expect(() => readLineTrust(half)).toThrow(missing)
  }
})
