import { parseArgs } from 'node:util'
import { errorText, tryParseClaimText } from '@harbor/protocol'
import { gatewayError } from '../errors.ts'

export const CLAIM_USAGE = 'harbor-gateway claim TOKEN --server URL   (or the link of the QR code, in quotes, as TOKEN)'

/** What a claim is to be asked with. */
export interface ClaimArguments {
  token: string
  /** Without a trailing slash. */
  serverUrl: string
}

/**
 * Reads `TOKEN [--server URL] [--allow-http]`.
 *
 * @throws HarborError GATEWAY_CLAIM_REFUSED in one line that says what was expected.
 */
export function parseClaimArguments(args: readonly string[]): ClaimArguments {
  const { values, positionals } = parsed(args)
  const [text, ...more] = positionals
  if (text === undefined || more.length > 0) throw refusal(`expected ${CLAIM_USAGE}`)
  const claim = tryParseClaimText(text)
  if (claim === undefined) throw refusal(`that is no claim token; expected harbor1- and 26 characters, or its link`)
  const server = values.server ?? claim.serverUrl
  if (server === undefined) throw refusal(`the token does not say where the server is; add --server URL`)
  if (!URL.canParse(server) || !/^https?:$/.test(new URL(server).protocol)) {
    throw refusal(`--server: expected an address such as https://harbor.example, got "${server.slice(0, 100)}"`)
  }
  const url = new URL(server)
  // The answer says whom to believe from then on: on an open line anybody could say so.
  if (url.protocol === 'http:' && !isThisMachine(url.hostname) && values['allow-http'] !== true) {
    throw refusal(`${url.origin} is not encrypted; use https, or add --allow-http where the line is your own`)
  }
  return { token: claim.token, serverUrl: server.replace(/\/+$/, '') }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { server: { type: 'string' }, 'allow-http': { type: 'boolean' } },
      allowPositionals: true,
    })
  } catch (cause) {
    throw gatewayError('GATEWAY_CLAIM_REFUSED', `${errorText(cause)}; expected ${CLAIM_USAGE}`, { cause })
  }
}

function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

function refusal(message: string): Error {
  return gatewayError('GATEWAY_CLAIM_REFUSED', message)
}
