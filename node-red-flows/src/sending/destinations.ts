import { type ContactKind, SettingsError } from '@harbor/protocol'

/** Where messages of one kind go: an address and what proves that they come from here. */
export interface Destination {
  /** With whatever secret the service puts into its address. */
  url: string
  /** DingTalk and Feishu: the key that messages are signed with. `sms` and `http`: a bearer token. */
  secret?: string
}

/** The destinations that the environment sets. */
export interface Destinations {
  /** The destination, or the name of the variable that would set it: what is not set is off, and says so. */
  find: (kind: ContactKind, name: string) => Destination | { missing: string }
  /** Names of the variables that are set, for people to see; never their values. */
  readonly isSet: readonly string[]
}

/** How a group's variables begin, and whether its secret signs or is a token. */
const PREFIXES = { wecom: 'WECOM', dingtalk: 'DINGTALK', feishu: 'FEISHU', http: 'HTTP_DESTINATION' } as const
const SMS = { url: 'SMS_URL', secret: 'SMS_TOKEN' }

/**
 * Reads destinations from variables such as `DINGTALK_YUZHONG_URL` and `DINGTALK_YUZHONG_SECRET`: the destination that the console calls `yuzhong`.
 * Text messages have one provider: `SMS_URL` and `SMS_TOKEN`.
 *
 * @throws SettingsError naming each variable that is no http or https address, without its value, which is a secret.
 */
export function readDestinations(env: Record<string, string | undefined>): Destinations {
  const known = new Map<string, string>()
  const wrong: string[] = []
  const pattern = new RegExp(
    `^(?:(?:${Object.values(PREFIXES).join('|')})_[A-Z0-9_]+_(?:URL|SECRET)|SMS_URL|SMS_TOKEN)$`,
  )
  for (const [name, value] of Object.entries(env)) {
    if (!pattern.test(name) || value === undefined || value === '') continue
    if (name.endsWith('_URL') && !isWebAddress(value)) wrong.push(name)
    known.set(name, value)
  }
  if (wrong.length > 0)
    throw new SettingsError(
      `settings: ${wrong.join(', ')}: expected an http or https address without a name or password`,
    )
  return {
    find: (kind, name) => {
      const names = variablesOf(kind, name)
      const url = known.get(names.url)
      if (url === undefined) return { missing: names.url }
      const secret = known.get(names.secret)
      return secret === undefined ? { url } : { url, secret }
    },
    isSet: [...known.keys()].filter(name => name.endsWith('_URL')).sort(),
  }
}

/** The variables of a destination: `yuzhong-duty` of DingTalk is set by `DINGTALK_YUZHONG_DUTY_URL`. */
export function variablesOf(kind: ContactKind, name: string): { url: string; secret: string } {
  if (kind === 'sms') return SMS
  const stem = `${PREFIXES[kind]}_${name.toUpperCase().replaceAll('-', '_')}`
  return { url: `${stem}_URL`, secret: `${stem}_SECRET` }
}

function isWebAddress(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}
