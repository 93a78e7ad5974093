import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readPowerSource } from './power-source.ts'

type Supplies = Record<string, Record<string, string>>

async function supplies(found: Supplies): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'harbor-power-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  for (const [name, files] of Object.entries(found)) {
    await mkdir(join(dir, name))
    for (const [file, word] of Object.entries(files)) await writeFile(join(dir, name, file), `${word}\n`)
  }
  return dir
}

const BATTERY = { type: 'Battery', status: 'Discharging' }

test.each<[string, Supplies, string | undefined]>([
  ['nothing', {}, undefined],
  ['a mains adapter that is on', { AC: { type: 'Mains', online: '1' }, BAT0: BATTERY }, 'mains'],
  ['one that is off', { AC: { type: 'Mains', online: '0' }, BAT0: BATTERY }, 'battery'],
  ['two of which one is on', { a: { type: 'USB', online: '0' }, b: { type: 'Mains', online: '1' } }, 'mains'],
  ['a UPS board that is being emptied', { ups: { type: 'UPS', status: 'Discharging' } }, 'battery'],
  ['a battery that is full', { ups: { type: 'Battery', status: 'Full' } }, 'mains'],
  ['a battery that says nothing of itself', { ups: { type: 'Battery', status: 'Unknown' } }, undefined],
  ['a supply without any file', { odd: {} }, undefined],
])('%s', async (_what, found, source) => {
  expect(readPowerSource(await supplies(found))).toBe(source)
})

test('a machine that shows no supplies runs on what it does not know', () => {
  expect(readPowerSource('/no/such/folder')).toBeUndefined()
})
