import { cloudEventSchema, decodeJson, errorText, filters } from '@harbor/protocol'
import mqtt, { type MqttClient } from 'mqtt'

/** The account of every Node-RED at the broker; it may read events and nothing else. */
const ACCOUNT = 'node-red'
/** Between two tries to connect (chosen: soon enough to be unnoticed, as the feed is read every half minute anyway). */
const RECONNECT_MS = 3_000

export type BellState = { kind: 'connecting' } | { kind: 'connected' } | { kind: 'error'; reason: string }

export interface EventBell {
  start: () => void
  stop: () => Promise<void>
}

export interface EventBellDeps {
  /** An event went out: its place in the feed, where it said so. */
  onRing: (seq: number | undefined) => void
  onState: (state: BellState) => void
}

/**
 * The one owner of MQTT: says that there is something new in the feed. What it carries is not believed and may be lost, doubled or
 * late; so it keeps no session at the broker, which would only fill a queue there.
 */
export function createEventBell(
  { url, secret }: { url: string; secret: string },
  { onRing, onState }: EventBellDeps,
): EventBell {
  let client: MqttClient | undefined

  async function subscribe(opened: MqttClient): Promise<void> {
    try {
      await opened.subscribeAsync(filters.events(), { qos: 1 })
      // What went out before this moment is in the feed.
      onRing(undefined)
      onState({ kind: 'connected' })
    } catch (error) {
      if (opened.connected)
        onState({ kind: 'error', reason: `the broker refused the subscription: ${errorText(error)}` })
    }
  }

  return {
    start() {
      onState({ kind: 'connecting' })
      const opened = mqtt.connect(url, {
        username: ACCOUNT,
        password: secret,
        clean: true,
        protocolVersion: 4,
        reconnectPeriod: RECONNECT_MS,
        reconnectOnConnackError: true,
        resubscribe: false,
      })
      client = opened
      opened.on('connect', () => void subscribe(opened))
      opened.on('message', (_topic, payload) => onRing(seqOf(payload)))
      opened.on('offline', () => onState({ kind: 'error', reason: 'the broker does not answer' }))
      // A refusal names its reason; it never holds the password.
      opened.on('error', error => onState({ kind: 'error', reason: errorText(error) }))
    },
    async stop() {
      const opened = client
      client = undefined
      await opened?.endAsync(true)
    },
  }
}

/** Undefined for anything that has none, or is no event: the feed is then simply asked. */
function seqOf(payload: Uint8Array): number | undefined {
  try {
    const { sequence } = decodeJson(cloudEventSchema, payload)
    return sequence === undefined ? undefined : Number(sequence)
  } catch {
    return undefined
  }
}
