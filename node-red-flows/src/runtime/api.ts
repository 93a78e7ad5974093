import { readFile } from 'node:fs/promises'
import { HarborError, serviceTokenSchema } from '@harbor/protocol'
import { type ServerClient, createServerClient } from '../../nodes/src/server-client.ts'

/** The server's HTTP API as this account may use it. */
export interface Api extends Pick<ServerClient, 'ask'> {
  /** Ends every request; safe to call twice. */
  stop: () => void
}

/**
 * Asks the server with the token in a file, which is read when it is needed first: the start makes it, and may make it a moment later.
 * `ask` rejects with NODE_RED_TOKEN_MISSING while there is none.
 */
export function createApi({ origin, tokenFile }: { origin: string; tokenFile: string }): Api {
  const ending = new AbortController()
  let client: ServerClient | undefined

  async function open(): Promise<ServerClient> {
    const token = await readToken(tokenFile)
    // Each flow shows its own faults; nobody else listens.
    client ??= createServerClient({ origin, token }, { onOutcome: () => undefined, signal: ending.signal })
    return client
  }

  return {
    ask: async request => (client ?? (await open())).ask(request),
    stop: () => ending.abort(),
  }
}

async function readToken(path: string): Promise<string> {
  let text: string
  try {
    text = (await readFile(path, 'utf8')).trim()
  } catch (error) {
    throw new HarborError('NODE_RED_TOKEN_MISSING', `the service account’s token cannot be read from ${path}`, {
      cause: error,
    })
  }
  if (!serviceTokenSchema.safeParse(text).success)
    throw new HarborError('NODE_RED_TOKEN_MISSING', `${path}: expected a token of 64 hex digits`)
  return text
}
