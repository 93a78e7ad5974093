import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type GatewayConfig, errorText, gatewayConfigSchema, issueText } from '@harbor/protocol'
import { gatewayError } from './errors.ts'

/** A gateway's folder, read and checked. */
export interface LoadedGateway {
  config: GatewayConfig
  secret: string
  folder: string
}

/**
 * Every gateway in `dir`: each a folder named by the gateway's id, with `config.json` and `secret`.
 *
 * @throws HarborError GATEWAY_DIR_UNREADABLE, GATEWAY_CONFIG_INVALID or GATEWAY_SECRET_INVALID, naming the file.
 */
export async function loadGateways(dir: string): Promise<LoadedGateway[]> {
  const names = await gatewayNames(dir)
  if (names.length === 0) {
    throw gatewayError(
      'GATEWAY_DIR_UNREADABLE',
      `GATEWAY_DIR ${dir}: no gateway there; expected {id}/config.json and {id}/secret`,
    )
  }
  return Promise.all(names.map(name => loadGateway(dir, name)))
}

async function gatewayNames(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true })
    return entries
      .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(entry => entry.name)
      .sort()
  } catch (cause) {
    throw gatewayError('GATEWAY_DIR_UNREADABLE', `GATEWAY_DIR ${dir}: ${errorText(cause)}`, { cause })
  }
}

async function loadGateway(dir: string, name: string): Promise<LoadedGateway> {
  const folder = join(dir, name)
  const configFile = join(folder, 'config.json')
  const config = parseConfig(configFile, await readText(configFile, 'GATEWAY_CONFIG_INVALID'))
  if (config.gateway !== name) {
    throw gatewayError(
      'GATEWAY_CONFIG_INVALID',
      `${configFile}: gateway: expected "${name}", the folder's name, got "${config.gateway}"`,
    )
  }
  const secretFile = join(folder, 'secret')
  const secret = (await readText(secretFile, 'GATEWAY_SECRET_INVALID')).trim()
  if (!/^[0-9a-f]{64}$/.test(secret)) {
    throw gatewayError(
      'GATEWAY_SECRET_INVALID',
      `${secretFile}: expected 64 hexadecimal digits, got ${secret.length} characters`,
    )
  }
  return { config, secret, folder }
}

function parseConfig(file: string, text: string): GatewayConfig {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw gatewayError('GATEWAY_CONFIG_INVALID', `${file}: expected JSON: ${errorText(cause)}`, { cause })
  }
  const parsed = gatewayConfigSchema.safeParse(json)
  if (!parsed.success) throw gatewayError('GATEWAY_CONFIG_INVALID', `${file}: ${issueText(parsed.error)}`)
  const config = parsed.data
  const problem = duplicateIn(config) ?? zoneProblem(config.timeZone)
  if (problem !== undefined) throw gatewayError('GATEWAY_CONFIG_INVALID', `${file}: ${problem}`)
  return config
}

function duplicateIn({ devices }: GatewayConfig): string | undefined {
  const ids = new Set<string>()
  const addresses = new Set<string>()
  for (const { id, vendor, address } of devices) {
    if (ids.has(id)) return `devices: "${id}" is there twice`
    if (addresses.has(`${vendor}:${address}`)) return `devices: ${vendor} "${address}" is there twice`
    ids.add(id)
    addresses.add(`${vendor}:${address}`)
  }
  return undefined
}

function zoneProblem(timeZone: string): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone }).format(0)
    return undefined
  } catch {
    return `timeZone: expected an IANA time zone such as Asia/Shanghai, got "${timeZone}"` // RangeError: not a zone
  }
}

async function readText(file: string, code: 'GATEWAY_CONFIG_INVALID' | 'GATEWAY_SECRET_INVALID'): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw gatewayError(code, `${file}: ${errorText(cause)}`, { cause })
  }
}
