import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'

/** What the server was sent. */
export interface InfluxRequest {
  method: string
  path: string
  query: URLSearchParams
  authorization: string | undefined
  /** Unpacked text of the body. */
  body: string
}

/** `status` 0: the connection is cut without an answer. */
export interface InfluxAnswer {
  status: number
  headers?: Record<string, string>
  body?: string
}

/** A local HTTP server in place of InfluxDB that answers what `answer` says, for what a real one does only on a bad day. */
export async function startInfluxServer(
  answer: (request: InfluxRequest, number: number) => InfluxAnswer,
): Promise<{ url: string; requests: InfluxRequest[] }> {
  const requests: InfluxRequest[] = []
  const server = createServer((incoming, response) => {
    void read(incoming).then(request => {
      requests.push(request)
      const { status, headers, body } = answer(request, requests.length)
      if (status === 0) incoming.socket.destroy()
      else response.writeHead(status, headers).end(body)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

async function read(incoming: IncomingMessage): Promise<InfluxRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://localhost')
  return {
    method: incoming.method ?? '',
    path: pathname,
    query: searchParams,
    authorization: incoming.headers.authorization,
    body: (incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString(),
  }
}
