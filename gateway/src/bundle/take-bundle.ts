import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  BUNDLE_CLAIM,
  BUNDLE_MANIFEST,
  BUNDLE_WIFI,
  type BoxHardware,
  type ClaimAnswer,
  errorText,
} from '@harbor/protocol'
import type { AskServer } from '../claim/ask-server.ts'
import { parseClaimArguments } from '../claim/claim-arguments.ts'
import { claimBox } from '../claim/claim-box.ts'
import { replaceFile } from '../config/atomic-file.ts'
import { gatewayError } from '../errors.ts'
import type { Log } from '../log.ts'
import { believeAuthority, keepAuthority } from './authority.ts'
import { readBundle } from './read-bundle.ts'

/** What was taken off a card, as `sha256sum -c` reads it: who may write on the card can take off just that. */
const TAKEN = '.card-taken'
/** In this order: the token first. Without a manifest nothing is left that a box would look at. */
const SECRETS = [BUNDLE_CLAIM, BUNDLE_WIFI, BUNDLE_MANIFEST]

export interface TakeBundleOptions {
  /** The folder on the card. */
  bundleDir: string
  gatewayDir: string
}

export interface TakeBundleDeps {
  /** How the server is asked, given its address. */
  askServer: (serverUrl: string) => AskServer
  readHardware: () => Promise<BoxHardware>
  randomBytes: (size: number) => Buffer
  log: Log
}

/**
 * Makes a blank box the gateway that its card says, and takes the token off the card. A box that is a gateway already leaves the card
 * alone, whatever is on it. It may be cut short anywhere and begins again at the next start.
 *
 * @returns undefined when there was nothing to do.
 * @throws HarborError GATEWAY_BUNDLE_INVALID that names the file, or what `claimBox` throws.
 */
export async function takeBundle(
  { bundleDir, gatewayDir }: TakeBundleOptions,
  { askServer, readHardware, randomBytes, log }: TakeBundleDeps,
): Promise<ClaimAnswer | undefined> {
  if (await isGateway(gatewayDir)) return undefined
  const bundle = await readBundle(bundleDir)
  if (bundle === undefined) return undefined
  const { claim, manifest, ca, sums } = bundle
  const { token, serverUrl, allowHttp } = claim
  log.info({ bundle: manifest.madeAt, station: manifest.station, serverUrl }, 'a flash bundle is on the card')
  if (ca !== undefined) await keepAuthority(gatewayDir, ca)
  await believeAuthority(gatewayDir)
  // By the same rules as somebody's hand at the keyboard.
  const checked = parseClaimArguments([token, '--server', serverUrl, ...(allowHttp ? ['--allow-http'] : [])])
  const hardware = await readHardware()
  const answer = await claimBox(
    { gatewayDir, token: checked.token, hardware },
    { ask: askServer(checked.serverUrl), randomBytes },
  )
  if (answer.station !== manifest.station)
    log.warn(
      { station: answer.station, expected: manifest.station },
      'the token is for another station than the card says',
    )
  const taken = SECRETS.flatMap(name => (sums.has(name) ? [`${sums.get(name)}  ${name}\n`] : []))
  await replaceFile(join(gatewayDir, TAKEN), taken.join(''))
  await cleanCard(bundleDir, log)
  return answer
}

async function cleanCard(bundleDir: string, log: Log): Promise<void> {
  for (const name of SECRETS) {
    try {
      await rm(join(bundleDir, name), { force: true })
    } catch (error) {
      // The service's own privileges may not reach the card; the unit takes the files off then.
      log.warn({ file: name, problem: errorText(error) }, 'a file could not be taken off the card')
    }
  }
}

async function isGateway(gatewayDir: string): Promise<boolean> {
  try {
    const entries = await readdir(gatewayDir, { withFileTypes: true })
    return entries.some(entry => entry.isDirectory() && !entry.name.startsWith('.'))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw gatewayError('GATEWAY_DIR_UNREADABLE', `GATEWAY_DIR ${gatewayDir}: ${errorText(cause)}`, { cause })
  }
}
