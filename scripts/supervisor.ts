import { type WriteStream, createWriteStream, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Listener, type ProcessSpec, type Running, startProcess, stopProcess } from './child-process.ts'

/** A log file grows to this size, then is kept once as `.1`: at most twice this much for each process. */
const MAX_LOG_BYTES = 20 * 1024 * 1024
/** A process that fell is started again after this long, doubling to the limit; ten calm minutes start over. */
const RESTART_DELAY_MS = { first: 500, limit: 30_000 }
const CALM_MS = 10 * 60_000
/** Each process gives itself 3.5 s to stop; a little more, then it is killed: Ctrl-C is over within 5 s. */
const STOP_LIMIT_MS = 4_000

/** A process to keep running. */
export interface KeptProcess extends ProcessSpec {
  /** Settings that a restart adds, from the first start's listeners: who asked for any free port keeps the one it got. */
  onRestart?: (listeners: readonly Listener[]) => Record<string, string>
}

export interface Supervisor {
  /** Starts a process and waits until it listens. Rejects with its one line when it cannot start. */
  start: (spec: KeptProcess) => Promise<Listener[]>
  /** Ends all processes. Safe to call twice. */
  stop: () => Promise<void>
}

/** Keeps the processes of one machine running; each one's log goes to a file of its own. */
export function createSupervisor(logDir: string, say: (line: string) => void): Supervisor {
  const running = new Map<string, Running>()
  const stopSignal = new AbortController()
  mkdirSync(logDir, { recursive: true })

  const launch = (spec: ProcessSpec, sayListener: (listener: Listener) => void): Running => {
    const log = createLog(join(logDir, `${spec.name}.log`))
    const process = startProcess(spec, { line: say, log: log.write, listener: sayListener })
    running.set(spec.name, process)
    void process.ended.then(log.end)
    return process
  }

  const keepRunning = async (spec: ProcessSpec, first: Running): Promise<void> => {
    let current = first
    let delayMs = RESTART_DELAY_MS.first
    for (;;) {
      const startedAtMs = performance.now()
      const { code, signal } = await current.ended
      if (stopSignal.signal.aborted) return
      if (performance.now() - startedAtMs > CALM_MS) delayMs = RESTART_DELAY_MS.first
      say(
        `${spec.name} ended (${signal ?? `code ${code}`}), starting it again; its log: ${join(logDir, `${spec.name}.log`)}`,
      )
      await wait(delayMs, undefined, { signal: stopSignal.signal }).catch(() => undefined)
      if (stopSignal.signal.aborted) return
      delayMs = Math.min(delayMs * 2, RESTART_DELAY_MS.limit)
      current = launch(spec, () => undefined)
    }
  }

  return {
    start: async spec => {
      const first = launch(spec, listener => say(`ready ${listener.name} ${listener.url}`))
      const listeners = await first.ready
      const env = { ...spec.env, ...spec.onRestart?.(listeners) }
      void keepRunning({ ...spec, env }, first)
      return listeners
    },
    stop: async () => {
      stopSignal.abort()
      await Promise.all([...running.values()].map(process => stopProcess(process, STOP_LIMIT_MS)))
    },
  }
}

/** A log file that is put aside once it is large. */
function createLog(path: string): { write: (line: string) => void; end: () => void } {
  let bytes = existsSync(path) ? statSync(path).size : 0
  let stream: WriteStream = createWriteStream(path, { flags: 'a', mode: 0o600 })
  return {
    write: line => {
      if (bytes > MAX_LOG_BYTES) {
        stream.end()
        renameSync(path, `${path}.1`)
        stream = createWriteStream(path, { flags: 'a', mode: 0o600 })
        bytes = 0
      }
      bytes += line.length + 1
      stream.write(`${line}\n`)
    },
    end: () => stream.end(),
  }
}
