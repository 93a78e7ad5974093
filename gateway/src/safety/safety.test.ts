import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GatewayConfig, Metric } from '@harbor/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ControlFile, openControlFile } from '../control/control-file.ts'
import { type Safety, createSafety } from './safety.ts'

type Device = GatewayConfig['devices'][number]

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined }
const T0 = Date.UTC(2026, 6, 30)
const WATER: Device = {
  id: 'water',
  vendor: 'tasmota',
  address: 'water',
  appliance: 'dispenser',
  applianceKind: 'water_dispenser',
}
const LEAK: Device = {
  id: 'leak',
  vendor: 'zigbee2mqtt',
  address: 'leak',
  appliance: 'dispenser',
  applianceKind: 'water_dispenser',
}

describe('the guard of a station', () => {
  let dir: string
  let file: ControlFile
  let cuts: string[]
  let clockMs: number
  let isClockTrusted: boolean
  const opened: Safety[] = []

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'safety-'))
    file = openControlFile(join(dir, 'control.sqlite'))
    cuts = []
    clockMs = T0
    isClockTrusted = true
  })
  afterEach(() => {
    for (const safety of opened.splice(0)) safety.stop()
    file.close()
    rmSync(dir, { recursive: true })
  })

  const open = (devices: Device[], more: { plugs?: ControlFile['putPlug'] } = {}) => {
    const safety = createSafety(devices, {
      file: { plugs: file.plugs, putPlug: more.plugs ?? file.putPlug },
      clock: () => clockMs,
      isClockTrusted: () => isClockTrusted,
      stopwatch: () => performance.now(),
      log: SILENT,
      switchOff: device => {
        cuts.push(device)
        return true
      },
      hasRelay: () => false,
      onChanged: () => undefined,
      onCut: () => undefined,
    })
    opened.push(safety)
    safety.start()
    return safety
  }
  const say = (safety: Safety, ...[device, metric, value]: [string, Metric, number]) =>
    safety.heard([{ device, metric, value, vendor: 'tasmota', topic: '', address: device, channel: undefined }])
  const told = (safety: Safety) => safety.events().map(({ device, cause, phase }) => `${device} ${cause} ${phase}`)

  it('never tells a sensor to be off, and says of a leak that it found nothing to cut', () => {
    const safety = open([WATER, LEAK])
    say(safety, 'leak', 'leak', 1)
    expect(cuts).toEqual([])
    expect(safety.events()).toMatchObject([{ device: 'leak', phase: 'warning', severity: 'P1', isStanding: true }])
    say(safety, 'leak', 'leak', 0)
    expect(safety.events()).toEqual([])
  })

  it('cuts a plug that shows itself while the alarm stands', () => {
    const safety = open([WATER, LEAK])
    say(safety, 'leak', 'leak', 1)
    say(safety, 'water', 'power', 300)
    expect(cuts).toEqual(['water'])
    expect(told(safety)).toEqual(['water leak cutting'])
  })

  it('cuts although the disk takes nothing, and keeps it when the disk does again', () => {
    let isFull = true
    const safety = open([WATER], {
      plugs: (device, state) => {
        if (isFull) throw new Error('disk full')
        file.putPlug(device, state)
      },
    })
    say(safety, 'water', 'current', 11)
    expect([cuts, file.plugs()]).toEqual([['water'], []])
    isFull = false
    say(safety, 'water', 'relay', 0)
    expect(told(open([WATER]))).toEqual(['water overcurrent cut'])
  })

  it('is not reset while the cause stands, and forgets nothing over a restart', () => {
    const first = open([WATER, LEAK])
    say(first, 'water', 'relay', 1)
    say(first, 'leak', 'leak', 1)
    say(first, 'water', 'relay', 0)
    first.stop()
    const safety = open([WATER, LEAK])
    expect(told(safety)).toEqual(['water leak cut'])
    expect(safety.resetRefusal('water')).toContain('leak')
    say(safety, 'leak', 'leak', 0)
    expect(safety.resetRefusal('water')).toBeUndefined()
    safety.reset('water')
    expect([safety.isLatched('water'), file.plugs()]).toEqual([false, []])
  })

  it('lets nobody be held by a sensor that is no longer of the station', () => {
    const safety = open([WATER, LEAK])
    say(safety, 'water', 'relay', 1)
    say(safety, 'leak', 'leak', 1)
    safety.reconfigure([WATER])
    expect(safety.isLatched('water')).toBe(true)
    expect(safety.resetRefusal('water')).toBeUndefined()
  })

  it('takes new limits from the next reading on, and forgets a plug that is gone', () => {
    const safety = open([WATER])
    say(safety, 'water', 'current', 9)
    safety.reconfigure([{ ...WATER, safety: { ratedCurrentA: 6 } }])
    say(safety, 'water', 'current', 7)
    expect(cuts).toEqual(['water'])
    safety.reconfigure([])
    expect([safety.events(), file.plugs()]).toEqual([[], []])
  })

  it('dates what it cut under a wrong clock as of now, once the clock is right', () => {
    clockMs = 60_000
    isClockTrusted = false
    const safety = open([WATER])
    say(safety, 'water', 'current', 11)
    expect(safety.events()[0]?.atMs).toBe(60_000)
    clockMs = T0
    isClockTrusted = true
    expect(safety.events()[0]?.atMs).toBe(T0)
  })
})
