import type { Vendor } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { StationState } from '../physics/station.ts'
import { type Random, uniform } from '../random.ts'
import { type DeviceReading, isNews, isSwitched } from './device-reading.ts'
import type { Dialect, Sensed } from './dialect.ts'
import { type LanClient, createLanClient } from './lan-client.ts'
import type { Role } from './roles.ts'

/** A device with its place in a connection. */
export interface ConnectedDevice {
  id: string
  address: string
  vendor: Vendor
  role: Role
}

export interface Connection {
  setUrl: LanClient['setUrl']
  /** Tells what is new or due. */
  tell: (state: StationState, nowMs: number) => void
  /** Takes the mains away, or gives them back: what has no battery falls silent. */
  setMains: (isThere: boolean) => void
  isConnected: () => boolean
  stop: () => Promise<void>
}

export interface ConnectionDeps {
  log: Logger
  random: Random
  /** An order for a relay came in. */
  onOrder: (device: string, on: boolean) => void
}

function livesOnBattery({ role, vendor }: ConnectedDevice): boolean {
  return role.hasBattery === true && vendor === 'zigbee2mqtt'
}

/** One client of a gateway's LAN listener: a WiFi device, or a Zigbee coordinator for several. */
export function createConnection(
  { dialect, devices }: { dialect: Dialect; devices: readonly ConnectedDevice[] },
  { log, random, onOrder }: ConnectionDeps,
): Connection {
  /** What was said last of each device, and until when nothing has to be said. */
  const told = new Map<string, { reading: DeviceReading; atMs: number; dueMs: number }>()
  let greeted = false
  let hasMains = true
  let url: string | undefined
  /** A Zigbee coordinator lives on the gateway's own supply, as the cells of its sensors do. */
  const outlivesMains = devices.some(livesOnBattery)

  const client = createLanClient(dialect, {
    log,
    random,
    onConnect: () => {
      greeted = false
    },
    onMessage: (topic, payload) => {
      const order = dialect.understand(topic, payload)
      if (order === undefined) return
      client.send(order.answer)
      onOrder(order.device, order.on)
    },
  })

  function tell(state: StationState, nowMs: number): void {
    if (!client.isConnected()) return
    const awake = hasMains ? devices : devices.filter(livesOnBattery)
    const sensed = awake.map(({ id, address, role }): Sensed => ({ id, address, reading: role.sense(state) }))
    if (!greeted) {
      greeted = true
      told.clear()
      client.send(dialect.hello(sensed, nowMs))
    }
    for (const [index, one] of sensed.entries()) {
      const role = awake[index]?.role
      if (role !== undefined && isDue(one, role, nowMs)) report(one, role, nowMs)
    }
  }

  function isDue({ id, reading }: Sensed, { cadence }: Role, nowMs: number): boolean {
    const last = told.get(id)
    if (last === undefined || nowMs >= last.dueMs || isSwitched(last.reading, reading)) return true
    return nowMs - last.atMs >= cadence.leastMs && isNews(last.reading, reading)
  }

  function report(sensed: Sensed, { cadence }: Role, nowMs: number): void {
    client.send(dialect.report(sensed, told.get(sensed.id)?.reading, nowMs))
    // Real devices' periods drift apart; and never late, so the jitter only shortens.
    const dueMs = nowMs + uniform(random, 0.8 * cadence.mostMs, cadence.mostMs)
    told.set(sensed.id, { reading: sensed.reading, atMs: nowMs, dueMs })
  }

  const connect = (): void => client.setUrl(hasMains || outlivesMains ? url : undefined)
  return {
    setUrl: next => {
      url = next
      connect()
    },
    setMains: isThere => {
      hasMains = isThere
      connect()
    },
    tell,
    isConnected: client.isConnected,
    stop: client.stop,
  }
}
