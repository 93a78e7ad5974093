import { type KeyObject, generateKeyPairSync } from 'node:crypto'
import { CONFIG_JWS_TYPE, type ConfigKey, type GatewayConfig, configKeySchema } from '@harbor/protocol'
import { CompactSign, calculateJwkThumbprint } from 'jose'

/** A server's key, and what it signs. */
export interface TestSigner {
  key: ConfigKey
  privateKey: KeyObject
  sign: (config: GatewayConfig, header?: object, payload?: object) => Promise<string>
}

export async function createTestSigner(): Promise<TestSigner> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const jwk = publicKey.export({ format: 'jwk' })
  const key = configKeySchema.parse({ ...jwk, kid: await calculateJwkThumbprint(jwk as never) })
  return {
    key,
    privateKey,
    sign: (config, header = {}, payload = {}) =>
      new CompactSign(Buffer.from(JSON.stringify({ ...config, issuedAtMs: 1_790_000_000_000, ...payload })))
        .setProtectedHeader({ alg: 'EdDSA', typ: CONFIG_JWS_TYPE, kid: key.kid, ...header })
        .sign(privateKey),
  }
}
