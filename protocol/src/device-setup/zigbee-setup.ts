import { hasUnseen, yamlText } from './quoting.ts'
import { type SetupBuilder, problem } from './setup-device.ts'

const CONFIG = 'https://www.zigbee2mqtt.io/guide/configuration/mqtt.html'
const DEVICES = 'https://www.zigbee2mqtt.io/guide/configuration/devices-groups.html'
const REQUESTS = 'https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html'
/** What stands where the device's own address is not known yet: it is shown when the device joins. */
const UNKNOWN_IEEE = '0x0000000000000000'
const IEEE = /^0x[0-9a-f]{16}$/i

/** Below a name these are topics of the name itself. */
const OWN_LEVELS =
  /^(set|get|availability|bridge|state|\d+|l\d{1,2}|left|right|center|top|bottom|power|voltage|current|energy|produced_energy|ac_frequency|power_factor|power_apparent|power_reactive|temperature|device_temperature|humidity|pressure|illuminance|illuminance_lux|co2|contact|water_leak|occupancy|presence|smoke|tamper|battery)$/

/** A Zigbee device behind Zigbee2MQTT. `bridge` is the coordinator itself. */
export const zigbeeSetup: SetupBuilder = ({ address }, { host, port }) => {
  const levels = address.split('/')
  const isCoordinator = address === 'bridge'
  const isName =
    !/[#+]/.test(address) &&
    !hasUnseen(address) &&
    levels.every(level => level.trim() === level && level !== '') &&
    (levels.length === 1 || !levels.some(level => OWN_LEVELS.test(level))) &&
    levels[0] !== 'bridge'
  if (!isName && !isCoordinator)
    return problem(
      'Zigbee2MQTT 的名称不能含 # +，各层不能为空，也不能以 set、get、availability、数字、端点或属性名作为一层。',
      'A friendly name takes no # +, has no empty level, and none that is set, get, availability, a number, an endpoint or an attribute.',
    )
  const mqtt = {
    key: 'mqtt',
    titleZh: 'MQTT 部分',
    titleEn: 'MQTT section',
    howZh: '放进 configuration.yaml（每个协调器一次），然后重启 Zigbee2MQTT。',
    howEn: 'Put it into configuration.yaml, once for each coordinator, and restart Zigbee2MQTT.',
    syntax: 'yaml',
    text: [
      'mqtt:',
      '  base_topic: zigbee2mqtt',
      `  server: ${yamlText(`mqtt://${host}:${port}`)}`,
      'availability:',
      '  enabled: true',
      'advanced:',
      '  output: json',
      '  last_seen: ISO_8601',
      '',
    ].join('\n'),
    source: CONFIG,
  } as const
  const key = IEEE.test(address) ? address.toLowerCase() : UNKNOWN_IEEE
  const device = [
    {
      key: 'device',
      titleZh: '设备条目',
      titleEn: 'Device entry',
      howZh: `放进 configuration.yaml 的 devices 下；设备入网后，用它显示的地址代替 ${UNKNOWN_IEEE}。`,
      howEn: `Put it below devices in configuration.yaml; once the device has joined, its own address goes in place of ${UNKNOWN_IEEE}.`,
      syntax: 'yaml',
      text: [
        'devices:',
        `  ${yamlText(key)}:`,
        `    friendly_name: ${yamlText(address)}`,
        '    retain: false',
        '',
      ].join('\n'),
      source: DEVICES,
    },
    {
      key: 'rename',
      titleZh: '或者：入网后改名',
      titleEn: 'Or: the name given after it joined',
      howZh: `发布到 zigbee2mqtt/bridge/request/device/rename；用设备的地址代替 ${UNKNOWN_IEEE}。`,
      howEn: `Publish it on zigbee2mqtt/bridge/request/device/rename, with the device's address in place of ${UNKNOWN_IEEE}.`,
      syntax: 'json',
      text: JSON.stringify({ from: key, to: address }),
      source: REQUESTS,
    },
  ] as const
  return {
    ways: [
      {
        key: 'zigbee2mqtt',
        nameZh: 'Zigbee2MQTT',
        nameEn: 'Zigbee2MQTT',
        texts: isCoordinator ? [mqtt] : [mqtt, ...device],
        topics: isCoordinator ? ['zigbee2mqtt/bridge/state'] : [`zigbee2mqtt/${address}`, `zigbee2mqtt/${address}/+`],
      },
    ],
  }
}
