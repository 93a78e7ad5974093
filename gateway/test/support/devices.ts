import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { GatewayConfig } from '@harbor/protocol'
import { type MqttClient, connectAsync } from 'mqtt'

/** One of each vendor, and a strip of two channels. */
export const CONFIG: GatewayConfig = {
  version: 3,
  gateway: 'gw-500103-01',
  station: 'cq-500103-01',
  district: '500103',
  timeZone: 'Asia/Shanghai',
  devices: [
    { id: 'fridge-plug', vendor: 'tasmota', address: 'fridge', appliance: 'fridge' },
    { id: 'strip-one', vendor: 'tasmota', address: 'strip#1' },
    { id: 'strip-two', vendor: 'tasmota', address: 'strip#2' },
    { id: 'ac-plug', vendor: 'shelly', address: 'shellyplusplugs-a8032ab00001' },
    { id: 'water-plug', vendor: 'zigbee2mqtt', address: 'water dispenser' },
    { id: 'door', vendor: 'zigbee2mqtt', address: 'door' },
    { id: 'people', vendor: 'esphome', address: 'people-counter' },
  ],
}

export const SECRET = 'a'.repeat(64)

/** Writes a gateway's folder as the start script would. */
export async function writeGatewayFolder(dir: string, config: GatewayConfig = CONFIG): Promise<string> {
  const folder = join(dir, config.gateway)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'config.json'), JSON.stringify(config))
  await writeFile(join(folder, 'secret'), `${SECRET}\n`, { mode: 0o600 })
  return folder
}

/** A device on the LAN: no account, as from the shop. */
export function connectDevice(url: string, clientId: string): Promise<MqttClient> {
  return connectAsync(url, { clientId, reconnectPeriod: 100, clean: true })
}
