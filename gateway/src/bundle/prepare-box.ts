import { randomBytes } from 'node:crypto'
import { createAskServer } from '../claim/ask-server.ts'
import { readHardware } from '../claim/hardware.ts'
import type { Log } from '../log.ts'
import { believeAuthority } from './authority.ts'
import { takeBundle } from './take-bundle.ts'

export interface PrepareBoxOptions {
  gatewayDir: string
  /** Undefined: no card is looked at. */
  bundleDir: string | undefined
  version: string
  log: Log
}

/** What comes before a gateway can start: its card is taken, and it believes whom it was told to. */
export async function prepareBox({ gatewayDir, bundleDir, version, log }: PrepareBoxOptions): Promise<void> {
  await believeAuthority(gatewayDir)
  if (bundleDir === undefined) return
  const answer = await takeBundle(
    { bundleDir, gatewayDir },
    {
      askServer: serverUrl =>
        createAskServer({ serverUrl, onRetry: problem => log.warn({ problem }, 'claiming the station') }),
      readHardware: () => readHardware(version),
      randomBytes,
      log,
    },
  )
  if (answer === undefined) return
  const { gateway, station, district } = answer
  log.info({ gateway, station, district }, 'the box claimed its station by the card')
}
