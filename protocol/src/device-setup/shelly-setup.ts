import type { SetupWay } from '../device-setup.ts'
import { hasUnseen, queryValue, shellWord } from './quoting.ts'
import { type SetupBuilder, type SetupDevice, type SetupNetwork, problem } from './setup-device.ts'

const GEN2 = 'https://shelly-api-docs.shelly.cloud/gen2/ComponentsAndServices/Mqtt/'
const GEN1 = 'https://shelly-api-docs.shelly.cloud/gen1/#settings'
/** topic_prefix is limited to 300 characters; an address of a config to 120. */
const BLU = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i
/** What a device calls itself, by its model: `shellypro3em-a0dd6c9f3c10`. */
const OWN_ID = /^shelly[a-z0-9]+-[0-9a-f]{6,12}$/i
/** Levels that have a meaning below a prefix: as part of one they would be read as that. */
const RESERVED = new Set(['events', 'status', 'online', 'rpc', 'command'])

/** A Shelly: of the second generation and later by RPC, of the first by its HTTP settings. */
export const shellySetup: SetupBuilder = (device, network) => {
  const { address } = device
  if (BLU.test(address))
    return problem(
      '这是 Shelly BLU 传感器：它没有 MQTT。请在接收它广播的 Shelly 网关上启用 BLU，并设置那台网关。',
      'This is a Shelly BLU sensor, which has no MQTT. Set up the Shelly gateway that hears it, with its BLU component on.',
    )
  const first = /^shellies\/([A-Za-z0-9_.-]{1,64})$/.exec(address)?.[1]
  const isPrefix =
    !/[#+%?]/.test(address) &&
    !address.startsWith('$') &&
    !hasUnseen(address) &&
    address.split('/').every(level => level.trim() !== '' && !RESERVED.has(level))
  if (!isPrefix)
    return problem(
      'Shelly 的 topic_prefix 不能含 # + % ?，不能以 $ 开头，不能有空的层级，也不能含 events、status、online、rpc、command 这些层级。',
      "Shelly's topic_prefix takes no # + % ?, does not begin with $, has no empty level, and none that is events, status, online, rpc or command.",
    )
  // Below `shellies/` the first generation speaks; a later one may be told to.
  return { ways: [...(first === undefined ? [] : [gen1Way(first, device, network)]), gen2Way(device, network)] }
}

function gen2Way({ address }: SetupDevice, { host, port, wifi }: SetupNetwork): SetupWay {
  const call = (id: number, method: string, params: object) =>
    JSON.stringify({ id, src: 'harbor-setup', method, params })
  const mqtt = {
    enable: true,
    server: `${host}:${port}`,
    client_id: null,
    user: null,
    ssl_ca: null,
    topic_prefix: address,
    rpc_ntf: true,
    // A component's own topic does not say whose it is: a meter's inner probe would pass for a room's under a name that is not a meter's.
    // The notifications say the same and who speaks.
    status_ntf: OWN_ID.test(address),
    enable_rpc: true,
    enable_control: true,
  }
  const calls = [
    ...(wifi === undefined
      ? []
      : [call(1, 'WiFi.SetConfig', { config: { sta: { ssid: wifi.ssid, pass: wifi.passphrase, enable: true } } })]),
    call(2, 'MQTT.SetConfig', { config: mqtt }),
    call(3, 'Shelly.Reboot', {}),
  ]
  return {
    key: 'gen2',
    nameZh: 'Shelly 第二代及以后（Plus、Pro、Gen3、Gen4）',
    nameEn: 'Shelly of the second generation and later (Plus, Pro, Gen3, Gen4)',
    texts: [
      {
        key: 'rpc',
        titleZh: 'RPC 调用',
        titleEn: 'RPC calls',
        howZh: '每行一个完整的 JSON-RPC 请求，依次发给设备的 /rpc。',
        howEn: "One whole JSON-RPC request a line; send them in this order to the device's /rpc.",
        syntax: 'rpc',
        text: calls.join('\n'),
        source: GEN2,
      },
      {
        key: 'curl',
        titleZh: '同样的调用，用命令行',
        titleEn: 'The same from a shell',
        howZh: '把 DEVICE-ADDRESS 换成设备的地址（刚出厂时连上它的热点，地址是 192.168.33.1）。',
        howEn:
          "Put the device's address in place of DEVICE-ADDRESS (new from the shop: join its own Wi-Fi, where it is 192.168.33.1).",
        syntax: 'shell',
        text: calls.map(body => `curl -sS -X POST -d ${shellWord(body)} http://DEVICE-ADDRESS/rpc`).join('\n'),
        source: 'https://shelly-api-docs.shelly.cloud/gen2/General/RPCChannels',
      },
    ],
    topics: [`${address}/events/rpc`, `${address}/status/+`, `${address}/online`],
  }
}

function gen1Way(id: string, { reportEveryS }: SetupDevice, { host, port, wifi }: SetupNetwork): SetupWay {
  const url = (path: string, values: Record<string, string>) =>
    `http://DEVICE-ADDRESS/${path}?${Object.entries(values)
      .map(([name, value]) => `${name}=${queryValue(value)}`)
      .join('&')}`
  const calls = [
    url('settings', {
      mqtt_enable: 'true',
      mqtt_server: `${host}:${port}`,
      mqtt_id: id,
      mqtt_user: '',
      mqtt_pass: '',
      mqtt_retain: 'false',
      mqtt_max_qos: '1',
      mqtt_update_period: String(Math.min(65_535, Math.max(1, reportEveryS))),
    }),
    // Last: with it the device leaves the network it was reached on.
    ...(wifi === undefined ? [] : [url('settings/sta', { enabled: '1', ssid: wifi.ssid, key: wifi.passphrase })]),
    'http://DEVICE-ADDRESS/reboot',
  ]
  return {
    key: 'gen1',
    nameZh: 'Shelly 第一代',
    nameEn: 'Shelly of the first generation',
    texts: [
      {
        key: 'settings',
        titleZh: 'HTTP 设置',
        titleEn: 'HTTP settings',
        howZh:
          '把 DEVICE-ADDRESS 换成设备的地址（刚出厂时 192.168.33.1），依次在浏览器里打开。启用 MQTT 后它不再连接厂商的云。',
        howEn:
          "Put the device's address in place of DEVICE-ADDRESS (new from the shop: 192.168.33.1) and open them in this order. With MQTT on it is no longer on the maker's cloud.",
        syntax: 'http',
        text: calls.join('\n'),
        source: GEN1,
      },
    ],
    topics: [`shellies/${id}/#`],
  }
}
