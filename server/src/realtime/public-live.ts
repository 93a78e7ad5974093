import {
  type Look,
  MAX_VIEW_FEATURES,
  type PackedStations,
  type PublicEvents,
  type PublicRequests,
  type StationList,
  type StationView,
  errorText,
  lookSchema,
} from '@harbor/protocol'
import { gzipSync } from 'node:zlib'
import type { Logger } from 'pino'
import type { Namespace, Socket } from 'socket.io'
import { createBacklog } from '../finder/backlog.ts'
import type { Box, Place } from '../finder/places.ts'
import { callerAddress } from '../http/caller-address.ts'
import { inSlices } from '../in-slices.ts'
import { cellsOf, createLookBook } from './look-book.ts'
import { createStationTexts } from './station-texts.ts'
import { createTurns } from './turns.ts'

/** A page is told of changes at most this often (protocol, PublicEvents). */
const SEND_EVERY_MS = 250

type NoEvents = Record<never, never>
export type PublicNamespace = Namespace<PublicRequests, PublicEvents>
type PublicSocket = Socket<PublicRequests, PublicEvents, NoEvents>

/** Lists are packed from this size on; a single changed station is not worth the work. */
const PACK_FROM_BYTES = 4 * 1024
/**
 * A hundred stations are 60 KB as text and 7 KB so, in 0.1 ms: handing that to another thread and back takes longer. The
 * small window and tables are 48 KB of memory while it lasts in place of 256 KB.
 */
const PACKING = { level: 3, windowBits: 13, memLevel: 5 }
/** So many changed stations are packed for each page alone: at eight o'clock, when a whole city opens, no two pages see the same. */
const PACK_FROM_STATIONS = 8
/** Stations whose texts are kept, some 15 MB: those of the largest city. */
const KEPT_TEXTS = 16_384

/** A page behind a socket. What waits for it is at most MAX_VIEW_FEATURES ids and one answer. */
interface Viewer {
  socket: PublicSocket
  address: string
  look: Look | undefined
  /** Changed stations that it was not told of yet. */
  changed: Set<string>
  /** More changed than it is told of one by one: it gets what it looks at anew. */
  isBehind: boolean
  /** Who waits for the answer to the last look. */
  answer: ((list: StationList | PackedStations) => void) | undefined
  canUnpack: boolean
}

/** What came from a page, not looked at yet. */
interface Asked {
  look: unknown
  answer: unknown
  canUnpack: boolean
}

export interface PublicLiveDeps {
  /** Ids of at most `limit` stations in a box, those nearest to its middle. */
  stationsIn: (box: Box, limit: number) => readonly string[]
  /** A station as it is now. */
  viewOf: (station: string) => StationView | undefined
  /** Whether this address may ask once more; not more often than its share. */
  mayLook: (address: string) => Promise<boolean>
  nowMs: () => number
  log: Logger
}

/**
 * The finder's live side: each page is told of the stations it looks at, in one message for all that changed, written once
 * for all pages that see the same. A page that does not keep up is not sent more: what it missed is put together and sent
 * as it is when it reads again, so that a slow phone costs no memory and never shows what is over.
 */
export interface PublicLive {
  attach: (namespace: PublicNamespace) => void
  publish: (stations: readonly StationView[]) => void
  stop: () => void
}

export function createPublicLive({ stationsIn, viewOf, mayLook, nowMs, log }: PublicLiveDeps): PublicLive {
  const book = createLookBook<Viewer>()
  const waiting = new Set<Viewer>()
  let namespace: PublicNamespace | undefined
  let timer: NodeJS.Timeout | undefined
  let isSending = false
  let isStopped = false
  let sentAtMs = 0
  /** Changed stations of which it is not looked yet who sees them: thousands open in the same minute, each seen by many. */
  const published = createBacklog<StationView>(
    station => mark(station),
    error => log.error({ reason: errorText(error) }, 'finding out who sees a changed station failed'),
  )
  const texts = createStationTexts(KEPT_TEXTS)
  /** Thousands may come at once, when a mast is back: what changes goes out in between. */
  const toTellMuch = createTurns<Viewer>(viewer => tellMuch(viewer))

  const schedule = () => {
    if (isStopped || isSending || timer !== undefined || waiting.size === 0) return
    timer = setTimeout(send, Math.max(0, sentAtMs + SEND_EVERY_MS - nowMs()))
  }
  const listOf = (ids: Iterable<string>): StationList => {
    const stations: StationView[] = []
    for (const id of ids) {
      const view = viewOf(id)
      if (view !== undefined) stations.push(view)
    }
    return { at: new Date(nowMs()).toISOString(), stations }
  }
  const lookedAt = ({ box, stations }: Look): Set<string> => {
    const ids = new Set(stations)
    if (box !== null) for (const id of stationsIn(box, MAX_VIEW_FEATURES - ids.size)) ids.add(id)
    return ids
  }

  const mark = (station: Place) => {
    for (const viewer of book.viewersOf(station)) {
      waiting.add(viewer)
      if (viewer.isBehind) continue
      viewer.changed.add(station.id)
      if (viewer.changed.size <= MAX_VIEW_FEATURES) continue
      viewer.changed.clear()
      viewer.isBehind = true
    }
    schedule()
  }
  const send = () => {
    timer = undefined
    isSending = true
    sentAtMs = nowMs()
    inSlices(
      messages(),
      message => message(),
      () => isStopped,
    )
      .catch((error: unknown) => log.error({ reason: errorText(error) }, 'telling pages of changed stations failed'))
      .finally(() => {
        isSending = false
        schedule()
      })
  }
  /** What changed, as one piece of work for each distinct message. Who is to be told much goes to another queue. */
  const messages = (): (() => void)[] => {
    const alike = new Map<string, { ids: string[]; sockets: string[] }>()
    for (const viewer of waiting) {
      const { socket, answer, look } = viewer
      // Still busy with what was sent before: what it misses is kept as ids until it reads again.
      if (!socket.conn.transport.writable) continue
      waiting.delete(viewer)
      const isMuch = viewer.canUnpack && viewer.changed.size >= PACK_FROM_STATIONS
      if (look !== undefined && (answer !== undefined || viewer.isBehind || isMuch)) {
        toTellMuch.add(viewer)
        continue
      }
      if (viewer.changed.size > 0) {
        const ids = [...viewer.changed].sort()
        const key = ids.join(' ')
        const group = alike.get(key)
        if (group === undefined) alike.set(key, { ids, sockets: [socket.id] })
        else group.sockets.push(socket.id)
      }
      viewer.changed.clear()
    }
    return [...alike.values()].map(({ ids, sockets }) => () => {
      namespace?.to(sockets).emit('stations', listOf(ids))
    })
  }
  const tellMuch = (viewer: Viewer): void => {
    const { socket, look, answer } = viewer
    if (look === undefined || !socket.connected) return
    if (!socket.conn.transport.writable) {
      waiting.add(viewer)
      schedule()
      return
    }
    try {
      const list = listOf(answer !== undefined || viewer.isBehind ? lookedAt(look) : viewer.changed)
      viewer.answer = undefined
      viewer.isBehind = false
      viewer.changed.clear()
      const packed = viewer.canUnpack ? pack(list) : undefined
      if (answer !== undefined) answer(packed ?? list)
      else if (packed === undefined) socket.emit('stations', list)
      else socket.emit('stations_packed', packed)
    } catch (error) {
      log.error({ reason: errorText(error) }, 'telling a page of many stations failed')
    }
  }
  /** Undefined: too short to be worth it. */
  const pack = ({ at, stations }: StationList): Buffer<ArrayBuffer> | undefined => {
    const text = texts.listOf(at, stations)
    return text.length < PACK_FROM_BYTES ? undefined : gzipSync(text, PACKING)
  }

  const take = async (viewer: Viewer, asked: Asked): Promise<void> => {
    const { answer } = asked
    const look = tryParseLook(asked.look)
    if (look === undefined || !(await mayLook(viewer.address)) || !viewer.socket.connected) return
    viewer.look = look
    viewer.canUnpack = asked.canUnpack
    viewer.changed.clear()
    viewer.isBehind = false
    // A look replaces the one before, answered or not.
    viewer.answer = typeof answer === 'function' ? (answer as Viewer['answer']) : undefined
    book.look(viewer, look)
    if (viewer.answer === undefined) return
    waiting.add(viewer)
    schedule()
  }

  return {
    attach: attached => {
      namespace = attached
      attached.on('connection', socket => {
        const viewer: Viewer = {
          socket,
          address: callerAddress(socket.conn.request),
          look: undefined,
          changed: new Set(),
          isBehind: false,
          answer: undefined,
          canUnpack: false,
        }
        letGoOfRequest(socket)
        const hear = (asked: Asked) => {
          take(viewer, asked).catch((error: unknown) => log.warn({ reason: errorText(error) }, 'a look failed'))
        }
        socket.on('look', (look, answer) => hear({ look, answer, canUnpack: false }))
        socket.on('look_packed', (look, answer) => hear({ look, answer, canUnpack: true }))
        socket.on('disconnect', () => {
          book.forget(viewer)
          waiting.delete(viewer)
        })
      })
    },
    publish: stations => published.put(stations.map(station => [station.id, station])),
    stop: () => {
      isStopped = true
      clearTimeout(timer)
      timer = undefined
      waiting.clear()
      published.stop()
      toTellMuch.stop()
      namespace = undefined
    },
  }
}

/** Undefined: not what the protocol says; the page goes on looking at what it looked at. */
function tryParseLook(given: unknown): Look | undefined {
  const parsed = lookSchema.safeParse(given)
  if (!parsed.success) return undefined
  const { box, stations } = parsed.data
  return box !== null && cellsOf(box) === undefined ? undefined : { box, stations: [...new Set(stations)] }
}

/** The request that opened a connection is some 20 KB that nobody needs any more; Socket.IO's guide to memory says so too. */
function letGoOfRequest({ conn }: PublicSocket): void {
  Object.assign(conn, { request: undefined })
}
