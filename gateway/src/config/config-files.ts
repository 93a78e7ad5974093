import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type GatewayConfig,
  type TrustedKeys,
  errorText,
  gatewayConfigSchema,
  hasCode,
  issueText,
  trustedKeysSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { gatewayError } from '../errors.ts'
import { replaceFile } from './atomic-file.ts'
import { checkConfig } from './check-config.ts'
import type { TrialRecord, Write } from './trial.ts'

const FILES = {
  config: 'config.json',
  previous: 'config.previous.json',
  record: 'config.trial.json',
  keys: 'trusted-keys.json',
} as const

const recordSchema = z.object({
  highest: z.int().nonnegative(),
  trial: z
    .object({ config: gatewayConfigSchema, elapsedMs: z.number().nonnegative(), starts: z.int().positive() })
    .optional(),
  failed: z.object({ config: gatewayConfigSchema, reason: z.string() }).optional(),
})

/** What a gateway's folder says of its config. */
export interface StoredConfig {
  config: GatewayConfig
  record: TrialRecord | undefined
  /** What could not be read and was done without, for the log. */
  notes: readonly string[]
}

/**
 * The config that holds, and what is on trial. When `config.json` was spoilt the one before it holds: an old config is better
 * than a station that is silent.
 *
 * @throws HarborError GATEWAY_CONFIG_INVALID, naming the file, when there is none to go by.
 */
export async function readStoredConfig(folder: string): Promise<StoredConfig> {
  const notes: string[] = []
  const record = await readRecord(folder, notes)
  try {
    return { config: await readConfig(join(folder, FILES.config)), record, notes }
  } catch (error) {
    if (!hasCode(error, 'GATEWAY_CONFIG_INVALID')) throw error
    const previous = await readConfig(join(folder, FILES.previous)).catch(() => undefined)
    // Without one the first error says what to mend.
    if (previous === undefined) throw error
    notes.push(`${error.message}; ${FILES.previous} holds instead`)
    return { config: previous, record, notes }
  }
}

/** Makes one of the changes that the trial asks for; durable when it resolves. */
export async function writeStoredConfig(folder: string, { file, content }: Write): Promise<void> {
  await replaceFile(join(folder, FILES[file]), `${JSON.stringify(content, null, 2)}\n`)
}

/**
 * The keys that came with the claim; undefined when there is no such file, and then no config from afar is believed.
 *
 * @throws HarborError GATEWAY_KEYS_INVALID
 */
export async function readTrustedKeys(folder: string): Promise<TrustedKeys | undefined> {
  const file = join(folder, FILES.keys)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw gatewayError('GATEWAY_KEYS_INVALID', `${file}: ${errorText(cause)}`, { cause })
  }
  const parsed = trustedKeysSchema.safeParse(parseJson(text))
  if (!parsed.success) throw gatewayError('GATEWAY_KEYS_INVALID', `${file}: ${issueText(parsed.error)}`)
  return parsed.data
}

/** Where the keys of a claim are put. */
export function trustedKeysFile(folder: string): string {
  return join(folder, FILES.keys)
}

async function readConfig(file: string): Promise<GatewayConfig> {
  let document: unknown
  try {
    document = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    const what = cause instanceof SyntaxError ? 'expected JSON: ' : ''
    throw gatewayError('GATEWAY_CONFIG_INVALID', `${file}: ${what}${errorText(cause)}`, { cause })
  }
  return checkConfig(document, file)
}

/** A record that cannot be read is done without: at most a config is tried that was given up before. */
async function readRecord(folder: string, notes: string[]): Promise<TrialRecord | undefined> {
  let text: string
  try {
    text = await readFile(join(folder, FILES.record), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') notes.push(`${FILES.record}: ${errorText(error)}`)
    return undefined
  }
  const parsed = recordSchema.safeParse(parseJson(text))
  if (parsed.success) return { highest: parsed.data.highest, trial: parsed.data.trial, failed: parsed.data.failed }
  notes.push(`${FILES.record}: ${issueText(parsed.error)}; done without it`)
  return undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // the schema then says what was expected
  }
}
