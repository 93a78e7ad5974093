import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errorText } from '@harbor/protocol'
import { type StoredConfig, readStoredConfig } from './config/config-files.ts'
import { gatewayError } from './errors.ts'
import { hasCertificate, readLineTrust } from './uplink/line-trust.ts'

/** A gateway's folder, read and checked. */
export interface LoadedGateway extends StoredConfig {
  /** Undefined: it proves itself by a certificate. */
  secret: string | undefined
  folder: string
}

/**
 * Every gateway in `dir`: each a folder named by the gateway's id, with `config.json` and `secret`, or `client.pem` and `client.key`.
 *
 * @throws HarborError GATEWAY_DIR_UNREADABLE, GATEWAY_CONFIG_INVALID, GATEWAY_SECRET_INVALID or GATEWAY_CERTIFICATE_INVALID, naming
 * the file.
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
  const stored = await readStoredConfig(folder)
  const { config } = stored
  if (config.gateway !== name) {
    throw gatewayError(
      'GATEWAY_CONFIG_INVALID',
      `${join(folder, 'config.json')}: gateway: expected "${name}", the folder's name, got "${config.gateway}"`,
    )
  }
  if (hasCertificate(folder)) {
    readLineTrust(folder)
    return { ...stored, secret: undefined, folder }
  }
  const secretFile = join(folder, 'secret')
  const secret = (await readSecret(secretFile)).trim()
  if (!/^[0-9a-f]{64}$/.test(secret)) {
    throw gatewayError(
      'GATEWAY_SECRET_INVALID',
      `${secretFile}: expected 64 hexadecimal digits, got ${secret.length} characters`,
    )
  }
  return { ...stored, secret, folder }
}

async function readSecret(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw gatewayError('GATEWAY_SECRET_INVALID', `${file}: ${errorText(cause)}`, { cause })
  }
}
