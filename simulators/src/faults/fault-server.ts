import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HarborError, errorText, hasCode } from '@harbor/protocol'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { FaultBoard } from './fault-board.ts'

const MAX_BODY_BYTES = 4_096

const requestSchema = z.object({
  station: z.string().max(80),
  appliance: z.string().max(80),
  fault: z.string().max(80),
})

export interface FaultServer {
  /** Gives the URL; rejects with the listener's error. */
  start: () => Promise<string>
  stop: () => Promise<void>
}

/** `GET /stations` lists what can be broken; `POST /faults` with `{station, appliance, fault}` breaks or repairs it. */
export function createFaultServer(
  { host, port }: { host: string; port: number },
  { board, log }: { board: FaultBoard; log: Logger },
): FaultServer {
  let server: Server | undefined

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET' && request.url === '/stations') return send(response, 200, { stations: board.list() })
    if (request.method !== 'POST' || request.url !== '/faults') return refuse(response, 404, 'no such page')
    // A page in a browser can send other types across origins without asking; this one it cannot.
    if (request.headers['content-type']?.startsWith('application/json') !== true) {
      return refuse(response, 415, 'expected application/json')
    }
    const parsed = requestSchema.safeParse(await readBody(request))
    if (!parsed.success) return refuse(response, 400, 'expected {"station","appliance","fault"}, each a text')
    const done = board.set(parsed.data)
    log.info(done, 'fault set')
    return send(response, 200, done)
  }

  return {
    start: async () => {
      const listening = createServer((request, response) => {
        answer(request, response).catch((error: unknown) => {
          const known = error instanceof HarborError
          if (!known) log.warn({ error: errorText(error) }, 'a request for a fault failed')
          refuse(
            response,
            hasCode(error, 'SIMULATORS_FAULT_UNKNOWN') ? 404 : 400,
            known ? error.message : 'unreadable request',
          )
        })
      })
      await new Promise<void>((resolve, reject) => {
        listening.once('error', reject)
        listening.listen(port, host, resolve)
      })
      server = listening
      const { port: bound } = listening.address() as AddressInfo
      return `http://${host.includes(':') ? `[${host}]` : host}:${bound}/`
    },
    stop: async () => {
      const closing = server
      server = undefined
      if (closing === undefined) return
      const closed = new Promise<void>(resolve => closing.close(() => resolve()))
      closing.closeAllConnections()
      await closed
    },
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length
    if (sizeBytes > MAX_BODY_BYTES) return undefined
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return undefined // not JSON: refused by the schema with what was expected
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}

function refuse(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) response.destroy()
  else send(response, status, { error: { code: status === 404 ? 'not_found' : 'bad_request', message } })
}
