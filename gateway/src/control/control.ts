import { join } from 'node:path'
import type { Command, GatewayAddress, GatewayConfig, GatewayStatus } from '@harbor/protocol'
import { createCommands } from '../commands/commands.ts'
import { createDiscovery } from '../discovery/discovery.ts'
import type { HeardReading, HeardStranger } from '../intake/heard.ts'
import type { Clock, Log, Stopwatch } from '../log.ts'
import { createRelayBook } from '../relays/relay-book.ts'
import { isSwitchable } from '../safety/limits.ts'
import { createSafety } from '../safety/safety.ts'
import { openControlFile } from './control-file.ts'

/** What the gateway does with its devices, beside listening: it switches, guards, and knows who is there. */
export interface Control {
  /** What a message of configured devices said, before it is kept or acknowledged. */
  heard: (readings: readonly HeardReading[]) => void
  /** A device spoke that the config does not name. */
  stranger: (stranger: HeardStranger) => void
  /** A message of the gateway's command topics. */
  takeCommand: (payload: Uint8Array, topic: string) => void
  linkUp: () => void
  reconfigure: (config: GatewayConfig) => void
  status: () => Pick<GatewayStatus, 'discovered' | 'missing' | 'safety'>
  start: () => void
  /** May be called twice. */
  stop: () => void
}

export interface ControlDeps {
  clock: Clock
  /** Whether `clock` can be believed. */
  isClockTrusted: () => boolean
  stopwatch: Stopwatch
  log: Log
  /** Publishes to the station's devices; nothing while the listener is closed. */
  publishToDevices: (topic: string, payload: string) => void
  /** Publishes to the broker with QoS 1; `onTaken` when it has it. */
  publish: (topic: string, payload: Uint8Array, onTaken: () => void) => void
  /** The status has news. */
  onChanged: () => void
}

/**
 * `folder` holds `control.sqlite`: what was commanded, cut and learnt.
 *
 * @throws HarborError GATEWAY_CONTROL_UNAVAILABLE
 */
export function openControl(folder: string, config: GatewayConfig, deps: ControlDeps): Control {
  const file = openControlFile(join(folder, 'control.sqlite'))
  const { clock, isClockTrusted, stopwatch, log } = deps
  let devices = new Map(config.devices.map(device => [device.id, device]))
  let address: GatewayAddress = { district: config.district, gateway: config.gateway }

  const relays = createRelayBook(config.devices, { file, publish: deps.publishToDevices, log })
  const discovery = createDiscovery(config.devices, { file, clock, log, onChanged: deps.onChanged })
  const safety = createSafety(config.devices, {
    file,
    clock,
    isClockTrusted,
    stopwatch,
    log,
    switchOff: (device, attempt) => relays.switch(device, false, attempt),
    hasRelay: relays.hasRelay,
    onChanged: deps.onChanged,
    onCut: device => commands.cut(device),
  })
  const refusal = ({ device: id, action }: Command): string | undefined => {
    const device = devices.get(id)
    if (device === undefined) return `the gateway has no device ${id}`
    if (action === 'safety-reset') return safety.resetRefusal(id)
    if (!relays.hasRelay(id)) return `${id} has no relay that was heard and can be told`
    if (!isSwitchable(device)) {
      return device.applianceKind === 'fridge' && device.switchable === undefined
        ? `${id} is a fridge's plug, which no command switches`
        : `${id} is not switchable: its config does not allow it`
    }
    return safety.isLatched(id) ? `${id} was cut for safety: first look, then reset it` : undefined
  }
  const commands = createCommands({
    file,
    clock,
    isClockTrusted,
    stopwatch,
    log,
    refusal,
    switch: relays.switch,
    reset: safety.reset,
    address: () => address,
    publish: deps.publish,
  })

  return {
    heard: readings => {
      for (const reading of readings) if (reading.metric === 'relay') relays.heard(reading)
      safety.heard(readings)
      commands.heard(readings)
      discovery.heard(readings)
    },
    stranger: discovery.stranger,
    takeCommand: commands.take,
    linkUp: commands.linkUp,
    reconfigure: next => {
      devices = new Map(next.devices.map(device => [device.id, device]))
      address = { district: next.district, gateway: next.gateway }
      relays.reconfigure(next.devices)
      safety.reconfigure(next.devices)
      discovery.reconfigure(next.devices)
    },
    status: () => ({ discovered: discovery.discovered(), missing: discovery.missing(), safety: safety.events() }),
    start: safety.start,
    stop: () => {
      safety.stop()
      commands.stop()
      file.close()
    },
  }
}
