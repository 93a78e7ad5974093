import type { DeviceRecord } from '@harbor/protocol'
import type { ConnectedDevice } from './connection.ts'
import type { Dialect } from './dialect.ts'
import { esphomeNode } from './esphome-node.ts'
import { roleOf } from './roles.ts'
import { shellyPlug } from './shelly-plug.ts'
import { tasmotaPlug } from './tasmota-plug.ts'
import { zigbeeCoordinator } from './zigbee-coordinator.ts'

/** A dialect with the devices that speak through it. */
export interface Speaker {
  dialect: Dialect
  devices: readonly ConnectedDevice[]
}

/** The clients that a gateway's devices make: one each over WiFi, one for all that are Zigbee. */
export function speakersOf(gateway: string, devices: readonly DeviceRecord[], startedAtMs: number): Speaker[] {
  const connected = (device: DeviceRecord): ConnectedDevice => ({
    id: device.id,
    address: device.address,
    vendor: device.vendor,
    role: roleOf(device),
  })
  const zigbee = devices.filter(({ vendor }) => vendor === 'zigbee2mqtt').map(connected)
  const wifi = devices.flatMap((device): Speaker[] => {
    const one = [connected(device)]
    switch (device.vendor) {
      case 'tasmota':
        return [{ dialect: tasmotaPlug(device, startedAtMs), devices: one }]
      case 'shelly':
        return [{ dialect: shellyPlug(device, startedAtMs), devices: one }]
      case 'esphome':
        return [{ dialect: esphomeNode(device), devices: one }]
      case 'zigbee2mqtt':
        return []
      // roleOf has thrown: no role is played in these.
      case 'chirpstack':
      case 'homeassistant':
      case 'mapping':
        return []
    }
  })
  return zigbee.length === 0 ? wifi : [{ dialect: zigbeeCoordinator(gateway, zigbee), devices: zigbee }, ...wifi]
}
