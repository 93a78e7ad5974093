import type { SetupText } from '../device-setup.ts'
import { cText, queryValue } from './quoting.ts'
import { type SetupBuilder, type SetupNetwork, problem } from './setup-device.ts'

/** https://tasmota.github.io/docs/Commands/ */
const COMMANDS = 'https://tasmota.github.io/docs/Commands/'
const OVERRIDE = 'https://tasmota.github.io/docs/Compile-your-build/'

/** The range of TelePeriod, in seconds. */
const MIN_PERIOD_S = 10
const MAX_PERIOD_S = 3600

/**
 * A Tasmota plug or sensor node. The console splits a Backlog at every semicolon and knows no quotes, so what holds one cannot be said
 * there and is refused.
 */
export const tasmotaSetup: SetupBuilder = ({ address, reportEveryS }, network) => {
  if (!isTopic(address))
    return problem(
      'Tasmota 的 Topic 只能用字母、数字、. - 和 _，最多 32 个；不能是单个数字、tasmotas，也不能以 DVES_ 开头。请修改配置里的地址。',
      "Tasmota's Topic takes letters, digits, dots, - and _, 32 at most, and is no single digit, not tasmotas, and nothing that begins with DVES_. Change the address in the config.",
    )
  const { wifi } = network
  if (wifi !== undefined && ![wifi.ssid, wifi.passphrase].every(isSayable))
    return problem(
      'Wi-Fi 的名称或密码里有 Tasmota 控制台写不出的字符（分号、首尾空格、非 ASCII），或只有一个字符。请在设备的网页里填 Wi-Fi。',
      "The Wi-Fi's name or passphrase has what Tasmota's console cannot say (a semicolon, a blank at an end, a letter beyond ASCII), or is one letter. Fill in the Wi-Fi on the device's own page.",
    )
  const backlog = `Backlog ${commandsOf({ address, reportEveryS, network }).join('; ')}`
  const texts: SetupText[] = [
    {
      key: 'backlog',
      titleZh: 'Backlog 命令',
      titleEn: 'Backlog line',
      howZh: '在设备网页的“控制台”里整行粘贴，回车。设备会自己重启。',
      howEn:
        "Paste it as one line into the console of the device's own page and press Enter. The device restarts by itself.",
      syntax: 'console',
      text: backlog,
      source: COMMANDS,
    },
    {
      key: 'url',
      titleZh: '同一命令，作为网址',
      titleEn: 'The same as an address',
      howZh: '把 DEVICE-ADDRESS 换成设备的地址，在同一网络的浏览器里打开。',
      howEn: "Put the device's address in place of DEVICE-ADDRESS and open it in a browser on the same network.",
      syntax: 'http',
      text: `http://DEVICE-ADDRESS/cm?cmnd=${queryValue(backlog)}`,
      source: COMMANDS,
    },
    {
      key: 'override',
      titleZh: '自己编译时用的配置',
      titleEn: 'Config for a build of your own',
      howZh: '放进 user_config_override.h，再编译并刷写一批设备。',
      howEn: 'Put it into user_config_override.h, then build and flash as many as there are.',
      syntax: 'c',
      text: overrideOf(address, { reportEveryS, network }),
      source: OVERRIDE,
    },
  ]
  const topics = [`tele/${address}/+`, `stat/${address}/+`]
  return { ways: [{ key: 'tasmota', nameZh: 'Tasmota', nameEn: 'Tasmota', texts, topics }] }
}

/** What Topic keeps as it is: it makes other letters of the rest, and means something else by these words. */
function isTopic(text: string): boolean {
  return /^[A-Za-z0-9_.-]{1,32}$/.test(text) && !/^(\d|tasmotas|DVES_.*)$/i.test(text)
}

/** What one command of a Backlog can carry. A single `0` or `1` is an order to the setting, not its value. */
function isSayable(text: string): boolean {
  return /^[\x21-\x3a\x3c-\x7e]([\x20-\x3a\x3c-\x7e]*[\x21-\x3a\x3c-\x7e])$/.test(text)
}

interface Plan {
  reportEveryS: number
  network: SetupNetwork
}

function commandsOf({ address, reportEveryS, network }: Plan & { address: string }): string[] {
  const { host, port, wifi, timeZone } = network
  const offset = steadyOffset(timeZone)
  return [
    ...(wifi === undefined ? [] : [`SSId1 ${wifi.ssid}`, `Password1 ${wifi.passphrase}`]),
    `MqttHost ${host}`,
    `MqttPort ${port}`,
    // The station's network has no passwords: an old one would keep the device out of nothing but wonder.
    'MqttUser 0',
    'MqttPassword 0',
    'Prefix1 cmnd',
    'Prefix2 stat',
    'Prefix3 tele',
    'FullTopic %prefix%/%topic%/',
    `Topic ${address}`,
    `TelePeriod ${periodOf(reportEveryS)}`,
    // Between two periods when the power changes by five per cent, and with the digits that the meter has.
    'PowerDelta 5',
    'WattRes 1',
    'EnergyRes 3',
    'CurRes 3',
    ...(offset === undefined ? [] : [`Timezone ${offset}`]),
    // The zone goes along with each time.
    'SetOption52 1',
    'SetOption3 1',
  ]
}

function overrideOf(address: string, { reportEveryS, network: { host, port, wifi } }: Plan): string {
  const define = (name: string, value: string) => `#undef ${name}\n#define ${name} ${value}`
  return [
    ...(wifi === undefined ? [] : [define('STA_SSID1', cText(wifi.ssid)), define('STA_PASS1', cText(wifi.passphrase))]),
    define('MQTT_HOST', cText(host)),
    define('MQTT_PORT', String(port)),
    define('MQTT_USER', '""'),
    define('MQTT_PASS', '""'),
    define('MQTT_TOPIC', cText(address)),
    define('MQTT_FULLTOPIC', '"%prefix%/%topic%/"'),
    define('TELE_PERIOD', String(periodOf(reportEveryS))),
    '',
  ].join('\n')
}

function periodOf(reportEveryS: number): number {
  return Math.min(MAX_PERIOD_S, Math.max(MIN_PERIOD_S, reportEveryS))
}

/** `+08:00` for a zone that has the same offset in January and July; undefined where summer time is kept, or the zone is unknown. */
function steadyOffset(timeZone: string): string | undefined {
  const offsetAt = (atMs: number) =>
    new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
      .formatToParts(atMs)
      .find(({ type }) => type === 'timeZoneName')?.value
  try {
    const winter = offsetAt(Date.UTC(2026, 0, 15))
    if (winter === undefined || winter !== offsetAt(Date.UTC(2026, 6, 15))) return undefined
    return winter === 'GMT' ? '+00:00' : winter.replace('GMT', '')
  } catch {
    return undefined // RangeError: no such zone
  }
}
