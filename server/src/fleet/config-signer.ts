import { type KeyObject, createPrivateKey, createPublicKey } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  CONFIG_JWS_ALGORITHM,
  CONFIG_JWS_TYPE,
  type ConfigKey,
  type GatewayConfig,
  type SignedConfig,
  type TrustedKeys,
  configKeySchema,
  errorText,
} from '@harbor/protocol'
import { CompactSign, calculateJwkThumbprint } from 'jose'
import { RegistryError } from '../errors.ts'
import { readSecret } from '../registry/secret-file.ts'

/** Signs with this one. */
const KEY_FILE = 'config-signing-key.pem'
/** Trusted, too, when it is there: the key that will sign next, or the one that signed before. */
const OTHER_KEY_FILE = 'config-signing-key-other.pem'

/** Signs gateways' configs, and says whom gateways are to believe. */
export interface ConfigSigner {
  sign: (config: GatewayConfig, issuedAtMs: number) => Promise<string>
  trustedKeys: TrustedKeys
}

/** @throws RegistryError `SECRET_MISSING` when the key cannot be read, or is none. */
export async function openConfigSigner(secretsDir: string): Promise<ConfigSigner> {
  const own = await readKey(secretsDir, KEY_FILE)
  const others = existsSync(join(secretsDir, OTHER_KEY_FILE)) ? [await readKey(secretsDir, OTHER_KEY_FILE)] : []
  return {
    trustedKeys: { keys: [own, ...others].map(({ published }) => published) },
    sign: (config, issuedAtMs) =>
      new CompactSign(new TextEncoder().encode(JSON.stringify({ ...config, issuedAtMs } satisfies SignedConfig)))
        .setProtectedHeader({ alg: CONFIG_JWS_ALGORITHM, typ: CONFIG_JWS_TYPE, kid: own.published.kid })
        .sign(own.key),
  }
}

async function readKey(secretsDir: string, name: string): Promise<{ key: KeyObject; published: ConfigKey }> {
  const pem = await readSecret(secretsDir, name)
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch (cause) {
    throw new RegistryError('SECRET_MISSING', `secret ${join(secretsDir, name)}: ${errorText(cause)}`, { cause })
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    const got = key.asymmetricKeyType ?? 'none'
    throw new RegistryError('SECRET_MISSING', `secret ${join(secretsDir, name)}: expected an Ed25519 key, got ${got}`)
  }
  const { kty, crv, x } = createPublicKey(key).export({ format: 'jwk' })
  const published = configKeySchema.parse({ kty, crv, x, kid: await calculateJwkThumbprint({ kty, crv, x } as never) })
  return { key, published }
}
