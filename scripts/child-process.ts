import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** The repository's root. */
export const ROOT = join(import.meta.dirname, '..')

/** One process of the system. */
export interface ProcessSpec {
  name: string
  /** The TypeScript file to run, from the root. */
  entry: string
  env: Record<string, string>
  /** Arguments of a command; a process of the system has none. */
  args?: readonly string[]
}

/** A line `ready NAME URL` of a process. */
export interface Listener {
  name: string
  url: string
}

/** A process that runs, or ran. */
export interface Running {
  readonly child: ChildProcess
  /** Resolves with the listeners once the process printed its first `ready` line; rejects with its last words if it ends before. */
  readonly ready: Promise<Listener[]>
  /** Resolves when it is gone. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/** What the starter wants to hear of. */
export interface Ears {
  /** A line on standard output that is no `ready` line. */
  line?: (text: string) => void
  /** A line on standard error: the log. */
  log?: (text: string) => void
  listener?: (listener: Listener) => void
}

/**
 * Starts one process in a process group of its own, so that Ctrl-C in the terminal reaches its starter alone, with a channel
 * whose end tells it that the starter is gone, however it went.
 */
export function startProcess(spec: ProcessSpec, ears: Ears = {}): Running {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(ROOT, spec.entry), ...(spec.args ?? [])],
    {
      cwd: ROOT,
      env: { ...process.env, ...spec.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    },
  )
  const listeners: Listener[] = []
  let lastWords = ''
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>(resolve => {
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
  const ready = new Promise<Listener[]>((resolve, reject) => {
    child.on('error', reject)
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', text => {
      const listener = parseReadyLine(text)
      if (listener === undefined) return ears.line?.(text)
      listeners.push(listener)
      ears.listener?.(listener)
      // Every listener of a process is printed in one go; one turn later all of them are here.
      setImmediate(() => resolve(listeners))
    })
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', text => {
      if (text.trim() !== '') lastWords = text
      ears.log?.(text)
    })
    void ended.then(({ code, signal }) => {
      reject(new Error(lastWords || `${spec.name} ended before it was ready (${signal ?? `code ${code}`})`))
    })
  })
  // Whoever does not wait for `ready` must not be ended by its rejection.
  ready.catch(() => undefined)
  return { child, ready, ended }
}

/** The parts of a line `ready NAME URL`, or undefined when it is none. */
export function parseReadyLine(text: string): Listener | undefined {
  const match = /^ready (\S+) (\S+)$/.exec(text)
  return match === null ? undefined : { name: match[1] as string, url: match[2] as string }
}

/** Asks a process to stop; kills it when it has not within `limitMs`. */
export async function stopProcess(running: Running, limitMs: number): Promise<void> {
  if (running.child.exitCode !== null || running.child.signalCode !== null) return
  running.child.kill('SIGTERM')
  const timer = setTimeout(() => running.child.kill('SIGKILL'), limitMs)
  await running.ended
  clearTimeout(timer)
}
