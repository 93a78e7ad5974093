import type {
  CityList,
  CityOverview,
  ClientConfig,
  FinderFilter,
  FoundStations,
  Look,
  MapView,
  PublicEvents,
  PublicRequests,
  StationList,
  StationView,
} from '@harbor/protocol'
import { factsOf, passesFilters, pinOf } from '@harbor/protocol/finder-filter'
import { readFile } from 'node:fs/promises'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Server } from 'socket.io'
import { build } from 'vite'
import { type Built, buildOnce } from '../../build-once.ts'
import { sampleList } from './sample-stations.ts'
import { type VisitorAnswers, answerVisitor, createVisitorAnswers } from './visitor-answers.ts'

/** The built finder in a folder of its own, so that tests neither need nor disturb web/dist. */
export function buildFinder(): Promise<Built> {
  return buildOnce('finder', async folder => {
    await build({
      root: resolve(import.meta.dirname, '..'),
      configFile: resolve(import.meta.dirname, '../../vite.config.finder.ts'),
      configLoader: 'native',
      logLevel: 'error',
      build: { outDir: folder },
    })
  })
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.png': 'image/png',
}

/** As strict as the real server's. */
const POLICY =
  "default-src 'self'; script-src 'self'; script-src-attr 'none'; style-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

export interface FinderServer {
  url: string
  /** What is answered from now on: stations, or a status other than 200; the city's list; clusters of every view. */
  answer: {
    stations: StationView[] | number
    config: Partial<ClientConfig>
    city: CityList | undefined
    cities: CityOverview['cities']
    clusters: MapView['clusters']
  }
  /** What visitors said and are answered. */
  visitors: VisitorAnswers
  /** Addresses of `near` and `search` asked for so far. */
  asked: string[]
  /** What pages look at, newest last. */
  looks: Look[]
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
  const answer: FinderServer['answer'] = { stations: [], config: {}, city: undefined, cities: [], clusters: [] }
  const visitors = createVisitorAnswers()
  const sentBytes = new Map<string, number>()
  const asked: string[] = []
  const looks: Look[] = []
  let io: Server<PublicRequests, PublicEvents> | undefined
  let http: ReturnType<typeof createServer> | undefined
  let port = 0

  const send = (response: ServerResponse, path: string, { body, type, status = 200, headers = {} }: Sent) => {
    const packed = gzipSync(body)
    sentBytes.set(path, packed.length)
    response.writeHead(status, {
      'content-type': type,
      'content-encoding': 'gzip',
      'content-security-policy': POLICY,
      'cache-control': 'no-cache',
      ...headers,
    })
    response.end(packed)
  }

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname: path, searchParams, search } = new URL(request.url ?? '/', 'http://finder')
    const json = (value: unknown, status = 200) =>
      send(response, path, { body: JSON.stringify(value), type: 'application/json', status })
    const told = await answerVisitor(visitors, request, path)
    if (told !== undefined) {
      const { status, headers = {}, body } = told
      return send(response, path, { body: JSON.stringify(body ?? ''), type: 'application/json', status, headers })
    }
    const { stations } = answer
    if (path.startsWith('/api/v1/stations') && typeof stations === 'number') {
      return json({ error: { code: 'BUSY', message: 'as the test asked' } }, stations)
    }
    const all = typeof stations === 'number' ? [] : stations
    const filters = (searchParams.get('f') ?? '').split(',').filter(one => one !== '') as FinderFilter[]
    if (path === '/api/v1/stations/near' || path === '/api/v1/stations/search') {
      asked.push(path + search)
      const text = searchParams.get('q') ?? ''
      return json(
        find(
          all.filter(({ nameZh, nameEn }) => `${nameZh} ${nameEn}`.includes(text)),
          filters,
        ),
      )
    }
    if (path === '/api/v1/stations/view') {
      const pins = all.map(view => ({ ...view, pin: pinOf({ opening: view.opening.state, space: view.space.state }) }))
      return json({ at: new Date().toISOString(), clusters: answer.clusters, pins } satisfies MapView)
    }
    const id = /^\/api\/v1\/stations\/([a-z0-9-]+)$/.exec(path)?.[1]
    if (id !== undefined) {
      const view = all.find(one => one.id === id)
      const missing = { error: { code: 'NOT_FOUND', message: id } }
      return view === undefined
        ? json(missing, 404)
        : json({ ...view, readings: [], photos: [], ...visitors.details[id] })
    }
    if (/^\/api\/v1\/cities\/\d{4}\/stations$/.test(path) && answer.city !== undefined) return json(answer.city)
    if (path === '/api/v1/cities') {
      return json({ at: new Date().toISOString(), cities: answer.cities } satisfies CityOverview)
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
    io.of('/public').on('connection', socket => {
      const lookedAt = (look: Look) => {
        looks.push(look)
        return sampleList(typeof answer.stations === 'number' ? [] : answer.stations, Date.now())
      }
      socket.on('look', (look, answered) => answered(lookedAt(look)))
      socket.on('look_packed', (look, answered) => answered(gzipSync(JSON.stringify(lookedAt(look)))))
    })
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
    visitors,
    asked,
    looks,
    sentBytes,
    tellStations: stations => {
      const list: StationList = sampleList(stations, Date.now())
      io?.of('/public').emit('stations', list)
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
  headers?: Record<string, string>
}

/** As the server counts: what passes, of how many, and what each filter keeps out. */
function find(all: StationView[], filters: readonly FinderFilter[]): FoundStations {
  const passing = (wanted: readonly FinderFilter[]) =>
    all.filter(view => passesFilters(factsOf(view, view.facilities.includes('night')), wanted))
  const stations = passing(filters)
  return {
    ...sampleList(stations, Date.now()),
    matching: stations.length,
    of: all.length,
    without: Object.fromEntries(filters.map(one => [one, passing(filters.filter(other => other !== one)).length])),
  }
}
