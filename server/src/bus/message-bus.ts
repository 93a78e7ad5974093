/** A message as it arrived. */
export interface BusMessage {
  topic: string
  payload: Uint8Array
  /** True when the broker had kept it and it was not sent just now. */
  isRetained: boolean
}

/**
 * Takes one message. While the returned promise is open the bus delivers nothing more of its kind (streams, or all else): that is how a slow
 * consumer slows the sender instead of filling memory. So a handler never waits for a `publish` on the same bus, whose
 * answer would come behind what it holds back. A rejection means "not taken": the broker keeps the message for the next
 * connection.
 */
export type BusHandler = (message: BusMessage) => void | Promise<void>

/** The server's way to the MQTT broker, named for the need: publish and subscribe with QoS 1. */
export interface MessageBus {
  /** Begins to connect and keeps trying; resolves without waiting for the broker. Subscribe before. */
  start(): Promise<void>
  /** Sends what was published, for a short while, then disconnects. May be called twice. */
  stop(): Promise<void>
  /**
   * Resolves when the broker has taken the message. Published while disconnected it is sent after the reconnection.
   *
   * @throws HarborError BUS_FULL when too many wait for the broker, BUS_STOPPED.
   */
  publish(topic: string, payload: Uint8Array, options?: { retain?: boolean }): Promise<void>
  /**
   * Messages of `filter` to `handler`, now and after every reconnection; the broker keeps them while this process is
   * down. With several fitting filters the first subscribed has the message.
   *
   * `isStream`: what their senders keep and send again until this server itself says that it has it. The broker keeps none of it,
   * and its flow is held back apart from that of all other messages.
   */
  subscribe(filter: string, handler: BusHandler, options?: { isStream?: boolean }): void
  /** Calls `listener` after each connection, once all subscriptions stand. */
  onConnect(listener: () => void): void
  isConnected(): boolean
}

/** What a bus throws. FULL: the broker is slow or away and the queue is at its limit; try later. */
export type BusErrorCode = 'BUS_FULL' | 'BUS_STOPPED'
