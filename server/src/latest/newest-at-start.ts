import { type Reading, errorText, hasCode } from '@harbor/protocol'
import type { Logger } from 'pino'
import { type Backoff, backoffMs, pause } from '../telemetry/backoff.ts'
import type { TelemetryStore } from '../telemetry/telemetry-store.ts'

export interface NewestAtStartSettings {
  /** So long the start waits for the newest readings, in ms; what comes later comes by `onLater`. */
  patienceMs: number
  retry: Backoff
}

export const NEWEST_AT_START: NewestAtStartSettings = {
  // Chosen: longer than a store that is well takes for a country, shorter than whoever starts the server waits before wondering.
  patienceMs: 15_000,
  retry: { firstMs: 1_000, maxMs: 60_000 },
}

export interface NewestAtStartDeps {
  store: Pick<TelemetryStore, 'newest'>
  /** The newest readings, when the start did not wait for them. Readings that were taken since may be newer. */
  onLater: (readings: readonly Reading[]) => void
  /** In [0, 1). */
  random: () => number
  log: Logger
}

/** What was known before the start, and a start that does not hang on a store that is away. */
export interface NewestAtStart {
  /** Empty when the store cannot say in time: then it is asked again until it does. @throws what is not just the store being away. */
  read: () => Promise<readonly Reading[]>
  /** May be called twice. */
  stop: () => void
}

export function createNewestAtStart(settings: NewestAtStartSettings, deps: NewestAtStartDeps): NewestAtStart {
  const { store, onLater, random, log } = deps
  const stopping = new AbortController()

  /** Asks until the store answers; undefined when stopped. */
  async function readUntilThere(): Promise<readonly Reading[] | undefined> {
    for (let attempt = 1; !stopping.signal.aborted; attempt += 1) {
      try {
        return await store.newest()
      } catch (error) {
        if (stopping.signal.aborted) return undefined
        if (!hasCode(error, 'TELEMETRY_STORE_UNAVAILABLE')) throw error
        const waitMs = backoffMs(settings.retry, attempt, random)
        log.warn(
          { reason: errorText(error), attempt, waitMs },
          'the store does not say what was newest before the start',
        )
        await pause(waitMs, stopping.signal)
      }
    }
    return undefined
  }

  return {
    async read() {
      const reading = readUntilThere()
      const patience = new AbortController()
      const inTime = await Promise.race([
        reading,
        pause(settings.patienceMs, AbortSignal.any([patience.signal, stopping.signal])).then(() => 'late' as const),
      ]).finally(() => patience.abort())
      if (inTime !== 'late') return inTime ?? []
      log.error(
        'the start goes on without the newest readings; stations show what they say from now on until the store answers',
      )
      reading.then(
        found => {
          if (found === undefined || stopping.signal.aborted) return
          log.info({ readings: found.length }, 'the newest readings of before the start are known now')
          onLater(found)
        },
        (error: unknown) =>
          log.error({ reason: errorText(error) }, 'the newest readings of before the start stay unknown'),
      )
      return []
    },
    stop: () => stopping.abort(),
  }
}
