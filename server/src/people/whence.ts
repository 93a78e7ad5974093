import { isIP } from 'node:net'
import { networkOf } from './sign-in-limits.ts'

/** Where a request came from, as far as it is known. */
export interface Whence {
  address?: string | undefined
  userAgent?: string | undefined
}

/**
 * An address as its owner recognises it and nobody is followed by it: 24 bits of IPv4, 48 of IPv6 (what a site is usually given, RFC 6177).
 * Undefined: it is no address.
 */
export function shortNetwork(address: string | undefined): string | undefined {
  const [plain = ''] = (address ?? '').replace(/^::ffff:(?=[\d.]+$)/i, '').split('%')
  if (isIP(plain) === 4) return `${plain.split('.').slice(0, 3).join('.')}.0/24`
  if (isIP(plain) !== 6) return undefined
  const groups = networkOf(plain).split(':').slice(0, 3)
  return `${groups.map(group => parseInt(group || '0', 16).toString(16)).join(':')}::/48`
}

/** Told apart in this order: most browsers name others too, after whose pages they are made. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/^harbor-command/, 'harbor'],
  [/MicroMessenger/, 'WeChat'],
  [/DingTalk/, 'DingTalk'],
  [/Lark|Feishu/, 'Feishu'],
  [/EdgA?\/|EdgiOS/, 'Edge'],
  [/OPR\//, 'Opera'],
  [/HuaweiBrowser/, 'Huawei Browser'],
  [/MiuiBrowser/, 'Mi Browser'],
  [/SamsungBrowser/, 'Samsung Internet'],
  [/UCBrowser/, 'UC Browser'],
  [/QQBrowser/, 'QQ Browser'],
  [/Firefox|FxiOS/, 'Firefox'],
  [/Chrome|CriOS/, 'Chrome'],
  [/Version\/.*Safari/, 'Safari'],
]

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/HarmonyOS|OpenHarmony/, 'HarmonyOS'],
  [/Android/, 'Android'],
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Windows/, 'Windows'],
  [/CrOS/, 'ChromeOS'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
]

/**
 * A browser in words that its owner knows it by, such as `Chrome · Android`. Versions and models are left out: they say no more to them, and
 * tell one phone from another. Undefined: nothing in it is known.
 */
export function browserText(userAgent: string | undefined): string | undefined {
  if (userAgent === undefined) return undefined
  // What is longer than any browser's was made to cost time.
  const said = userAgent.slice(0, 500)
  const nameIn = (names: typeof BROWSERS) => names.find(([pattern]) => pattern.test(said))?.[1]
  const parts = [nameIn(BROWSERS), nameIn(SYSTEMS)].filter(part => part !== undefined)
  return parts.length === 0 ? undefined : parts.join(' · ')
}
