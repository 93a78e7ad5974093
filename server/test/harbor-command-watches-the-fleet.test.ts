import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import {
  type BenchView,
  type RolloutPreview,
  type RolloutView,
  type TwinPage,
  type TwinView,
  encodeJson,
  topics,
} from '@harbor/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HarborRuns, errorOf, harborRuns } from './harbor-runs.ts'
import { PASSWORD, type RunningServer, startServer } from './running-server.ts'

const GATEWAY = 'gw-yuzhong-1'

let server: RunningServer
let dir: string
let runs: HarborRuns

const done = <Printed>(...args: string[]): Promise<Printed> => runs.done('fleet', ...args)
const linesOf = (text: string) => text.split('\n').map(line => JSON.parse(line) as Record<string, unknown>)

beforeAll(async () => {
  server = await startServer()
  dir = await mkdtemp(join(tmpdir(), 'harbor-command-'))
  runs = harborRuns(server.url, dir)
  const signedIn = await runs.harbor(['sign-in', '--login', 'admin'], { HARBOR_PASSWORD: PASSWORD })
  if (signedIn.code !== 0) throw new Error(signedIn.said)
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

describe('the twin', () => {
  test('is listed by region and tag, shown, and grouped by tags', async () => {
    const tagged = await done<TwinView>('twin', 'tag', GATEWAY, '--tags', 'pilot, batch-7')
    expect(tagged.tags.toSorted()).toEqual(['batch-7', 'pilot'])
    const pilots = await done<TwinPage>('twin', 'list', '--tag', 'pilot')
    expect(pilots.gateways.map(({ gateway }) => gateway)).toEqual([GATEWAY])
    const yubei = await done<TwinPage>('twin', 'list', '--region', '500112')
    expect(yubei.gateways.map(({ gateway }) => gateway)).toEqual(['gw-yubei-1'])
    expect(await done<TwinView>('twin', 'show', GATEWAY)).toMatchObject({ gateway: GATEWAY, station: 'yuzhong-1' })
    expect((await done<TwinView>('twin', 'tag', GATEWAY, '--tags', '')).tags).toEqual([])
    const wrong = await runs.harbor(['fleet', 'twin', 'list', '--state', 'odd'])
    expect([wrong.code, errorOf(wrong).code]).toEqual([1, 'invalid_request'])
  })

  test('adopts a device that was heard into the next config', async () => {
    const lastSeenMs = Date.now()
    const shelly = { vendor: 'shelly', address: 'shellyplus-1', metrics: ['power'], kind: 'plug' } as const
    const discovered = [{ ...shelly, firstSeenMs: lastSeenMs - 1_000, lastSeenMs }]
    const status = { online: true, atMs: lastSeenMs, discovered, unconfigured: ['shelly shellyplus-1'] }
    await server.bus.receive(topics.status({ district: '500103', gateway: GATEWAY }), encodeJson(status))
    expect(await done<TwinView>('twin', 'show', GATEWAY)).toMatchObject({ strangers: [{ address: 'shellyplus-1' }] })
    const adopt = ['twin', 'adopt', GATEWAY, '--vendor', 'shelly', '--address', 'shellyplus-1', '--device', 'new-plug']
    await done<TwinView>(...adopt, '--appliance', 'none')
    const { config } = await done<{ config: { devices: object[] } }>('config', 'show', GATEWAY)
    expect(config.devices).toContainEqual(
      expect.objectContaining({ id: 'new-plug', vendor: 'shelly', address: 'shellyplus-1' }),
    )
    const again = await runs.harbor(['fleet', ...adopt])
    expect([again.code, errorOf(again).code]).toEqual([1, 'conflict'])
  })
})

describe('what goes onto boards, plugs and boxes', () => {
  test('is uploaded whole, listed, shown and taken away', async () => {
    // An ESP32-C3 image begins with 0xE9 (ESP-IDF, App Image Format); the server looks at no more of it than it says.
    const image = join(dir, 'image.bin')
    await writeFile(image, Buffer.concat([Buffer.from([0xe9]), Buffer.alloc(4_095, 1)]))
    const of = ['--name', 'Room', '--version', '1.0.0', '--chip', 'ESP32-C3']
    await done('firmware', 'upload', 'room', image, ...of)
    expect(await done('firmware', 'list')).toMatchObject({ firmware: [{ firmware: 'room' }] })
    await done('firmware', 'remove', 'room')
    const file = join(dir, 'software.tar.gz')
    await writeFile(file, gzipSync('not looked into here'))
    await done('software', 'upload', '1.4.0', file)
    expect(await done('software', 'list')).toMatchObject({ software: [{ version: '1.4.0' }] })
    await done('software', 'remove', '1.4.0')
    expect(await done('setup', 'show', GATEWAY, '--host', '192.168.8.2')).toMatchObject({ gateway: GATEWAY })
  })
})

describe('a rollout', () => {
  test('is looked at, made, started, paused, resumed and watched to its end', { timeout: 60_000 }, async () => {
    const document = { devices: [{ key: 'room', id: 'yubei-room', vendor: 'esphome', address: 'room' }] }
    const profile = await runs.fileOf('one.json', document)
    await done('profiles', 'save', 'one', profile, '--name-zh', '一', '--name-en', 'One')
    const wish = { name: 'One', target: { kind: 'profile', profile: 'one' }, selection: { gateways: ['gw-yubei-1'] } }
    const file = await runs.fileOf('rollout.json', wish)
    const preview = await done<RolloutPreview>('rollout', 'preview', '--file', file)
    expect(preview.total).toBe(1)
    const made = await done<RolloutView>('rollout', 'create', '--file', file)
    expect([made.state, made.total]).toEqual(['ready', 1])
    const { rollout } = made
    expect(await done('rollout', 'list')).toMatchObject({ rollouts: [{ rollout }] })
    for (const [act, state] of [
      ['start', 'running'],
      ['pause', 'paused'],
      ['resume', 'running'],
    ] as const)
      expect(await done<RolloutView>('rollout', act, rollout)).toMatchObject({ state })
    expect(await done('rollout', 'gateways', rollout)).toMatchObject({ gateways: [{ gateway: 'gw-yubei-1' }] })
    const watched = runs.harbor(['fleet', 'rollout', 'watch', rollout, '--timeout', '2m'])
    await done('rollout', 'abort', rollout)
    // None was connected, so there is nothing to change back: it was rolled back all the same, and that is no success.
    const { code, text } = await watched
    expect(code).toBe(6)
    expect(linesOf(text).at(-1)).toMatchObject({ rollout, state: 'rolled_back' })
    expect(await done<RolloutView>('rollout', 'status', rollout)).toMatchObject({ stoppedBy: 'abort' })
    const { events } = await done<{ events: object[] }>('rollout', 'events', rollout)
    expect(events.length).toBeGreaterThan(3)
    const late = await runs.harbor(['fleet', 'rollout', 'start', rollout])
    expect([late.code, errorOf(late).code]).toEqual([1, 'conflict'])
  })
})

describe('the bench', () => {
  test('is watched: a line for each change, and 6 where it is not green in time', async () => {
    const view = await done<BenchView>('bench', 'show', GATEWAY)
    const { code, text } = await runs.harbor(['fleet', 'bench', 'watch', GATEWAY, '--timeout', '1s'])
    expect(code).toBe(6)
    expect(linesOf(text)).toMatchObject([{ gateway: GATEWAY, mark: view.mark }])
  })

  test('accepts nothing that is not green without a reason, and writes the sheet', async () => {
    const refused = await runs.harbor(['fleet', 'bench', 'accept', GATEWAY])
    expect([refused.code, errorOf(refused).code]).toEqual([1, 'conflict'])
    const accepted = await done<BenchView>('bench', 'accept', GATEWAY, '--exceptions', 'no mains yet', '--note', 'x')
    expect(accepted.acceptance).toMatchObject({ by: 'admin', exceptions: 'no mains yet' })
    const out = join(dir, 'sheet.pdf')
    await done('bench', 'sheet', GATEWAY, '--out', out)
    expect((await readFile(out)).subarray(0, 5).toString()).toBe('%PDF-')
  })
})
