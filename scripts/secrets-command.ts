import { parseSettings, setting, startProblem } from '@harbor/protocol'
import { z } from 'zod'
import { ensureNamedSecret, ensureSecrets } from './secrets.ts'

/**
 * `node scripts/secrets-command.ts [NAME]…` makes the secrets that are missing in SECRETS_DIR, and those that are named (256 bits of
 * chance each): what `npm start` does, for an installation where each process stands alone.
 */
const settingsSchema = z.object({ SECRETS_DIR: z.string(), DEMO: setting.flag(false) })

try {
  const { SECRETS_DIR: secretsDir, DEMO: demo } = parseSettings(settingsSchema, process.env)
  ensureSecrets(secretsDir, demo)
  for (const name of process.argv.slice(2)) ensureNamedSecret(secretsDir, name)
} catch (error) {
  process.stderr.write(`secrets: ${startProblem(error)}\n`)
  process.exitCode = 1
}
