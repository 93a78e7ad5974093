import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The key that signs gateways' configs, as the start script makes it. */
export async function writeSigningKey(secretsDir: string, name = 'config-signing-key.pem'): Promise<void> {
  const { privateKey } = generateKeyPairSync('ed25519')
  await writeFile(join(secretsDir, name), privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 })
}
