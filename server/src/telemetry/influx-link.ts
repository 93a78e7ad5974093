import http from 'node:http'
import https from 'node:https'
import { HttpError, InfluxDB, type Row, chunksToLinesIterable, linesToRowsIterable } from '@influxdata/influxdb-client'

export interface InfluxLinkSettings {
  /** Base address, with a path below it if InfluxDB stands behind a proxy. */
  url: string
  token: string
  org: string
  /** Times after which a request is cut, its socket with it, in ms. */
  timeoutMs: { write: number; query: number; slow: number }
}

export const INFLUX_TIMEOUTS: InfluxLinkSettings['timeoutMs'] = {
  // Chosen: three times what a batch of 5,000 lines took a server that wrote its cache to disk meanwhile.
  write: 15_000,
  query: 60_000,
  // A day of a country rolled up, or a month of it exported (chosen).
  slow: 600_000,
}

/** Requests at once, reads and writes each: so many reads that hang leave the writes their own. */
const MAX_SOCKETS = 4
/** A body above this is packed. Lines shrink to a sixth. */
const GZIP_FROM_BYTES = 1_000

/** Requests to one InfluxDB, each awaited whole and cut at its deadline. */
export interface InfluxLink {
  /** One write request. Rejects with HttpError for every answer but 204 and 201, or what the socket says. */
  write(bucket: string, lines: readonly string[]): Promise<void>
  /** The rows of all tables of a query, as they arrive. An error that InfluxDB finds halfway is thrown as InfluxQueryError. */
  rows(flux: string): AsyncGenerator<Record<string, unknown>>
  /** The same for work that may take long and that nobody waits for at a screen. */
  slowRows(flux: string): AsyncGenerator<Record<string, unknown>>
  /** A call of the management API; undefined for an answer without a body. Rejects with HttpError or what the socket says. */
  call(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<unknown>
  /** Cuts every request and lets go of the sockets. */
  close(): void
}

/** InfluxDB began to answer with 200 and failed then: the error is a table of the answer. */
export class InfluxQueryError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'InfluxQueryError'
  }
}

/**
 * The client library's transport and CSV reader. Its batches and retries are not used: they lose lines (it does not wait for its
 * batches, drops them on 401 and 413, reads Retry-After as ms), and its timeout leaves the socket to the server that does not answer.
 */
export function createInfluxLink({ url, token, org, timeoutMs }: InfluxLinkSettings): InfluxLink {
  const Agent = url.startsWith('https:') ? https.Agent : http.Agent
  const agents = {
    write: new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
    query: new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
    slow: new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
  }
  const underWay = new Set<AbortController>()
  let isClosed = false
  const transport = (kind: keyof typeof agents) =>
    // The library's own timeout only counts silence; ours is the whole request's, and it closes the socket.
    new InfluxDB({ url, token, timeout: timeoutMs[kind], transportOptions: { agent: agents[kind] } }).transport
  const transports = { write: transport('write'), query: transport('query'), slow: transport('slow') }

  /** A request's signal, until `end`: signals of the runtime's own would be there, with what was sent, until their time is over. */
  function begin(kind: keyof typeof agents): { signal: AbortSignal; end: () => void } {
    const request = new AbortController()
    underWay.add(request)
    const timer = setTimeout(() => request.abort(), timeoutMs[kind])
    if (isClosed) request.abort()
    const end = () => {
      clearTimeout(timer)
      underWay.delete(request)
    }
    return { signal: request.signal, end }
  }

  async function* rows(kind: 'query' | 'slow', flux: string): AsyncGenerator<Record<string, unknown>> {
    const path = `/api/v2/query?${new URLSearchParams({ org })}`
    const body = {
      query: flux,
      type: 'flux',
      dialect: { header: true, delimiter: ',', commentPrefix: '#', annotations: ['datatype', 'group', 'default'] },
    }
    const { signal, end } = begin(kind)
    try {
      const chunks = transports[kind].iterate(path, JSON.stringify(body), {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8', 'accept-encoding': 'gzip' },
        signal,
      })
      const found = linesToRowsIterable(chunksToLinesIterable(chunks)) as AsyncIterable<Row>
      for await (const { values, tableMeta } of found) {
        const row = tableMeta.toObject(values) as Record<string, unknown>
        // A table of `error` and `reference` is how annotated CSV tells of an error after the status was sent.
        if ('error' in row && 'reference' in row) throw new InfluxQueryError(String(row['error']))
        yield row
      }
    } finally {
      end()
    }
  }

  return {
    write(bucket, lines) {
      const path = `/api/v2/write?${new URLSearchParams({ org, bucket, precision: 'ms' })}`
      const { signal, end } = begin('write')
      const options = {
        method: 'POST',
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        gzipThreshold: GZIP_FROM_BYTES,
        signal,
      }
      const written = new Promise<void>((resolve, reject) => {
        let status = 0
        transports.write.send(path, lines.join('\n'), options, {
          responseStarted: (_, statusCode) => (status = statusCode ?? 0),
          error: reject,
          // 200 is what something before InfluxDB says: nothing is known to be stored.
          complete: () => {
            if (status === 204 || status === 201) resolve()
            else reject(new HttpError(status, 'expected 204', undefined, null))
          },
        })
      })
      return written.finally(end)
    },

    rows: flux => rows('query', flux),
    slowRows: flux => rows('slow', flux),

    async call(method, path, body) {
      const { signal, end } = begin('query')
      try {
        const answer: unknown = await transports.query.request(path, body, {
          method,
          signal,
          headers: { accept: 'application/json' },
        })
        return answer
      } finally {
        end()
      }
    },

    close() {
      isClosed = true
      for (const request of underWay) request.abort()
      for (const agent of Object.values(agents)) agent.destroy()
    },
  }
}
