import type { ApplianceKind, GatewayStatus, Reading } from '@harbor/protocol'
import * as fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  type Finding,
  type StationState,
  lookAt,
  newStationState,
  recall,
  takeReading,
  takeStatus,
} from './station-watch.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const START = Date.UTC(2026, 6, 30, 4)
const PLUGS = ['fridge-plug', 'ac-plug', 'microwave-plug', 'water-plug', 'light-plug']
const BATTERY = ['door', 'smoke']
const KINDS: Readonly<Record<string, ApplianceKind>> = {
  'fridge-plug': 'fridge',
  'ac-plug': 'air_conditioner',
  'microwave-plug': 'microwave',
  'water-plug': 'water_dispenser',
}

/** A station on whose devices time passes second by second; each plug reports once a minute at its own second. */
class Station {
  state: StationState = newStationState({
    id: 's',
    devices: [
      ...PLUGS.map(id => ({ id, appliance: id.replace('-plug', ''), kind: KINDS[id] })),
      ...BATTERY.map(id => ({ id, appliance: undefined })),
    ],
  })
  nowMs = START
  found: Finding[] = []
  listeningSinceMs = START
  isOpen = true
  silent = new Set<string>()
  hasGateway = true
  off = new Set<string>()
  plugOffTimeScale = 1

  say(device: string, metric: Reading['metric'], value: number): void {
    takeReading(this.state, { device, metric, value, timeMs: this.nowMs })
  }
  status(status: Partial<GatewayStatus> = {}): void {
    takeStatus(this.state, 'gw', { online: true, ...status, receivedAtMs: this.nowMs })
  }
  run(forMs: number): this {
    for (const endMs = this.nowMs + forMs; this.nowMs < endMs; this.nowMs += SECOND_MS) {
      const second = Math.floor(this.nowMs / SECOND_MS)
      for (const [index, plug] of PLUGS.entries()) {
        if (this.silent.has(plug) || second % 60 !== (index * 13) % 60) continue
        this.say(plug, 'power', index === 3 || this.off.has(plug) ? 0 : 40)
        this.say(plug, 'voltage', 229)
        this.say(plug, 'relay', this.off.has(plug) ? 0 : 1)
      }
      if (second % 60 === 30 && !this.silent.has('door')) this.say('door', 'door', 0)
      if (second % 60 === 50 && this.hasGateway) this.status()
      if (second % 5 === 0) this.look()
    }
    return this
  }
  look(): void {
    this.found.push(
      ...lookAt(this.state, {
        nowMs: this.nowMs,
        listeningSinceMs: this.listeningSinceMs,
        isOpen: () => this.isOpen,
        plugOffTimeScale: () => this.plugOffTimeScale,
      }),
    )
  }
  said(): string[] {
    return this.found.map(one => {
      const afterMin = Math.floor((('atMs' in one ? one.atMs : this.nowMs) - START) / MINUTE_MS)
      if (one.type === 'cause_began') return `${one.cause.kind} began`
      if (one.type === 'cause_ended') return `${one.cause.kind} ended`
      if (one.type === 'gateway_due') return `gateway ${one.isGraver ? 'graver' : 'told'} +${afterMin}`
      if (one.type === 'plug_due') return `${one.cause.device} missed +${afterMin}`
      return `${one.type} ${one.devices.toSorted().join(' ')} +${afterMin}`
    })
  }
}

let station: Station
beforeEach(() => {
  station = new Station().run(20 * MINUTE_MS)
})

describe('a plug that somebody switched off', () => {
  const missedAfter = () =>
    station.found.flatMap(one => (one.type === 'plug_due' ? [(one.atMs - one.cause.sinceMs) / MINUTE_MS] : []))

  test.each([
    ['fridge-plug', 10],
    ['microwave-plug', 30],
    ['water-plug', 30],
  ])('%s is missed after %i min of opening hours, and that is said once', (plug, minutes) => {
    station.off.add(plug)
    station.run(2 * HOUR_MS)
    expect(missedAfter()).toHaveLength(1)
    expect(missedAfter()[0]).toBeCloseTo(minutes, 0)
  })

  test('is nobody’s loss while the station is closed: the time counts from its opening', () => {
    station.isOpen = false
    station.off.add('water-plug')
    station.run(2 * HOUR_MS)
    expect(missedAfter()).toEqual([])
    station.isOpen = true
    station.run(29 * MINUTE_MS)
    expect(missedAfter()).toEqual([])
    station.run(2 * MINUTE_MS)
    expect(missedAfter()).toHaveLength(1)
  })

  test.each([
    [24, 0],
    [28.5, 1],
    [13, 1],
  ])('an air conditioner is missed in a room of %d °C: %i times', (roomC, times) => {
    station.off.add('ac-plug')
    for (let minute = 0; minute < 60; minute += 1) {
      station.say('door', 'temperature', roomC)
      station.run(MINUTE_MS)
    }
    expect(missedAfter()).toHaveLength(times)
  })

  test('is known by a word that is dated a little before another that came first', () => {
    const fresh = newStationState(station.state.parts)
    const say = (metric: Reading['metric'], value: number, timeMs: number) =>
      takeReading(fresh, { device: 'water-plug', metric, value, timeMs })
    say('online', 1, START + SECOND_MS)
    say('relay', 1, START)
    for (let minute = 0; minute < 10; minute += 1) say('power', 2, START + minute * MINUTE_MS)
    say('power', 0, START + 10 * MINUTE_MS)
    say('relay', 0, START + 10 * MINUTE_MS - 200)
    expect(fresh.presence.get('water-plug')?.switchedOffMs).toBe(START + 10 * MINUTE_MS - 200)
  })

  test('is told of sooner where that is set apart, and again when it is switched off again', () => {
    station.plugOffTimeScale = 10
    for (let times = 0; times < 2; times += 1) {
      station.off.add('microwave-plug')
      station.run(10 * MINUTE_MS)
      station.off.clear()
      station.run(10 * MINUTE_MS)
    }
    expect(missedAfter().map(Math.round)).toEqual([3, 3])
  })
})

test('nothing is found of a station that is well', () => {
  station.run(3 * HOUR_MS)
  expect(station.said()).toEqual([])
})

describe('a mains failure', () => {
  test('is one cause: all plugs go silent, battery devices and the gateway speak on; and it ends when they are back', () => {
    for (const plug of PLUGS) station.silent.add(plug)
    station.run(10 * MINUTE_MS)
    expect(station.said()).toEqual(['mains_failure began'])
    // With the fourth of five it is proven.
    expect(station.found[0]).toMatchObject({ share: { down: 4, of: 5 } })
    station.silent.clear()
    station.run(10 * MINUTE_MS)
    expect(station.said()).toEqual(['mains_failure began', 'mains_failure ended'])
  })

  test('is found within three minutes of the last report', () => {
    for (const plug of PLUGS) station.silent.add(plug)
    const cutMs = station.nowMs
    while (station.found.length === 0) station.run(5 * SECOND_MS)
    expect(station.nowMs - cutMs).toBeLessThan(3.5 * MINUTE_MS)
  })

  test.each([
    ['four of five plugs are 80 %', 4, ['mains_failure began']],
    ['three of five are a circuit', 3, []],
  ])('%s', (_what, count, expected) => {
    for (const plug of PLUGS.slice(0, count)) station.silent.add(plug)
    station.run(10 * MINUTE_MS)
    expect(station.said()).toEqual(expected)
  })

  test('is not what plugs do one after the other over ten minutes', () => {
    for (const plug of PLUGS) {
      station.silent.add(plug)
      station.run(3 * MINUTE_MS)
    }
    station.run(5 * MINUTE_MS)
    expect(station.said()).not.toContain('mains_failure began')
  })

  test.each([
    [1, ['mains_failure began']],
    [3, []],
  ])('with %i plugs silent before it for reasons of their own: %j', (count, expected) => {
    for (const plug of PLUGS.slice(0, count)) station.silent.add(plug)
    station.run(10 * MINUTE_MS)
    for (const plug of PLUGS) station.silent.add(plug)
    station.run(10 * MINUTE_MS)
    expect(station.said()).toEqual(expected)
  })

  test('is found at once when the meters themselves say 0 V', () => {
    for (const plug of PLUGS) {
      station.silent.add(plug)
      station.say(plug, 'voltage', 0)
    }
    station.look()
    expect(station.said()).toEqual(['mains_failure began'])
  })

  test('is what the gateway says of itself', () => {
    station.status({ power: 'battery' })
    station.look()
    expect(station.said()).toEqual(['mains_failure began'])
    station.run(MINUTE_MS * 2)
    expect(station.said()).toEqual(['mains_failure began', 'mains_failure ended'])
  })

  test('outlasts the gateway’s own battery', () => {
    for (const plug of PLUGS) station.silent.add(plug)
    station.run(10 * MINUTE_MS)
    station.hasGateway = false
    station.silent.add('door')
    station.run(30 * MINUTE_MS)
    expect(station.said().slice(0, 2)).toEqual(['mains_failure began', 'gateway_offline began'])
    expect(station.said()).not.toContain('mains_failure ended')
  })
})

describe('a gateway that is offline', () => {
  test('is found by silence after 5 min, told after 15, and graver after 60 in open hours', () => {
    for (const device of [...PLUGS, 'door']) station.silent.add(device)
    station.hasGateway = false
    station.run(4 * MINUTE_MS)
    expect(station.said()).toEqual([])
    station.run(2 * MINUTE_MS)
    expect(station.said()).toEqual(['gateway_offline began'])
    station.run(74 * MINUTE_MS)
    const gateway = station.said().filter(text => text.startsWith('gateway'))
    expect(gateway).toEqual(['gateway_offline began', 'gateway told +34', 'gateway graver +79'])
  })

  test('stays at its lower grade while the station is closed', () => {
    for (const device of [...PLUGS, 'door']) station.silent.add(device)
    station.hasGateway = false
    station.isOpen = false
    station.run(3 * HOUR_MS)
    expect(station.said().filter(text => text.startsWith('gateway '))).toEqual(['gateway told +34'])
  })

  test('is found at once by its last will, and over with its next word', () => {
    for (const device of [...PLUGS, 'door']) station.silent.add(device)
    station.hasGateway = false
    station.status({ online: false })
    station.look()
    expect(station.said()).toEqual(['gateway_offline began'])
    station.silent.clear()
    station.run(2 * MINUTE_MS)
    expect(station.said()).toEqual(['gateway_offline began', 'gateway_offline ended'])
  })

  test('is not found while we ourselves could hear nothing', () => {
    for (const device of [...PLUGS, 'door']) station.silent.add(device)
    station.hasGateway = false
    station.nowMs += 2 * HOUR_MS
    station.listeningSinceMs = station.nowMs
    station.run(4 * MINUTE_MS)
    expect(station.said()).toEqual([])
  })

  test('is not told of a gateway that was never heard: it is not installed yet', () => {
    const fresh = new Station()
    for (const device of [...PLUGS, 'door']) fresh.silent.add(device)
    fresh.hasGateway = false
    fresh.run(2 * HOUR_MS)
    expect(fresh.said()).toEqual([])
  })
})

describe('devices that are silent', () => {
  test('one of them is told by itself after 30 min, and is over when it speaks', () => {
    station.silent.add('fridge-plug')
    station.run(40 * MINUTE_MS)
    expect(station.said()).toEqual(['devices_offline fridge-plug +49'])
    station.silent.clear()
    station.run(2 * MINUTE_MS)
    expect(station.said().slice(1)).toEqual(['devices_back fridge-plug +60'])
  })

  test('several that fell silent together are told once', () => {
    for (const plug of PLUGS.slice(0, 3)) station.silent.add(plug)
    station.run(45 * MINUTE_MS)
    expect(station.said()).toEqual([`devices_offline ${PLUGS.slice(0, 3).toSorted().join(' ')} +49`])
  })

  test('a battery device that speaks once in some hours is not offline', () => {
    station.say('smoke', 'battery', 90)
    station.run(5 * HOUR_MS)
    expect(station.said()).toEqual([])
  })
})

describe('a plug that is off', () => {
  test('explains its appliance when it was switched off while it was speaking, until it is on again', () => {
    station.say('fridge-plug', 'relay', 0)
    station.look()
    expect(station.found).toMatchObject([{ cause: { kind: 'plug_off', appliance: 'fridge', device: 'fridge-plug' } }])
    station.run(2 * MINUTE_MS)
    expect(station.said()).toEqual(['plug_off began', 'plug_off ended'])
  })

  test('explains nothing when it is off after a silence: nobody meant it', () => {
    station.silent.add('fridge-plug')
    station.run(5 * MINUTE_MS)
    station.say('fridge-plug', 'relay', 0)
    station.run(5 * MINUTE_MS)
    expect(station.said()).toEqual([])
  })
})

describe('a restart', () => {
  test('goes on with what stood, and finds nothing twice', () => {
    station.say('fridge-plug', 'relay', 0)
    for (const plug of PLUGS) station.silent.add(plug)
    station.run(40 * MINUTE_MS)
    const before = station.said().length
    const { state } = station
    station.state = newStationState(state.parts)
    recall(station.state, {
      readings: [...state.presence].flatMap(([device, { heardMs, relay }]) => [
        { device, metric: 'power' as const, value: 1, timeMs: heardMs },
        ...(relay === undefined ? [] : [{ device, metric: 'relay' as const, value: relay, timeMs: heardMs }]),
      ]),
      causes: [state.mains, state.gateway, ...state.plugsOff.values()].filter(one => one !== undefined),
      offline: [...state.offline],
      toldGateway: state.toldGateway,
    })
    station.listeningSinceMs = station.nowMs
    station.run(HOUR_MS)
    expect(station.said().slice(before)).toEqual([])
  })
})

test('whatever devices do, causes begin and end in turn, and who is offline is told once', () => {
  const event = fc.record({
    device: fc.constantFrom(...PLUGS, ...BATTERY),
    metric: fc.constantFrom('power' as const, 'voltage' as const, 'relay' as const, 'online' as const, 'door' as const),
    value: fc.constantFrom(0, 1, 230),
    waitMs: fc.constantFrom(0, SECOND_MS, 30 * SECOND_MS, 10 * MINUTE_MS, 2 * HOUR_MS),
    gateway: fc.constantFrom(undefined, true, false),
  })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), events => {
      const one = new Station()
      const standing = new Set<string>()
      const offline = new Set<string>()
      const outOfTurn: Finding[] = []
      for (const { device, metric, value, waitMs, gateway } of events) {
        one.nowMs += waitMs
        one.say(device, metric, metric === 'voltage' ? value : Math.min(value, 1))
        if (gateway !== undefined) one.status({ online: gateway })
        one.found = []
        one.look()
        for (const found of one.found) {
          if (found.type === 'cause_began' || found.type === 'cause_ended') {
            const key = `${found.cause.kind} ${found.cause.device ?? ''}`
            if (standing.has(key) !== (found.type === 'cause_ended')) outOfTurn.push(found)
            if (found.type === 'cause_began') standing.add(key)
            else standing.delete(key)
          } else if (found.type === 'devices_back' || found.type === 'devices_offline') {
            for (const id of found.devices) {
              if (offline.has(id) !== (found.type === 'devices_back')) outOfTurn.push(found)
              if (found.type === 'devices_back') offline.delete(id)
              else offline.add(id)
            }
          }
        }
        expect(outOfTurn).toEqual([])
        // Looked at again at once there is nothing new.
        one.found = []
        one.look()
        expect(one.said()).toEqual([])
      }
    }),
  )
})
