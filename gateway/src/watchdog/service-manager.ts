import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** systemd's own tool (systemd-notify(1)): Node opens no datagram sockets in the file system, which is what the manager listens on. */
const NOTIFY = 'systemd-notify'
/** It waits until the manager has read the message; one that takes longer is given up: a stop must not wait for it. */
const LIMIT_MS = 2_000

/** The service manager that started this process and waits for its word. */
export interface ServiceManager {
  /** Assignments as in sd_notify(3), such as `READY=1`. Rejects when the manager cannot be told. */
  tell: (assignments: readonly string[]) => Promise<void>
}

/** @param socket NOTIFY_SOCKET, as the manager gave it */
export function createServiceManager(socket: string): ServiceManager {
  return {
    tell: async assignments => {
      await run(NOTIFY, [...assignments], { timeout: LIMIT_MS, env: { PATH: '/usr/bin:/bin', NOTIFY_SOCKET: socket } })
    },
  }
}
