import type {
  Look,
  PUBLIC_NAMESPACE,
  PackedStations,
  PublicEvents,
  PublicRequests,
  StationList,
} from '@harbor/protocol'
import { type Socket, io } from 'socket.io-client'

/** Named here so that protocol's run-time code is not sent to phones; the type ties it to protocol's value. */
const NAMESPACE: typeof PUBLIC_NAMESPACE = '/public'

/** Reconnecting: soon at first, then so that a city's phones do not all come at once when a mast is back. */
const RECONNECT_FIRST_MS = 2_000
const RECONNECT_SLOWEST_MS = 15_000
/** Each wait is anything from nothing to twice as long: ten thousand phones come back over seconds and not at one instant. */
const RECONNECT_SPREAD = 1
/** A `look` without an answer by then is asked again. */
const LOOK_TIMEOUT_MS = 10_000

type Told = StationList | PackedStations

const isPacked = (told: Told): told is PackedStations => told instanceof ArrayBuffer || told instanceof Uint8Array

/** Not checked: whoever uses the list does that, as with one that came unpacked. */
async function unpack(bytes: PackedStations): Promise<StationList> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return (await new Response(stream).json()) as StationList
}

/** What a live connection tells. */
export interface LiveHandlers {
  /** Connected, for the first time or again: whatever happened in between was missed. */
  up: () => void
  down: () => void
  /** Anything at all was heard, a keep-alive too (the server sends one every 25 s). */
  heard: () => void
  stations: (list: StationList) => void
}

export interface LiveLink {
  /**
   * Tells the server what is on the screen, in place of what was before. `answered` gets the stations looked at as they
   * are now; it is not called when the connection goes before.
   */
  look: (look: Look, answered: (list: StationList) => void) => void
  /** Connects now instead of at the next try: the phone woke or is online again. */
  hurry: () => void
  close: () => void
}

/** Opens the public live connection; it reconnects by itself until it is closed. */
export type ConnectLive = (handlers: LiveHandlers) => LiveLink

export const connectLive: ConnectLive = handlers => {
  const socket: Socket<PublicEvents, PublicRequests> = io(NAMESPACE, {
    // WebSocket at once saves a round trip or two; long polling serves where a proxy forbids it.
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnectionDelay: RECONNECT_FIRST_MS,
    reconnectionDelayMax: RECONNECT_SLOWEST_MS,
    randomizationFactor: RECONNECT_SPREAD,
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  let looks = 0
  let canUnpack = typeof DecompressionStream === 'function'
  const onDown = () => {
    handlers.down()
    // Where the server itself refused or ended the connection, the client does not try again by itself.
    clearTimeout(timer)
    if (!socket.active) timer = setTimeout(() => socket.connect(), RECONNECT_SLOWEST_MS * (0.5 + Math.random()))
  }
  /** What came is handed on in the order in which it came, unpacked or not: an older list would undo a newer one. */
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = (told: Told, use: (list: StationList) => void) => {
    const list = turn.then(() => (isPacked(told) ? unpack(told).catch(onBroken) : told))
    turn = list
    void list.then(read => read !== undefined && use(read))
  }
  let askAgain = () => {}
  /** Bytes that are no list, from a proxy that changes what it passes on: from now on nothing packed is asked for. */
  const onBroken = () => {
    canUnpack = false
    askAgain()
    return undefined
  }
  const look: LiveLink['look'] = (wanted, answered) => {
    const number = (looks += 1)
    if (!socket.connected) return
    const ask = () => {
      const hear = (error: Error | null, told: Told) => {
        // An older look's answer speaks for stations that are no longer looked at.
        if (number !== looks) return
        if (error === null) inTurn(told, list => number === looks && answered(list))
        else if (socket.connected) ask()
      }
      socket.timeout(LOOK_TIMEOUT_MS).emit(canUnpack ? 'look_packed' : 'look', wanted, hear)
    }
    askAgain = ask
    ask()
  }
  socket.on('connect', handlers.up)
  socket.on('disconnect', onDown)
  socket.on('connect_error', onDown)
  socket.on('stations', list => inTurn(list, handlers.stations))
  socket.on('stations_packed', bytes => inTurn(bytes, handlers.stations))
  socket.io.on('ping', handlers.heard)
  return {
    look,
    hurry() {
      if (!socket.connected) socket.connect()
    },
    close() {
      clearTimeout(timer)
      socket.io.off('ping', handlers.heard)
      socket.off()
      socket.disconnect()
    },
  }
}
