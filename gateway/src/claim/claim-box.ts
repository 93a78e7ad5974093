import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type BoxHardware, type ClaimAnswer, type GatewayConfig, errorText } from '@harbor/protocol'
import { z } from 'zod'
import { replaceFile, syncFolder } from '../config/atomic-file.ts'
import { trustedKeysFile } from '../config/config-files.ts'
import { verifyConfig } from '../config/verify-config.ts'
import { gatewayError } from '../errors.ts'
import type { AskServer } from './ask-server.ts'

/** What the box remembers of a claim until it is done: with it, asking again is asking the same. */
const DRAFT = '.claim.json'
const draftSchema = z.object({ tokenSha256: z.string(), secret: z.string().regex(/^[0-9a-f]{64}$/) })
type Draft = z.infer<typeof draftSchema>

export interface ClaimOptions {
  gatewayDir: string
  token: string
  hardware: BoxHardware
}

export interface ClaimDeps {
  ask: AskServer
  /** For the secret. */
  randomBytes: (size: number) => Buffer
}

/**
 * Makes a station's gateway of a blank box. The box makes its secret, keeps it, and only then asks, so that whatever cuts it
 * short, even after the server has spent the token, the same command finishes the claim.
 *
 * @throws HarborError GATEWAY_CLAIM_REFUSED with the server's reason or what is on the box already, GATEWAY_CLAIM_FAILED when
 *   there was no answer that can be believed, GATEWAY_DIR_UNREADABLE.
 */
export async function claimBox(options: ClaimOptions, { ask, randomBytes }: ClaimDeps): Promise<ClaimAnswer> {
  const { gatewayDir, token, hardware } = options
  await mkdir(gatewayDir, { recursive: true, mode: 0o700 })
  const tokenSha256 = sha256(token)
  const known = await readDraft(gatewayDir)
  const isRepeated = known?.tokenSha256 === tokenSha256
  await checkBlank(gatewayDir, isRepeated ? known.secret : undefined)
  const draft = isRepeated ? known : { tokenSha256, secret: randomBytes(32).toString('hex') }
  if (!isRepeated) await replaceFile(join(gatewayDir, DRAFT), `${JSON.stringify(draft)}\n`)

  const answer = await ask({ token, secretSha256: sha256(draft.secret), hardware })
  const config = await firstConfig(answer)
  await writeGateway(gatewayDir, { answer, config, secret: draft.secret })
  await rm(join(gatewayDir, DRAFT), { force: true })
  return answer
}

/** A box is one gateway: what it was before is for people to take away, with its readings that are not sent yet. */
async function checkBlank(gatewayDir: string, ownSecret: string | undefined): Promise<void> {
  for (const name of await gatewaysIn(gatewayDir)) {
    // Cut short after the last step but one: the folder is this very claim's.
    if (ownSecret !== undefined && (await secretOf(join(gatewayDir, name))) === ownSecret) continue
    throw gatewayError(
      'GATEWAY_CLAIM_REFUSED',
      `this box is ${name} already; to make it another, stop it and move ${join(gatewayDir, name)} away`,
    )
  }
}

async function gatewaysIn(gatewayDir: string): Promise<string[]> {
  try {
    const entries = await readdir(gatewayDir, { withFileTypes: true })
    return entries.filter(entry => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name)
  } catch (cause) {
    throw gatewayError('GATEWAY_DIR_UNREADABLE', `GATEWAY_DIR ${gatewayDir}: ${errorText(cause)}`, { cause })
  }
}

async function secretOf(folder: string): Promise<string | undefined> {
  return readFile(join(folder, 'secret'), 'utf8').then(
    text => text.trim(),
    () => undefined, // without a secret it is nobody's
  )
}

async function readDraft(gatewayDir: string): Promise<Draft | undefined> {
  try {
    const parsed = draftSchema.safeParse(JSON.parse(await readFile(join(gatewayDir, DRAFT), 'utf8')))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined // none, or none that can be read: the claim begins anew
  }
}

/** The config must be signed by the keys that come with it, for the gateway that the answer names. */
async function firstConfig({ config, trustedKeys, gateway }: ClaimAnswer): Promise<GatewayConfig> {
  const verdict = await verifyConfig(Buffer.from(config), { keys: trustedKeys, gateway })
  if (verdict.kind === 'accepted') return verdict.config
  throw gatewayError('GATEWAY_CLAIM_FAILED', `the config that the server gave cannot be used: ${verdict.reason}`)
}

/** The folder appears whole or not at all. */
async function writeGateway(
  gatewayDir: string,
  { answer, config, secret }: { answer: ClaimAnswer; config: GatewayConfig; secret: string },
): Promise<void> {
  const folder = join(gatewayDir, answer.gateway)
  // Of an earlier try that was cut short after this: a gateway may have run in it since, and its readings are there.
  if ((await secretOf(folder)) === secret) return
  const draft = join(gatewayDir, `.${answer.gateway}.new`)
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { mode: 0o700 })
  await replaceFile(join(draft, 'config.json'), `${JSON.stringify(config, null, 2)}\n`)
  await replaceFile(trustedKeysFile(draft), `${JSON.stringify(answer.trustedKeys, null, 2)}\n`)
  await replaceFile(join(draft, 'secret'), `${secret}\n`)
  await rename(draft, folder)
  await syncFolder(gatewayDir)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
