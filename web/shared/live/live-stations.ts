import type { Look, PUBLIC_NAMESPACE, PublicEvents, PublicRequests, StationList } from '@harbor/protocol'
import { type Socket, io } from 'socket.io-client'

/** Named here so that protocol's run-time code is not sent to phones; the type ties it to protocol's value. */
const NAMESPACE: typeof PUBLIC_NAMESPACE = '/public'

/** Reconnecting: soon at first, then so that a city's phones do not all come at once when a mast is back. */
const RECONNECT_FIRST_MS = 1_000
const RECONNECT_SLOWEST_MS = 15_000
/** A `look` without an answer by then is asked again. */
const LOOK_TIMEOUT_MS = 10_000

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
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  let looks = 0
  const onDown = () => {
    handlers.down()
    // Where the server itself refused or ended the connection, the client does not try again by itself.
    clearTimeout(timer)
    if (!socket.active) timer = setTimeout(() => socket.connect(), RECONNECT_SLOWEST_MS)
  }
  const look: LiveLink['look'] = (wanted, answered) => {
    const number = (looks += 1)
    if (!socket.connected) return
    const ask = () => {
      socket.timeout(LOOK_TIMEOUT_MS).emit('look', wanted, (error, list) => {
        // An older look's answer speaks for stations that are no longer looked at.
        if (number !== looks) return
        if (error === null) answered(list)
        else if (socket.connected) ask()
      })
    }
    ask()
  }
  socket.on('connect', handlers.up)
  socket.on('disconnect', onDown)
  socket.on('connect_error', onDown)
  socket.on('stations', handlers.stations)
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
