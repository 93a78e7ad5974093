import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rm, stat } from 'node:fs/promises'
import { type IncomingMessage, get as getPlain } from 'node:http'
import { get as getSecure } from 'node:https'
import { rootCertificates } from 'node:tls'
import { type GatewaySoftware, MAX_SOFTWARE_BYTES } from '@harbor/protocol'
import { gatewayError } from '../errors.ts'

/** A line that is silent for so long is given up; chosen: a mobile line that changes its cell has come back by then. */
const SILENCE_MS = 60_000

export interface FetchOptions {
  /** Where it is collected; what an earlier try left there is gone on with. */
  file: string
  /** An authority to believe beside those that Node believes; PEM. */
  ca: string | undefined
  signal: AbortSignal
}

/**
 * Fetches a package and holds it against its sum while it comes.
 *
 * @throws HarborError GATEWAY_SOFTWARE_REFUSED where another try would bring the same (a wrong sum, too large, a status 4xx); the part is then
 * gone. Any other error is the line's or the disk's: the part stays.
 */
export async function fetchPackage(
  { url, sha256 }: GatewaySoftware,
  { file, ca, signal }: FetchOptions,
): Promise<void> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  const before = await stat(file).catch(() => undefined)
  if (before !== undefined && before.size > 0) {
    for await (const chunk of createReadStream(file)) {
      hash.update(chunk as Buffer)
      sizeBytes += (chunk as Buffer).length
    }
  }
  const response = await ask(url, { ca, signal, fromBytes: sizeBytes })
  const { statusCode: status = 0 } = response
  try {
    const begins = /^bytes (\d+)-/.exec(response.headers['content-range'] ?? '')?.[1]
    const isWhole = status === 416 && sizeBytes > 0
    if (!isWhole && status !== 200 && !(status === 206 && Number(begins) === sizeBytes)) {
      if (status >= 500 || status === 408 || status === 429) throw new Error(`status ${status}`)
      throw refused(`its address answers with status ${status}`)
    }
    if (status === 200 && sizeBytes > 0) {
      // The address knows no parts: from the start, with a new sum, at the next try.
      await rm(file, { force: true })
      throw new Error('the address gives no parts')
    }
    if (!isWhole) {
      const handle = await open(file, 'a', 0o600)
      try {
        for await (const chunk of response as AsyncIterable<Buffer>) {
          sizeBytes += chunk.length
          if (sizeBytes > MAX_SOFTWARE_BYTES) throw refused(`it is larger than ${MAX_SOFTWARE_BYTES} bytes`)
          hash.update(chunk)
          await handle.writeFile(chunk)
        }
        await handle.sync()
      } finally {
        await handle.close()
      }
    }
    const got = hash.digest('hex')
    if (got !== sha256) throw refused(`its SHA-256 is ${got}, the config says ${sha256}`)
  } catch (error) {
    if (isRefusal(error)) await rm(file, { force: true })
    throw error
  } finally {
    response.destroy()
  }
}

/** Whether another try would bring the same. */
export function isRefusal(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === 'GATEWAY_SOFTWARE_REFUSED'
}

function ask(
  url: string,
  { ca, signal, fromBytes }: { ca: string | undefined; signal: AbortSignal; fromBytes: number },
): Promise<IncomingMessage> {
  const options = {
    signal,
    agent: false,
    timeout: SILENCE_MS,
    headers: fromBytes === 0 ? {} : { range: `bytes=${fromBytes}-` },
  }
  return new Promise((resolve, reject) => {
    const request = url.startsWith('https:')
      ? getSecure(url, { ...options, ...(ca !== undefined && { ca: [ca, ...rootCertificates] }) }, resolve)
      : getPlain(url, options, resolve)
    request.on('timeout', () => request.destroy(new Error(`silent for ${SILENCE_MS / 1000} s`)))
    request.on('error', reject)
  })
}

function refused(reason: string) {
  return gatewayError('GATEWAY_SOFTWARE_REFUSED', `the package: ${reason}`)
}
