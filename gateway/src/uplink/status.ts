import { type GatewayStatus, encodeJson } from '@harbor/protocol'

/** The status is said this often, */
export const STATUS_INTERVAL_MS = 60_000
/** and this long after something in it changed that should not wait: many changes make one message. */
export const STATUS_DEBOUNCE_MS = 1_000

/** Says the gateway's status regularly and soon after a change. */
export interface StatusTeller {
  /** Says it now, and from now on regularly. */
  start: () => void
  changed: () => void
  stop: () => void
}

/** What the broker says for a gateway that is gone. */
export function lastWill(): Uint8Array {
  return encodeJson({ online: false } satisfies GatewayStatus)
}

export function createStatusTeller(status: () => GatewayStatus, publish: (payload: Uint8Array) => void): StatusTeller {
  let interval: NodeJS.Timeout | undefined
  let debounce: NodeJS.Timeout | undefined

  const say = () => {
    clearTimeout(debounce)
    debounce = undefined
    publish(encodeJson(status()))
  }
  const stop = () => {
    clearInterval(interval)
    clearTimeout(debounce)
    interval = undefined
    debounce = undefined
  }
  return {
    start: () => {
      stop()
      interval = setInterval(say, STATUS_INTERVAL_MS)
      say()
    },
    changed: () => {
      if (interval !== undefined) debounce ??= setTimeout(say, STATUS_DEBOUNCE_MS)
    },
    stop,
  }
}
