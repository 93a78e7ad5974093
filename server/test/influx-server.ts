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
  /** After what there is of the answer nothing comes any more; with status 0 not even its beginning. */
  stalls?: boolean
  headers?: Record<string, string>
  body?: string
}

/** A local HTTP server in place of InfluxDB that answers what `answer` says, for what a real one does only on a bad day. */
export async function startInfluxServer(
  answer: (request: InfluxRequest, number: number) => InfluxAnswer,
): Promise<{ url: string; requests: InfluxRequest[]; openSockets: () => number }> {
  const requests: InfluxRequest[] = []
  const sockets = new Set<object>()
  const server = createServer((incoming, response) => {
    void read(incoming).then(request => {
      requests.push(request)
      const { status, headers, body, stalls = false } = answer(request, requests.length)
      if (status === 0) {
        if (!stalls) incoming.socket.destroy()
      } else if (stalls) response.writeHead(status, headers).write(body ?? '')
      else response.writeHead(status, headers).end(body)
    })
  })
  server.on('connection', socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    openSockets: () => sockets.size,
  }
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

/** A query's answer in annotated CSV, a table for each list of rows: `_time` as ISO 8601, `_value`, `did`, `_field`. */
export function csvAnswer(tables: readonly (readonly (readonly [string, number, string, string])[])[]): InfluxAnswer {
  const head = [
    '#datatype,string,long,dateTime:RFC3339,double,string,string',
    '#group,false,false,false,false,true,true',
    '#default,_result,,,,,',
    ',result,table,_time,_value,did,_field',
  ]
  const rows = tables.flatMap((table, number) =>
    table.map(([time, value, did, field]) => `,,${number},${time},${value},${did},${field}`),
  )
  // As InfluxDB does: without any table there is not even a heading.
  const lines = tables.length === 0 ? [''] : [...head, ...rows, '', '']
  return { status: 200, headers: { 'content-type': 'text/csv; charset=utf-8' }, body: lines.join('\r\n') }
}
