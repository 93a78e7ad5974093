import { createHmac } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm, stat, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gatewayConfigSchema } from '@harbor/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildDemoFleet } from './demo-fleet.ts'
import { parsePlaces } from './places.ts'
import { readFleet } from './read-fleet.ts'
import { type SeedPaths, seedDemo } from './seed-files.ts'

const fleet = buildDemoFleet(parsePlaces(await readFile(new URL('../../fleet/places.csv', import.meta.url), 'utf8')))
const KEY = 'f'.repeat(64)
let folder: string
let paths: SeedPaths

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'harbor-seed-'))
  paths = {
    fleetFile: join(folder, 'demo/fleet.json'),
    gatewayDir: join(folder, 'gateways'),
    secretsDir: join(folder, 'secrets'),
  }
  await mkdir(paths.secretsDir)
  await writeFile(join(paths.secretsDir, 'demo-fleet-key'), `${KEY}\n`)
})

afterEach(() => rm(folder, { recursive: true, force: true }))

/** Every file below the folder with its content and when it was written. */
async function snapshot(): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = files.filter(file => file.isFile()).map(file => join(file.parentPath, file.name))
  return Promise.all(
    paths.sort().map(async path => `${path} ${(await stat(path)).mtimeMs} ${await readFile(path, 'utf8')}`),
  )
}

test('the fleet file is the fleet, and each gateway has its config and the secret worked out from the key', async () => {
  await seedDemo(fleet, paths)
  expect(await readFleet(paths.fleetFile)).toEqual(fleet)
  expect((await readdir(paths.gatewayDir)).sort()).toEqual(fleet.gateways.map(({ id }) => id).sort())
  for (const { id, station, district } of fleet.gateways) {
    const config = gatewayConfigSchema.parse(
      JSON.parse(await readFile(join(paths.gatewayDir, id, 'config.json'), 'utf8')),
    )
    expect(config).toMatchObject({ gateway: id, station, district, timeZone: 'Asia/Shanghai' })
    expect(config.devices).toHaveLength(8)
    const secret = await readFile(join(paths.gatewayDir, id, 'secret'), 'utf8')
    expect(secret.trim()).toBe(createHmac('sha256', KEY).update(id).digest('hex'))
    expect((await stat(join(paths.gatewayDir, id, 'secret'))).mode & 0o777).toBe(0o600)
  }
})

test('a second run writes nothing', async () => {
  await seedDemo(fleet, paths)
  const before = await snapshot()
  await seedDemo(fleet, paths)
  expect(await snapshot()).toEqual(before)
})

test('a file changed by hand is put right, and what a gateway wrote beside it stays', async () => {
  await seedDemo(fleet, paths)
  const before = await snapshot()
  const one = join(paths.gatewayDir, 'gw-500103-01')
  await writeFile(join(one, 'config.json'), '{')
  await writeFile(join(one, 'lan.json'), '{"url":"mqtt://127.0.0.1:1"}')
  await seedDemo(fleet, paths)
  expect(await readFile(join(one, 'lan.json'), 'utf8')).toContain('127.0.0.1:1')
  await rm(join(one, 'lan.json'))
  const contents = (lines: string[]) => lines.map(line => line.replace(/ [\d.]+ /, ' '))
  expect(contents(await snapshot())).toEqual(contents(before))
})

test('without the key nothing is written, and the message says what makes it', async () => {
  await rm(join(paths.secretsDir, 'demo-fleet-key'))
  await expect(seedDemo(fleet, paths)).rejects.toMatchObject({
    code: 'SIMULATORS_KEY_MISSING',
    message: expect.stringContaining('npm start') as string,
  })
  expect(await snapshot()).toEqual([])
})

test.each([
  [undefined, 'is missing'],
  ['{', 'is not JSON'],
  ['{"regions":[]}', 'stations'],
])('a fleet file that cannot be used is one clear error (%#)', async (text, named) => {
  if (text !== undefined) {
    await mkdir(join(folder, 'demo'))
    await writeFile(paths.fleetFile, text)
  }
  await expect(readFleet(paths.fleetFile)).rejects.toMatchObject({
    code: 'SIMULATORS_FLEET_UNUSABLE',
    message: expect.stringContaining(named) as string,
  })
})
