import { type ConfigReported, type GatewayConfig, type TrustedKeys, encodeJson, errorText } from '@harbor/protocol'
import type { Clock, Log, Stopwatch } from '../log.ts'
import { type StoredConfig, readTrustedKeys, writeStoredConfig } from './config-files.ts'
import { MAX_STARTS, type TrialInput, restored, step } from './trial.ts'
import { verifyConfig } from './verify-config.ts'

/** How often a trial's time is written down, and an acknowledgement asked for; chosen: a kill costs at most this much of it. */
const TICK_MS = 10_000
/** One line a minute about configs that are refused for one reason. */
const LOG_INTERVAL_MS = 60_000
/** The report's own limit. */
const MAX_REASON_LENGTH = 500

export interface ConfigKeeperOptions {
  folder: string
  gateway: string
  /** How long a config has to reach the server and be acknowledged. */
  trialMs: number
  stored: StoredConfig
}

export interface ConfigKeeperDeps {
  /** Puts a config to work; rejects, with nothing changed, when it cannot be. */
  apply: (config: GatewayConfig) => Promise<void>
  /** This config holds: it has proven itself, or another one was given up for it. */
  holds: (config: GatewayConfig) => void
  /** Asks the server for an acknowledgement. */
  probe: () => void
  /** Publishes a report, retained; nothing while the link is down. */
  report: (payload: Uint8Array) => void
  clock: Clock
  stopwatch: Stopwatch
  log: Log
}

/** Takes configs from afar, puts them on trial, keeps or gives them up, and says what became of each. */
export interface ConfigKeeper {
  /** Goes on with a trial that a kill interrupted. */
  start: () => Promise<void>
  /** A config as it came. Of several that wait the newest counts. */
  take: (payload: Uint8Array) => void
  linkUp: () => void
  /** The server acknowledged something. */
  acknowledged: () => void
  /** Ends what is being done. A trial goes on with the next start. */
  stop: () => Promise<void>
}

export function createConfigKeeper(options: ConfigKeeperOptions, deps: ConfigKeeperDeps): ConfigKeeper {
  const { folder, gateway, trialMs, stored } = options
  const { log, stopwatch } = deps
  const limits = { trialMs, maxStarts: MAX_STARTS }
  let state = restored(stored.config, stored.record)
  let report: Omit<ConfigReported, 'atMs'> | undefined
  let waiting: Uint8Array | undefined
  /** An acknowledgement that comes now was asked for while the config on trial was at work. */
  let isProving = false
  let timer: NodeJS.Timeout | undefined
  let countedAtMs = 0
  let isStopped = false
  let complaint = { atMs: Number.NEGATIVE_INFINITY, reason: '' }
  let work = Promise.resolve()

  /** One thing after the other: what is written and what runs must not overtake each other. */
  const enqueue = (next: () => Promise<void>): Promise<void> => {
    work = work.then(async () => {
      if (isStopped) return
      try {
        await next()
      } catch (error) {
        log.error({ gateway, error: errorText(error) }, 'keeping the config failed')
      }
    })
    return work
  }

  const perform = async (input: TrialInput): Promise<void> => {
    const { state: next, effects } = step(state, input, limits)
    try {
      for (const write of effects.writes) await writeStoredConfig(folder, write)
    } catch (error) {
      log.error({ gateway, error: errorText(error), input: input.kind }, 'the config could not be written')
      if (input.kind === 'desired') {
        // What a kill would forget is not begun.
        return say({
          version: input.config.version,
          state: 'refused',
          reason: `writing it failed: ${errorText(error)}`,
        })
      }
      // Still on trial: the next acknowledgement tries again. A config that is given up is, whatever the disk says.
      if (input.kind === 'acknowledged') return
    }
    state = next
    if (effects.run !== undefined) await run(effects.run)
    if (effects.report !== undefined) {
      report = effects.report
      say(report)
    }
    if (state.trial === undefined) deps.holds(state.good)
    if (input.kind === 'acknowledged' && state.trial === undefined) {
      log.info({ gateway, version: state.good.version }, 'a config has proven itself')
    }
  }

  const run = async (config: GatewayConfig): Promise<void> => {
    isProving = false
    const { version } = config
    try {
      await deps.apply(config)
    } catch (error) {
      log.warn({ gateway, version, error: errorText(error) }, 'a config could not be put to work')
      await perform({ kind: 'unusable', reason: `it could not be put to work: ${errorText(error)}` })
      return
    }
    if (state.trial === undefined) {
      log.warn({ gateway, version, reason: state.failed?.reason }, 'rolled back to the config before')
      return
    }
    log.info({ gateway, version, trialMs, elapsedMs: state.trial.elapsedMs }, 'a config is on trial')
    isProving = true
    countedAtMs = stopwatch()
    deps.probe()
  }

  const say = (said: Omit<ConfigReported, 'atMs'>) => {
    const { reason, ...rest } = said
    const cut = reason === undefined ? {} : { reason: reason.slice(0, MAX_REASON_LENGTH) }
    deps.report(encodeJson({ ...rest, ...cut, atMs: Math.max(0, deps.clock()) } satisfies ConfigReported))
  }

  const watch = () => {
    clearTimeout(timer)
    timer = undefined
    if (isStopped || state.trial === undefined) return
    const leftMs = Math.max(0, trialMs - state.trial.elapsedMs)
    timer = setTimeout(
      () =>
        void enqueue(async () => {
          const nowMs = stopwatch()
          // Up to the whole millisecond: a timer may be a fraction early, and would then ask once more for nothing.
          await perform({ kind: 'elapsed', ms: Math.ceil(nowMs - countedAtMs) })
          countedAtMs = nowMs
          if (state.trial !== undefined) deps.probe()
        }).then(watch),
      Math.min(TICK_MS, leftMs),
    )
  }

  const judge = async () => {
    const payload = waiting
    waiting = undefined
    // Emptied: the broker keeps none.
    if (payload === undefined || payload.length === 0) return
    const verdict = await verifyConfig(payload, { keys: await trustedKeys(), gateway })
    if (verdict.kind === 'accepted') return perform({ kind: 'desired', config: verdict.config })
    const { version, reason } = verdict
    const nowMs = stopwatch()
    if (reason !== complaint.reason || nowMs - complaint.atMs >= LOG_INTERVAL_MS) {
      complaint = { atMs: nowMs, reason }
      log.warn({ gateway, version, reason }, 'a config was refused')
    }
    say({ version, state: 'refused', reason })
  }

  /** Those of the last config that has proven itself; before one names any, those of the claim. */
  const trustedKeys = async (): Promise<TrustedKeys | undefined> => {
    if (state.good.trustedKeys !== undefined) return state.good.trustedKeys
    try {
      return await readTrustedKeys(folder)
    } catch (error) {
      log.error({ gateway, error: errorText(error) }, 'no config can be verified')
      return undefined
    }
  }

  return {
    start: async () => {
      for (const note of stored.notes) log.warn({ gateway, note }, "the gateway's folder is damaged")
      await enqueue(() => perform({ kind: 'started' }))
      watch()
    },
    take: payload => {
      const isFirst = waiting === undefined
      waiting = payload
      if (isFirst) void enqueue(judge).then(watch)
    },
    linkUp: () => {
      if (report !== undefined) say(report)
      if (state.trial !== undefined) deps.probe()
    },
    acknowledged: () => {
      if (!isProving || state.trial === undefined) return
      isProving = false
      void enqueue(async () => {
        await perform({ kind: 'acknowledged' })
        // The disk refused: it goes on proving.
        isProving = state.trial !== undefined
      }).then(watch)
    },
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await work
    },
  }
}
