import type { SetupWay } from '../device-setup.ts'
import { ESPHOME_BOARDS, type EsphomeBoard } from './esphome-boards.ts'
import { hasUnseen, yamlText } from './quoting.ts'
import { type SetupBuilder, type SetupDevice, type SetupNetwork, problem } from './setup-device.ts'

const SOURCE = 'https://esphome.io/components/mqtt/'
/** The kinds of topics below a prefix: as a level of it they would be read as that. */
const RESERVED =
  /(^|\/)(sensor|binary_sensor|switch|text_sensor|number|select|light|fan|cover|climate|lock|button|status|debug)(\/|$)/
/** A node's name: it is its host name, too (RFC 1123, 2.1), and ESPHome allows 31 letters. */
const MAX_NAME = 31

/** An ESPHome node, one way for each kind of board: the same MQTT section, other sensors. */
export const esphomeSetup: SetupBuilder = (device, network) => {
  const { address } = device
  // A dollar begins a substitution.
  const isPrefix =
    !/[#+$]/.test(address) && !hasUnseen(address) && !RESERVED.test(address) && !/^\/|\/\/|\/$/.test(address)
  if (!isPrefix || address.trim() !== address)
    return problem(
      'ESPHome 的 topic_prefix 不能含 # + $，首尾不能是空格或斜杠，也不能含 sensor、switch、status 等层级。',
      "ESPHome's topic_prefix takes no # + $, no blank or slash at an end, and no level such as sensor, switch or status.",
    )
  return { ways: ESPHOME_BOARDS.map(board => wayOf(board, device, network)) }
}

function wayOf(board: EsphomeBoard, device: SetupDevice, network: SetupNetwork): SetupWay {
  const { address, parts, reportEveryS } = device
  // A sensor that the config names by itself gets that name; the others go by what they are.
  const names = (word: string) => parts.find(part => part === word || part.endsWith(`_${word}`)) ?? word
  const text = `${[
    `# ${board.nameEn}; ${board.wiringEn}`,
    'esphome:',
    `  name: ${yamlText(nodeName(address))}`,
    ...board.platform,
    'logger:',
    ...(board.hasUartLog ? [] : ['  baud_rate: 0']),
    ...wifiLines(network),
    // Without `api:`; a node that has one and no Home Assistant restarts every 15 minutes.
    'mqtt:',
    `  broker: ${yamlText(network.host)}`,
    `  port: ${network.port}`,
    `  topic_prefix: ${yamlText(address)}`,
    '  discovery: true',
    ...board.components({ name: names, everyS: reportEveryS }),
  ].join('\n')}\n`
  return {
    key: board.key,
    nameZh: board.nameZh,
    nameEn: board.nameEn,
    texts: [
      {
        key: 'yaml',
        titleZh: 'ESPHome 配置',
        titleEn: 'ESPHome config',
        howZh: `${board.wiringZh}。存为 .yaml 文件，用 esphome run 编译并刷写；或把编译出的 firmware.factory.bin 上传到“固件”，在浏览器里刷写。`,
        howEn: `${board.wiringEn}. Save it as a .yaml file and build it with esphome run; or add the firmware.factory.bin that it makes to the firmware list and flash it from the browser.`,
        syntax: 'yaml',
        text,
        source: SOURCE,
      },
    ],
    topics: [`${address}/+/+/state`, `${address}/status`],
  }
}

function nodeName(address: string): string {
  const plain = address
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_NAME)
    .replaceAll(/^-+|-+$/g, '')
  return plain === '' ? 'harbor-node' : plain
}

function wifiLines({ wifi }: SetupNetwork): string[] {
  // What stands in braces after a dollar is an expression to newer versions: such words go into a file of their own.
  const isPlain = wifi !== undefined && ![wifi.ssid, wifi.passphrase].some(text => text.includes('$'))
  if (wifi === undefined || !isPlain) return ['wifi:', '  ssid: !secret wifi_ssid', '  password: !secret wifi_password']
  return ['wifi:', `  ssid: ${yamlText(wifi.ssid)}`, `  password: ${yamlText(wifi.passphrase)}`]
}
