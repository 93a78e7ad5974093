import { readFile } from 'node:fs/promises'
import { serviceTokenSchema } from '@harbor/protocol'
import { NodeError } from './errors.ts'

/** What is set in a harbor-server's dialog. A text such as `${SERVER_URL}` that the runtime did not replace means: not set. */
export interface ConnectionTexts {
  url: string
  tokenFile: string
  mqttUrl: string
  mqttSecretFile: string
}

export interface ConnectionCredentials {
  token?: string | undefined
  mqttSecret?: string | undefined
}

export interface ConnectionSettings {
  /** Scheme, host and port of the server. */
  origin: string
  token: string
  /** Undefined with why: the feed is then read without the bell, every half minute. */
  bell: { url: string; secret: string } | { off: string }
}

/** As the runtime leaves what it knows no value for. */
const UNREPLACED = /^\$\{(\S+)\}$/

/**
 * The settings of a connection: a credential stands above a file.
 * @throws NodeError NODE_NOT_SET naming what is missing, NODE_INPUT_INVALID naming what is wrong.
 */
export async function readConnectionSettings(
  texts: ConnectionTexts,
  credentials: ConnectionCredentials,
): Promise<ConnectionSettings> {
  const url = text(texts.url, 'url')
  if ('missing' in url) throw notSet(url.missing)
  const origin = originOf(url.value)
  const token = await secret({ credential: credentials.token, file: texts.tokenFile, name: 'token' })
  if ('missing' in token) throw notSet(token.missing)
  if (!serviceTokenSchema.safeParse(token.value).success) {
    throw new NodeError('NODE_INPUT_INVALID', 'token: expected 64 hex digits, as the console showed it once')
  }
  return { origin, token: token.value, bell: await bellOf(texts, credentials) }
}

async function bellOf(texts: ConnectionTexts, credentials: ConnectionCredentials): Promise<ConnectionSettings['bell']> {
  const url = text(texts.mqttUrl, 'mqttUrl')
  if ('missing' in url) return { off: `${url.missing} not set` }
  if (!/^(mqtts?|wss?):$/.test(URL.parse(url.value)?.protocol ?? '')) {
    throw new NodeError('NODE_INPUT_INVALID', 'mqttUrl: expected an address such as mqtt://127.0.0.1:1883')
  }
  const given = await secret({ credential: credentials.mqttSecret, file: texts.mqttSecretFile, name: 'mqttSecret' })
  return 'missing' in given ? { off: `${given.missing} not set` } : { url: url.value, secret: given.value }
}

function originOf(url: string): string {
  const parsed = URL.parse(url)
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new NodeError('NODE_INPUT_INVALID', 'url: expected an http or https address such as http://127.0.0.1:8080')
  }
  return parsed.origin
}

type Given = { value: string } | { missing: string }

function text(value: string, name: string): Given {
  const trimmed = value.trim()
  const unreplaced = UNREPLACED.exec(trimmed)?.[1]
  if (unreplaced !== undefined) return { missing: unreplaced }
  return trimmed === '' ? { missing: name } : { value: trimmed }
}

async function secret(of: { credential: string | undefined; file: string; name: string }): Promise<Given> {
  const credential = text(of.credential ?? '', of.name)
  if ('value' in credential) return credential
  const file = text(of.file, of.name)
  if ('missing' in file) return file
  try {
    const value = (await readFile(file.value, 'utf8')).trim()
    return value === '' ? { missing: `${of.name} (its file is empty)` } : { value }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { missing: `${of.name} (its file is not there)` }
    throw new NodeError('NODE_INPUT_INVALID', `${of.name}: its file cannot be read`, { cause: error })
  }
}

function notSet(name: string): NodeError {
  return new NodeError('NODE_NOT_SET', `${name} not set`)
}
