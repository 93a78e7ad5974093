import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { errorText } from '@harbor/protocol'
import { RegistryError } from '../../errors.ts'

/** Chosen: room for a chain, and for the root after it; a bundle's file holds at most a megabyte. */
const MAX_CERTIFICATES = 20

/**
 * The certificates of a PEM file, and nothing else that may be in it: a key that somebody left there does not go onto cards.
 *
 * @throws RegistryError CA_INVALID when the file cannot be read or holds no certificate.
 */
export async function readCa(file: string): Promise<string> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new RegistryError('CA_INVALID', `MQTT_CA_FILE ${file}: ${errorText(cause)}`, { cause })
  }
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0 || blocks.length > MAX_CERTIFICATES) {
    throw new RegistryError(
      'CA_INVALID',
      `MQTT_CA_FILE ${file}: expected 1 to ${MAX_CERTIFICATES} certificates in PEM, found ${blocks.length}`,
    )
  }
  try {
    return blocks.map(block => new X509Certificate(block).toString()).join('')
  } catch (cause) {
    throw new RegistryError('CA_INVALID', `MQTT_CA_FILE ${file}: ${errorText(cause)}`, { cause })
  }
}
