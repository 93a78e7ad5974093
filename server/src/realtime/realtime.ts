import type { Server as HttpServer } from 'node:http'
import {
  type AlertView,
  type ChangedThing,
  type FeedbackView,
  PUBLIC_NAMESPACE,
  STAFF_NAMESPACE,
  type StaffEvents,
  type StaffRequests,
  type StationDetail,
  type StationView,
  type WorkOrder,
  districtOfRegion,
  errorText,
  hasCode,
  idSchema,
} from '@harbor/protocol'
import type { Logger } from 'pino'
import { type Namespace, Server, type ServerOptions, type Socket } from 'socket.io'
import type { Box } from '../finder/places.ts'
import type { PublicLimits } from '../finder/public-limits.ts'
import { callerAddress } from '../http/caller-address.ts'
import { isSameOrigin } from '../http/same-origin.ts'
import { sessionToken } from '../http/session-cookie.ts'
import { type Limits, type StationPlace, maySeeStation } from '../people/scope.ts'
import type { Session, Sessions } from '../people/sessions.ts'
import { CONNECTION_DEFAULTS, type ConnectionShare, createConnectionLimits } from './connection-limits.ts'
import { type Overlooker, type OverviewLiveDeps, createOverviewLive } from './overview-live.ts'
import { type PublicNamespace, createPublicLive } from './public-live.ts'

/** The longest that a socket may send is a look with fifty ids. */
const MAX_MESSAGE_BYTES = 16 * 1024
/** How often readings of a watched station are sent at most. */
const READINGS_EVERY_MS = 1_000
/** How often it is looked whether the sessions of connected staff still stand. */
const SESSION_CHECK_EVERY_MS = 60_000
const WHOLE_CITY = 'city'

/** What `watch` may carry: a station's id, or null to stop. */
const watchSchema = idSchema.nullable()

type NoEvents = Record<never, never>
/** Who is behind a staff socket, and the station that it watches. */
type StaffData = Session & { watching?: string | undefined }
type StaffNamespace = Namespace<StaffRequests, StaffEvents, NoEvents, StaffData>
type StaffSocket = Socket<StaffRequests, StaffEvents, NoEvents, StaffData>
type LatestReadings = StationDetail['readings']

/** The live side of the API: protocol/src/api.ts says what is sent. */
export interface Realtime {
  /** Listens for sockets on the HTTP server. */
  start: (server: HttpServer) => void
  /** Disconnects everybody. */
  stop: () => Promise<void>
  /** Stations that changed, whole: told to the pages that look at them. */
  publishStations: (stations: readonly StationView[]) => void
  /** Tells what happened at a station to all who may see that station, and to nobody else. */
  publishToRegion: <Event extends keyof StaffEvents>(
    event: Event,
    payload: Parameters<StaffEvents[Event]>[0],
    at: { station: string; district: string },
  ) => void
  publishAlert: (alert: AlertView) => void
  publishFeedback: (feedback: FeedbackView) => void
  publishWorkOrder: (order: WorkOrder) => void
  /** Something of these districts changed; no district: of all of them. */
  publishChanged: (what: ChangedThing, districts: readonly string[]) => void
  /** Whether a page looks at this station's readings. */
  isWatched: (station: string) => boolean
  /** Readings of a station, just stored; those of a station that nobody watches are dropped. */
  publishReadings: (station: string, readings: LatestReadings) => void
}

export interface RealtimeDeps {
  sessions: Sessions
  /** Where a station is, or undefined when there is none of this id. */
  placeOf: (station: string) => StationPlace | undefined
  /** The newest values of a station, sent once when it is first watched. */
  readingsOf: (station: string) => LatestReadings
  /** Ids of at most `limit` stations in a box, those nearest to its middle. */
  stationsIn: (box: Box, limit: number) => readonly string[]
  /** A station as it is now. */
  viewOf: (station: string) => StationView | undefined
  /** The stations of a region at one look. @throws ApiProblem `not_found`. */
  overviewOf: OverviewLiveDeps['updateOf']
  limits: PublicLimits
  /** Other servers whose pages are told the same; absent: there is none. */
  adapter?: NonNullable<ServerOptions['adapter']> | undefined
  /** How many may be connected; default CONNECTION_DEFAULTS. */
  connections?: ConnectionShare
  nowMs: () => number
  log: Logger
}

export function createRealtime(deps: RealtimeDeps): Realtime {
  const { sessions, placeOf, readingsOf, stationsIn, viewOf, limits, nowMs, log } = deps
  const connections = createConnectionLimits(deps.connections ?? CONNECTION_DEFAULTS)
  const mayLook = async (address: string): Promise<boolean> => {
    try {
      await limits.take(address, 1)
      return true
    } catch (error) {
      if (hasCode(error, 'too_many_requests')) return false
      throw error
    }
  }
  const publicLive = createPublicLive({
    stationsIn,
    viewOf,
    mayLook,
    nowMs,
    log,
  })
  const overviewLive = createOverviewLive({ updateOf: deps.overviewOf, nowMs, log })
  let io: Server | undefined
  let staff: StaffNamespace | undefined
  let stopListening = () => {}
  let sessionCheck: NodeJS.Timeout | undefined
  let flush: NodeJS.Timeout | undefined
  /** By station, by device and metric: what is sent at the next flush. Bounded by what is watched. */
  const pending = new Map<string, Map<string, LatestReadings[number]>>()

  const watch = async (socket: StaffSocket, asked: unknown): Promise<void> => {
    const parsed = watchSchema.safeParse(asked)
    if (!parsed.success) return // not what the protocol says: the socket goes on watching what it watched
    const station = parsed.data
    const place = station === null ? undefined : placeOf(station)
    // A station out of their scope looks like one that does not exist.
    const isShown = place !== undefined && maySeeStation(socket.data.person, place)
    const before = socket.data.watching
    // Set before anything is awaited, so that two requests at once leave one watch.
    socket.data.watching = isShown ? (station ?? undefined) : undefined
    if (before !== undefined) await socket.leave(stationRoom(before))
    if (!isShown || station === null || socket.data.watching !== station) return
    await socket.join(stationRoom(station))
    socket.emit('readings', { station, readings: readingsOf(station) })
  }

  const admit = async (socket: StaffSocket): Promise<void> => {
    const token = sessionToken(socket.handshake.headers.cookie)
    const session = token === undefined ? undefined : await sessions.use(token)
    if (session === undefined) throw new Error('not_signed_in')
    Object.assign(socket.data, session)
    await socket.join([sessionRoom(session.id), ...roomsOf(session.person)])
  }

  const publishToRegion: Realtime['publishToRegion'] = (event, payload, { station, district }) => {
    const { street } = placeOf(station) ?? {}
    staff
      ?.to([WHOLE_CITY, districtRoom(district), ...(street === undefined ? [] : [streetRoom(street)])])
      // The event and what it carries belong together, which the types of socket.io cannot follow through a variable.
      .emit(event, ...([payload] as unknown as Parameters<StaffEvents[typeof event]>))
  }

  const endLapsedSessions = async (): Promise<void> => {
    const ids = new Set([...(staff?.sockets.values() ?? [])].map(socket => socket.data.id as string))
    for (const id of ids) if (!(await sessions.stands(id))) staff?.in(sessionRoom(id)).disconnectSockets(true)
  }

  const sendReadings = () => {
    flush = undefined
    for (const [station, byMetric] of pending)
      // Other servers hear of the same readings and tell their own pages.
      staff?.local.to(stationRoom(station)).emit('readings', { station, readings: [...byMetric.values()] })
    pending.clear()
  }

  const isWatched = (station: string): boolean => staff?.adapter.rooms.has(stationRoom(station)) === true

  return {
    start: server => {
      io = new Server(server, {
        serveClient: false,
        ...(deps.adapter !== undefined && { adapter: deps.adapter }),
        maxHttpBufferSize: MAX_MESSAGE_BYTES,
        // A page of another site may open a web socket to us; the browser then says where it comes from.
        allowRequest: (request, callback) =>
          callback(null, isSameOrigin(request.headers) && connections.mayConnect(callerAddress(request))),
        // Its buffers stay with each connection that ever sent or got something: 70 KB. What is long is packed by ourselves;
        // without it one frame is written for all who are told the same.
        perMessageDeflate: false,
      })
      io.engine.on('connection', (connection: Socket['conn']) => {
        const address = callerAddress(connection.request)
        connections.connected(address)
        connection.once('close', () => connections.disconnected(address))
      })
      publicLive.attach(io.of(PUBLIC_NAMESPACE) as PublicNamespace)
      staff = io.of(STAFF_NAMESPACE) as StaffNamespace
      staff.use((socket, next) => {
        admit(socket).then(
          () => next(),
          (error: unknown) => next(new Error(errorText(error) === 'not_signed_in' ? 'not_signed_in' : 'unavailable')),
        )
      })
      staff.on('connection', socket => {
        socket.on('watch', station => {
          watch(socket, station).catch((error: unknown) => log.warn({ reason: errorText(error) }, 'watching failed'))
        })
        const overlooker: Overlooker = {
          person: socket.data.person,
          emit: update => socket.emit('overview', update),
        }
        socket.on('look_over', region => {
          overviewLive
            .look(overlooker, region)
            .catch((error: unknown) => log.warn({ reason: errorText(error) }, 'looking over a region failed'))
        })
        socket.on('disconnect', () => overviewLive.forget(overlooker))
      })
      stopListening = sessions.onEnded(id => staff?.in(sessionRoom(id)).disconnectSockets(true))
      sessionCheck = setInterval(() => {
        endLapsedSessions().catch((error: unknown) =>
          log.warn({ reason: errorText(error) }, 'checking the sessions of open sockets failed'),
        )
      }, SESSION_CHECK_EVERY_MS)
    },
    stop: async () => {
      stopListening()
      clearInterval(sessionCheck)
      clearTimeout(flush)
      pending.clear()
      const closing = io
      io = undefined
      publicLive.stop()
      overviewLive.stop()
      staff = undefined
      await closing?.close()
    },
    publishStations: publicLive.publish,
    publishToRegion,
    publishAlert: alert => publishToRegion('alert', alert, alert),
    publishFeedback: feedback => publishToRegion('feedback', feedback, feedback),
    publishWorkOrder: order => publishToRegion('work_order', order, order),
    publishChanged: (what, districts) => {
      if (districts.length === 0) return void staff?.emit('changed', what)
      // It says of what kind, and nothing else: who is limited to streets hears of all that changed in their districts.
      staff
        ?.to([WHOLE_CITY, ...new Set(districts.flatMap(district => [districtRoom(district), streetsRoom(district)]))])
        .emit('changed', what)
    },
    isWatched,
    publishReadings: (station, readings) => {
      if (!isWatched(station)) return
      const byMetric = pending.get(station) ?? new Map<string, LatestReadings[number]>()
      for (const reading of readings) byMetric.set(`${reading.device}/${reading.metric}`, reading)
      pending.set(station, byMetric)
      flush ??= setTimeout(sendReadings, READINGS_EVERY_MS)
    },
  }
}

const stationRoom = (station: string) => `station:${station}`
const districtRoom = (district: string) => `district:${district}`
/** All who are limited to streets of a district. */
const streetsRoom = (district: string) => `streets:${district}`
const streetRoom = (street: string) => `street:${street}`
const sessionRoom = (session: string) => `session:${session}`

/** Each person is in the rooms of one level alone: what happens at a station goes to one room of each level, or to that of all a district's streets. */
function roomsOf({ districts, streets }: Limits): string[] {
  if (streets !== undefined)
    return [...streets.map(streetRoom), ...new Set(streets.map(street => streetsRoom(districtOfRegion(street))))]
  return districts.length === 0 ? [WHOLE_CITY] : districts.map(districtRoom)
}
