import { tmpdir } from 'node:os'
import { gatewayStatusSchema } from '@harbor/protocol'
import { expect, it } from 'vitest'
import { createStationClock } from '../clock/station-clock.ts'
import { createHealth } from './health.ts'

const T = Date.UTC(2026, 6, 30)

const setUp = (heard: ReadonlyMap<string, number>, folder = tmpdir()) => {
  const machine = { clock: () => T, boot: 'b', upMs: () => 60_000, isSynchronised: () => undefined }
  const stationClock = createStationClock(machine, undefined)
  let nowMs = 0
  const health = createHealth(folder, { stationClock, stopwatch: () => nowMs, heard: () => heard })
  return { stationClock, health, pass: (ms: number) => (nowMs += ms) }
}

it('tells of disk, memory, versions and the time since each device spoke', () => {
  const { health, stationClock } = setUp(new Map([['plug', 58_500]]))
  stationClock.heardServer(T - 2_500)
  const read = health.read()
  expect(read).toMatchObject({
    clock: { source: 'own', offsetMs: 2_500 },
    silentMs: { plug: 1_500 },
    versions: { node: process.versions.node, sqlite: expect.stringMatching(/^3\./) },
  })
  expect(read.freeDiskBytes).toBeGreaterThan(0)
  expect(read.memoryBytes).toBeGreaterThan(10_000_000)
})

it('tells the share of a core that the process used since it was asked last', () => {
  const { health, pass } = setUp(new Map())
  const used = process.cpuUsage()
  while (process.cpuUsage(used).user < 50_000) JSON.parse('[1,2,3]')
  // 50 ms and a little of 100 ms: half a core.
  pass(100)
  expect(health.read().cpuPercent).toBeGreaterThanOrEqual(50)
  pass(100_000)
  expect(health.read().cpuPercent).toBeLessThan(5)
})

it('names at most 100 devices, those heard last, and stays within what a status may hold', () => {
  const { health } = setUp(new Map(Array.from({ length: 150 }, (_, n) => [`d${n}`, n * 10])))
  const read = health.read()
  expect(Object.keys(read.silentMs)).toHaveLength(100)
  expect(read.silentMs).toHaveProperty('d149')
  expect(gatewayStatusSchema.parse({ online: true, health: read }).health).toEqual(read)
})

it('leaves out the disk that cannot be asked', () => {
  expect(setUp(new Map(), '/nowhere/at/all').health.read()).not.toHaveProperty('freeDiskBytes')
})
