import { errorText } from './errors.ts'

/** What `runProcess` needs of Node's `process`; handed in, so that this package imports nothing of Node's. */
export interface ProcessHost {
  env: Record<string, string | undefined>
  on: (event: 'SIGTERM' | 'SIGINT' | 'disconnect', listener: () => void) => unknown
  exit: (code: number) => unknown
  stdout: { write: (text: string) => unknown }
  stderr: { write: (text: string) => unknown }
}

/** A started process: `listeners` are printed as `ready NAME URL`; `stop` finishes what was accepted and may be called twice. */
export interface RunningProcess {
  listeners: readonly { name: string; url: string }[]
  stop: () => Promise<void>
}

/** A stop that takes longer is cut: the whole system is to be down within 5 s of Ctrl-C. */
const STOP_LIMIT_MS = 3_500

/**
 * Starts a process of the system, prints its listeners, and ends it on SIGTERM, SIGINT or when the parent that started it
 * with a channel is gone. A start that fails is one line on standard error and exit code 1.
 */
export async function runProcess(
  name: string,
  host: ProcessHost,
  start: (env: ProcessHost['env']) => Promise<RunningProcess>,
): Promise<void> {
  let running: RunningProcess
  try {
    running = await start(host.env)
  } catch (error) {
    host.stderr.write(`${name}: ${startProblem(error)}\n`)
    host.exit(1)
    return
  }
  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    const limit = setTimeout(() => {
      host.stderr.write(`${name}: stopping took longer than ${STOP_LIMIT_MS} ms, cut\n`)
      host.exit(1)
    }, STOP_LIMIT_MS)
    running.stop().then(
      () => {
        clearTimeout(limit)
        host.exit(0)
      },
      (error: unknown) => {
        host.stderr.write(`${name}: stopping failed: ${errorText(error)}\n`)
        host.exit(1)
      },
    )
  }
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect'] as const) host.on(event, stop)
  // Only now: who reads that we listen may ask us to stop at once. One write, so that the first line comes with all of them.
  host.stdout.write(running.listeners.map(({ name, url }) => readyLine(name, url)).join(''))
}

/** The line by which a process says that it listens. */
export function readyLine(name: string, url: string): string {
  return `ready ${name} ${url}\n`
}

/** Why a start failed, in one line that says what to do. */
export function startProblem(error: unknown): string {
  const { code, port, address } = (error ?? {}) as { code?: unknown; port?: unknown; address?: unknown }
  if (code === 'EADDRINUSE')
    return `port ${String(port)} on ${String(address)} is taken; stop what uses it or set another port`
  if (code === 'EACCES' && port !== undefined) return `port ${String(port)} needs more rights; set a port above 1023`
  const [line] = errorText(error).trim().split(/\r?\n/, 1)
  return line || 'unknown error'
}
