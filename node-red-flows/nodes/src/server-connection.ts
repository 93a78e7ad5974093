import { clientConfigSchema } from '@harbor/protocol'
import type { z } from 'zod'
import type { ConnectionSettings } from './connection-settings.ts'
import { NodeError, isNodeError } from './errors.ts'
import { type BellState, type EventBell, createEventBell } from './event-bell.ts'
import { type RequestOutcome, type ServerClient, type ServerRequest, createServerClient } from './server-client.ts'

/** As nodes show it. `bell`: whether events are rung for; its text says why not. */
export type ConnectionState =
  | { kind: 'off'; missing: string }
  | { kind: 'connecting' }
  | { kind: 'connected'; bell: 'on' | string }
  | { kind: 'error'; reason: string }

/** While the server does not answer it is asked again so often (chosen). */
const PROBE_MS = 3_000
/** How long `stop` waits for nodes that are still finishing. */
const RELEASE_LIMIT_MS = 2_000

export interface ServerConnection extends ServerClient {
  /** Calls `listener` now and with every change; gives what ends it. */
  onState: (listener: (state: ConnectionState) => void) => () => void
  /** Calls `listener` when an event went out; gives what ends it. */
  onRing: (listener: (seq: number | undefined) => void) => () => void
  /** Keeps requests possible until what it gives is called, also while the connection is being stopped. */
  hold: () => () => void
  start: () => Promise<void>
  stop: () => Promise<void>
}

/** One server and its broker, shared by all nodes that name it. */
export function createServerConnection(readSettings: () => Promise<ConnectionSettings>): ServerConnection {
  const stateListeners = new Set<(state: ConnectionState) => void>()
  const ringListeners = new Set<(seq: number | undefined) => void>()
  const holders = new Set<object>()
  const ending = new AbortController()
  let client: ServerClient | undefined
  let bell: EventBell | undefined
  let probe: NodeJS.Timeout | undefined
  let server: Exclude<ConnectionState, { kind: 'connected' }> | { kind: 'answers' } = { kind: 'connecting' }
  let bellText = 'connecting'
  let settingsProblem: NodeError | undefined
  let shown = ''
  let onReleased: (() => void) | undefined
  let starting: Promise<void> | undefined

  const state = (): ConnectionState => (server.kind === 'answers' ? { kind: 'connected', bell: bellText } : server)
  const tellState = () => {
    const now = state()
    if (JSON.stringify(now) === shown) return
    shown = JSON.stringify(now)
    for (const listener of stateListeners) listener(now)
  }

  function onOutcome(outcome: RequestOutcome): void {
    const reason = outcome.ok ? undefined : faultOf(outcome.error)
    server = reason === undefined ? { kind: 'answers' } : { kind: 'error', reason }
    clearTimeout(probe)
    if (reason !== undefined && !ending.signal.aborted) probe = setTimeout(ask, PROBE_MS)
    tellState()
  }
  /** Its outcome is what it is for; the fault itself is shown by `onOutcome`. */
  const ask = () => {
    client
      ?.ask({ method: 'GET', path: '/api/v1/client-config', answer: clientConfigSchema })
      .catch((error: unknown) => {
        if (!(error instanceof NodeError)) throw error
      })
  }
  function onBellState(now: BellState): void {
    bellText = now.kind === 'connected' ? 'on' : now.kind === 'error' ? now.reason : 'connecting'
    tellState()
  }

  async function start(): Promise<void> {
    try {
      const settings = await readSettings()
      if (ending.signal.aborted) return
      client = createServerClient(settings, { onOutcome, signal: ending.signal })
      if ('off' in settings.bell) bellText = settings.bell.off
      else {
        bell = createEventBell(settings.bell, {
          onRing: seq => {
            for (const listener of ringListeners) listener(seq)
          },
          onState: onBellState,
        })
        bell.start()
      }
      ask()
    } catch (error) {
      if (!(error instanceof NodeError)) throw error
      settingsProblem = error
      server = isNodeError(error, 'NODE_NOT_SET')
        ? { kind: 'off', missing: error.message.replace(/ not set$/, '') }
        : { kind: 'error', reason: error.message }
      tellState()
    }
  }

  async function stop(): Promise<void> {
    await starting
    clearTimeout(probe)
    await bell?.stop()
    if (holders.size > 0) await new Promise<void>(resolve => waitForRelease(resolve))
    ending.abort()
    clearTimeout(probe)
    stateListeners.clear()
    ringListeners.clear()
  }
  function waitForRelease(resolve: () => void): void {
    const limit = setTimeout(resolve, RELEASE_LIMIT_MS)
    onReleased = () => {
      clearTimeout(limit)
      resolve()
    }
  }

  const opened = async (): Promise<ServerClient> => {
    await starting
    if (client !== undefined && !ending.signal.aborted) return client
    throw settingsProblem ?? new NodeError('NODE_NOT_SET', 'the connection to the server is closed')
  }
  let stopping: Promise<void> | undefined

  return {
    ask: async <Schema extends z.ZodType>(request: ServerRequest<Schema>) => (await opened()).ask(request),
    tell: async request => (await opened()).tell(request),
    onState(listener) {
      stateListeners.add(listener)
      listener(state())
      return () => stateListeners.delete(listener)
    },
    onRing(listener) {
      ringListeners.add(listener)
      return () => ringListeners.delete(listener)
    },
    hold() {
      const holder = {}
      holders.add(holder)
      return () => {
        holders.delete(holder)
        if (holders.size === 0) onReleased?.()
      }
    },
    start: () => (starting ??= start()),
    stop: () => (stopping ??= stop()),
  }
}

/** Why the connection does not work; undefined for a refusal of this one request, which says that it does. */
function faultOf(error: NodeError): string | undefined {
  if (error.code === 'NODE_SERVER_REFUSED') {
    return error.context['status'] === 401 ? 'the server does not take the token' : undefined
  }
  if (error.code === 'NODE_SERVER_FAILED') return `the server answers ${String(error.context['status'])}`
  return error.code === 'NODE_SERVER_UNREACHABLE' ? 'the server does not answer' : error.message
}
