import type { Wifi } from '../bundles.ts'
import { type DeviceSetup, UNKNOWN_HOST } from '../device-setup.ts'
import type { GatewayConfig, Vendor } from '../registry.ts'
import { esphomeSetup } from './esphome-setup.ts'
import { type SetupBuilder, problem } from './setup-device.ts'
import { shellySetup } from './shelly-setup.ts'
import { tasmotaSetup } from './tasmota-setup.ts'
import { zigbeeSetup } from './zigbee-setup.ts'

/** Where nobody said how often; chosen: what the gateway's outbox is laid out for. */
const REPORT_EVERY_S = 10
/** The port of MQTT (IANA), and of the gateway's listener unless its config says another. */
const LAN_PORT = 1883

/** What the texts are to say beside the config. */
export interface DeviceSetupOptions {
  /** The gateway's address on the station's LAN; absent: a word stands there that nobody takes for one. */
  host?: string | undefined
  /** Absent: that of the config, or 1883. */
  port?: number | undefined
  /** Absent: the texts leave the Wi-Fi alone. */
  wifi?: Wifi | undefined
}

const BUILDERS: Readonly<Record<Vendor, SetupBuilder>> = {
  tasmota: tasmotaSetup,
  shelly: shellySetup,
  esphome: esphomeSetup,
  zigbee2mqtt: zigbeeSetup,
  chirpstack: () =>
    problem(
      'LoRaWAN 传感器在 ChirpStack 里登记：按设备 EUI 添加，并启用 MQTT 集成（JSON）。',
      "A LoRaWAN sensor is added in ChirpStack by its EUI, with ChirpStack's MQTT integration (JSON) on.",
    ),
  homeassistant: () =>
    problem(
      '这种设备自己公布它的主题：在它的 MQTT 设置里填网关的地址，并打开 Home Assistant 发现。',
      "This device announces its topics itself: fill in the gateway's address in its MQTT settings and turn Home Assistant discovery on.",
    ),
  mapping: () =>
    problem(
      '这种设备由配置里的 mappings 解读：它怎么设置，看它自己的说明书。',
      "What this device says is read by the config's mappings: how it is set up stands in its own manual.",
    ),
}

/**
 * How each physical device of a config is set up so that the gateway hears it under the config's ids: channels and sensors of one device
 * are one entry. Pure; in the config's order.
 */
export function deviceSetups(
  { devices, timeZone, lanPort }: Pick<GatewayConfig, 'devices' | 'timeZone' | 'lanPort'>,
  { host = UNKNOWN_HOST, port = lanPort ?? LAN_PORT, wifi }: DeviceSetupOptions = {},
): DeviceSetup[] {
  const groups = new Map<string, Group>()
  for (const { id, vendor, address, reportEveryS } of devices) {
    const { base, part } = baseOf(vendor, address)
    const key = `${vendor} ${base}`
    const group: Group = groups.get(key) ?? { vendor, base, parts: [], devices: [], reportEveryS: undefined }
    groups.set(key, group)
    group.devices.push(id)
    if (part !== undefined) group.parts.push(part)
    // The one that is to report most often says how often all of it does.
    if (reportEveryS !== undefined) group.reportEveryS = Math.min(reportEveryS, group.reportEveryS ?? reportEveryS)
  }
  return [...groups.values()].map(({ vendor, base, parts, devices: ids, reportEveryS = REPORT_EVERY_S }) => {
    const built = BUILDERS[vendor]({ address: base, parts, reportEveryS }, { host, port, timeZone, wifi })
    const head = { vendor, address: base, devices: ids }
    return 'ways' in built ? { ...head, ways: built.ways } : { ...head, ways: [], problem: built.problem }
  })
}

interface Group {
  vendor: Vendor
  base: string
  parts: string[]
  devices: string[]
  reportEveryS: number | undefined
}

/** How an ESPHome object is named that measures something by itself: an address that ends so names a sensor of a node. */
const ESPHOME_PART =
  /^([^/]*_)?(temperature|humidity|pressure|illuminance|co2|power|voltage|current|energy|people|people_count|battery|door|leak|flood|moisture|smoke|occupancy|presence|motion|tamper|relay|plug|outlet|socket)(_\d{1,2})?$/

/** The device that an address of a config lies in: without its channel (`#2`), and without the sensor inside it (`/DS18B20`). */
function baseOf(vendor: Vendor, address: string): { base: string; part: string | undefined } {
  const [, whole = address] = /^(.+)#\d{1,3}$/.exec(address) ?? []
  const cutAt = partStart(vendor, whole)
  if (cutAt === undefined) return { base: whole, part: undefined }
  return { base: whole.slice(0, cutAt), part: whole.slice(cutAt + 1) }
}

function partStart(vendor: Vendor, address: string): number | undefined {
  switch (vendor) {
    case 'tasmota': {
      const at = address.indexOf('/')
      return at <= 0 ? undefined : at
    }
    case 'shelly': {
      const [, device] = /^(shellies\/[^/]+)\/ext_(?:temperature|humidity)\/\d$/.exec(address) ?? []
      return device?.length
    }
    case 'esphome': {
      const at = address.lastIndexOf('/')
      return at > 0 && ESPHOME_PART.test(address.slice(at + 1)) ? at : undefined
    }
    default:
      return undefined
  }
}
