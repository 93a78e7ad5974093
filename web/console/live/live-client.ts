import {
  type AlertView,
  CHANGED_THINGS,
  type ChangedThing,
  type FeedbackView,
  type OverviewUpdate,
  type StaffEvents,
  type StaffRequests,
  type StationDetail,
  type WorkOrder,
  alertViewSchema,
  feedbackViewSchema,
  idSchema,
  latestReadingSchema,
  overviewUpdateSchema,
  workOrderSchema,
} from '@harbor/protocol'
import type { Socket } from 'socket.io-client'
import { z } from 'zod'

/** The state of the live connection, and since when it has been so (ms since 1970). */
export interface LiveStatus {
  state: 'connecting' | 'connected' | 'lost'
  sinceMs: number
}

/** New readings of the watched station. */
export interface ReadingsUpdate {
  station: string
  readings: StationDetail['readings']
}

export interface LiveListeners {
  onAlert: (alert: AlertView) => void
  onWorkOrder: (order: WorkOrder) => void
  onFeedback: (feedback: FeedbackView) => void
  /** Something of an order changed. */
  onNotice: () => void
  onReadings: (update: ReadingsUpdate) => void
  onChanged: (what: ChangedThing) => void
  /** Gateways, or a rollout, are another than before: whatever is shown of the fleet may be. */
  onFleet: () => void
  /** Of the region that is looked over. */
  onOverview: (update: OverviewUpdate) => void
  /** The connection is there, for the first time or again: whatever was fetched before it may lack events. */
  onConnected: () => void
  /** The server refused the connection: the session may be over. */
  onRefused: () => void
}

export interface LiveClient {
  start: () => void
  stop: () => void
  /** Asks for the readings of one station, in place of any before; null for none. Holds through reconnections. */
  watch: (station: string | null) => void
  /** Asks for the counts of one region, in place of any before; empty: all that one may see; null for none. Holds through reconnections. */
  lookOver: (region: string | null) => void
  status: () => LiveStatus
  /** Calls back on every change of the status; returns what ends it. */
  subscribe: (listener: () => void) => () => void
}

export type StaffSocket = Socket<StaffEvents, StaffRequests>

export interface LiveClientDeps {
  /** Makes the socket, not yet connected (`autoConnect: false`). */
  makeSocket: () => StaffSocket
  now: () => number
  listeners: LiveListeners
}

/** When the server itself ends or refuses a connection, socket.io does not try again; we do, this much later. */
const REFUSED_RETRY_MS = 3_000

const readingsUpdateSchema = z.object({ station: idSchema, readings: z.array(latestReadingSchema) })

/** The console's end of the staff's namespace. Nothing is connected before `start`; `stop` leaves nothing behind. */
export function createLiveClient({ makeSocket, now, listeners }: LiveClientDeps): LiveClient {
  let socket: StaffSocket | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let watched: string | null = null
  let lookedOver: string | null = null
  let status: LiveStatus = { state: 'connecting', sinceMs: now() }
  const subscribers = new Set<() => void>()

  const setState = (state: LiveStatus['state']) => {
    if (status.state === state) return
    status = { state, sinceMs: now() }
    for (const subscriber of subscribers) subscriber()
  }
  const retryLater = () => {
    clearTimeout(retry)
    retry = setTimeout(() => socket?.connect(), REFUSED_RETRY_MS)
  }

  return {
    start() {
      if (socket !== undefined) return
      const opened = makeSocket()
      socket = opened
      opened.on('connect', () => {
        setState('connected')
        if (watched !== null) opened.emit('watch', watched)
        if (lookedOver !== null) opened.emit('look_over', lookedOver)
        listeners.onConnected()
      })
      opened.on('disconnect', reason => {
        setState('lost')
        if (reason === 'io server disconnect') retryLater()
      })
      opened.on('connect_error', () => {
        setState('lost')
        // `active` is false when the server's namespace refused us rather than the network.
        if (opened.active) return
        listeners.onRefused()
        retryLater()
      })
      opened.on('alert', payload => {
        const alert = alertViewSchema.safeParse(payload)
        if (alert.success) listeners.onAlert(alert.data)
        else listeners.onConnected() // An event that this page is too old to read: fetch instead.
      })
      opened.on('work_order', payload => {
        const order = workOrderSchema.safeParse(payload)
        if (order.success) listeners.onWorkOrder(order.data)
        else listeners.onConnected()
      })
      opened.on('feedback', payload => {
        const feedback = feedbackViewSchema.safeParse(payload)
        if (feedback.success) listeners.onFeedback(feedback.data)
        else listeners.onConnected()
      })
      opened.on('changed', payload => {
        const what = CHANGED_THINGS.find(one => one === payload)
        // A page that is too old to know of it shows none of it.
        if (what !== undefined) listeners.onChanged(what)
      })
      opened.on('notice', () => listeners.onNotice())
      opened.on('twin', () => listeners.onFleet())
      opened.on('rollout', () => listeners.onFleet())
      opened.on('readings', payload => {
        const update = readingsUpdateSchema.safeParse(payload)
        if (update.success && update.data.station === watched) listeners.onReadings(update.data)
      })
      opened.on('overview', payload => {
        const update = overviewUpdateSchema.safeParse(payload)
        // What was on its way for the region before is no longer wanted.
        if (update.success && (update.data.region ?? '') === lookedOver) listeners.onOverview(update.data)
      })
      opened.connect()
    },
    stop() {
      clearTimeout(retry)
      socket?.removeAllListeners()
      socket?.disconnect()
      socket = undefined
      subscribers.clear()
    },
    watch(station) {
      watched = station
      if (socket?.connected === true) socket.emit('watch', station)
    },
    lookOver(region) {
      lookedOver = region
      if (socket?.connected === true) socket.emit('look_over', region)
    },
    status: () => status,
    subscribe(listener) {
      subscribers.add(listener)
      return () => subscribers.delete(listener)
    },
  }
}
