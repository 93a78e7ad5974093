import type { ClientConfig, PublicEvents, StationList, StationView } from '@harbor/protocol'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Server } from 'socket.io'
import { build } from 'vite'
import { sampleList } from './sample-stations.ts'

/** The built finder in a folder of its own, so that tests neither need nor disturb web/dist. */
export async function buildFinder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-finder-'))
  await build({
    root: resolve(import.meta.dirname, '..'),
    configFile: resolve(import.meta.dirname, '../../vite.config.finder.ts'),
    configLoader: 'native',
    logLevel: 'error',
    build: { outDir: folder },
  })
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
}

/** As strict as the real server's. */
const POLICY =
  "default-src 'self'; script-src 'self'; script-src-attr 'none'; style-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

export interface FinderServer {
  url: string
  /** What the list answers from now on: stations, or a status other than 200. */
  answer: { stations: StationView[] | number; config: Partial<ClientConfig> }
  /** Lists asked for so far. */
  listsServed: () => number
  /** Compressed bytes sent, by path. */
  sentBytes: Map<string, number>
  tellStations: (stations: StationView[]) => void
  /** Ends every connection and refuses new ones, as a dead network does; the port stays ours for `revive`. */
  cut: () => Promise<void>
  revive: () => Promise<void>
  stop: () => Promise<void>
}

/** Serves a built finder with stations as told, and a real socket.io beside it. */
export async function startFinderServer(folder: string): Promise<FinderServer> {
  const answer: FinderServer['answer'] = { stations: [], config: {} }
  const sentBytes = new Map<string, number>()
  let lists = 0
  let io: Server | undefined
  let http: ReturnType<typeof createServer> | undefined
  let port = 0

  const send = (response: ServerResponse, path: string, { body, type, status = 200 }: Sent) => {
    const packed = gzipSync(body)
    sentBytes.set(path, packed.length)
    response.writeHead(status, {
      'content-type': type,
      'content-encoding': 'gzip',
      'content-security-policy': POLICY,
      'cache-control': 'no-cache',
    })
    response.end(packed)
  }

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const path = new URL(request.url ?? '/', 'http://finder').pathname
    const json = (value: unknown, status = 200) =>
      send(response, path, { body: JSON.stringify(value), type: 'application/json', status })
    if (path === '/api/v1/stations') {
      lists += 1
      return typeof answer.stations === 'number'
        ? json({ error: { code: 'BUSY', message: 'as the test asked' } }, answer.stations)
        : json(sampleList(answer.stations, Date.now()))
    }
    if (path === '/api/v1/client-config') {
      return json({ demo: true, timeZone: 'Asia/Shanghai', needsFirstAdministrator: false, ...answer.config })
    }
    const file = extname(path) === '' ? '/index.html' : path
    try {
      const body = await readFile(join(folder, file))
      send(response, path, { body, type: TYPES[extname(file)] ?? 'application/octet-stream' })
    } catch {
      json({ error: { code: 'NOT_FOUND', message: path } }, 404)
    }
  }

  const listen = async () => {
    http = createServer((request, response) => void handle(request, response))
    io = new Server(http)
    io.of('/public')
    await new Promise<void>(done => http?.listen(port, '127.0.0.1', done))
    port = (http.address() as AddressInfo).port
  }
  const cut = async () => {
    http?.closeAllConnections()
    await io?.close()
    io = undefined
  }
  await listen()
  return {
    url: `http://127.0.0.1:${port}`,
    answer,
    listsServed: () => lists,
    sentBytes,
    tellStations: stations => {
      const list: StationList = sampleList(stations, Date.now())
      io?.of('/public').emit('stations' satisfies keyof PublicEvents, list)
    },
    cut,
    revive: listen,
    stop: cut,
  }
}

interface Sent {
  body: string | Buffer
  type: string
  status?: number
}
