import { errorText } from '@harbor/protocol'
import type { GatewayConfig } from '@harbor/protocol'
import { z } from 'zod'
import type { ControlFile } from '../control/control-file.ts'
import type { HeardReading } from '../intake/heard.ts'
import type { Log } from '../log.ts'
import { type RelayRoute, routeOfConfig, routeOfReport } from './relay-route.ts'

/** Which devices of the config have a relay, and how each is spoken to. */
export interface RelayBook {
  /** Learns from what a device said of its relay. */
  heard: (reading: HeardReading) => void
  /** Whether the device ever spoke of a relay. */
  hasRelay: (device: string) => boolean
  /** Tells a relay what to be; `attempt` from 1 on. False when nobody knows how. */
  switch: (device: string, on: boolean, attempt: number) => boolean
  reconfigure: (devices: GatewayConfig['devices']) => void
}

export interface RelayBookDeps {
  file: Pick<ControlFile, 'relays' | 'putRelay'>
  /** Publishes to the station's devices. */
  publish: (topic: string, payload: string) => void
  log: Log
}

const routeSchema = z.object({
  /** The config's vendor and address when this was learnt: another device under the same id has other ways. */
  of: z.string(),
  orders: z.array(z.object({ topic: z.string(), on: z.string(), off: z.string() })).min(1),
  asks: z.array(z.object({ topic: z.string(), payload: z.string() })),
})

export function createRelayBook(devices: GatewayConfig['devices'], { file, publish, log }: RelayBookDeps): RelayBook {
  const learnt = new Map<string, { of: string; route: RelayRoute; text: string }>()
  /** `vendor:address` of each device of the config. */
  let names = namesOf(devices)
  let configured = new Map(devices.map(device => [device.id, device]))
  for (const { device, route: text } of file.relays()) {
    const known = readRoute(text)
    if (known !== undefined) learnt.set(device, { of: known.of, route: known, text })
  }
  const routeOf = (device: string): RelayRoute | undefined => {
    const known = learnt.get(device)
    if (known !== undefined && known.of === names.get(device)) return known.route
    const record = configured.get(device)
    return record && routeOfConfig(record.vendor, record.address)
  }

  return {
    heard: ({ device, vendor, topic, address, channel }) => {
      const of = names.get(device)
      const route = routeOfReport({ vendor, address, channel }, topic)
      if (of === undefined || route === undefined) return
      const text = JSON.stringify({ of, ...route })
      if (learnt.get(device)?.text === text) return
      learnt.set(device, { of, route, text })
      try {
        file.putRelay(device, text)
      } catch (error) {
        // It will be heard again after a restart; until then the vendor's own default serves.
        log.error({ device, error: errorText(error) }, "a relay's address could not be kept")
      }
    },
    hasRelay: device => learnt.has(device) && learnt.get(device)?.of === names.get(device),
    switch: (device, on, attempt) => {
      const route = routeOf(device)
      if (route === undefined) return false
      const order = route.orders[(attempt - 1) % route.orders.length]
      if (order === undefined) return false
      publish(order.topic, on ? order.on : order.off)
      if (attempt > 1) for (const { topic, payload } of route.asks) publish(topic, payload)
      return true
    },
    reconfigure: next => {
      names = namesOf(next)
      configured = new Map(next.map(device => [device.id, device]))
    },
  }
}

function namesOf(devices: GatewayConfig['devices']): Map<string, string> {
  return new Map(devices.map(({ id, vendor, address }) => [id, `${vendor}:${address}`]))
}

function readRoute(text: string): z.output<typeof routeSchema> | undefined {
  try {
    return routeSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined // SyntaxError: it is learnt anew when the device speaks
  }
}
