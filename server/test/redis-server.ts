import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/** Whether this machine has a Redis (Debian: redis-server). */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0

/** A Redis of a test's own, on a free port, that keeps nothing. */
export interface RedisServer extends AsyncDisposable {
  url: string
  /** Ends it, as a crash would; `start` begins anew on the same port, with nothing. */
  kill: () => Promise<void>
  start: () => Promise<void>
}

export async function startRedis(): Promise<RedisServer> {
  const port = await freePort()
  let child: ChildProcess | undefined
  const kill = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const start = async () => {
    const started = spawn(
      'redis-server',
      ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--dir', '/tmp'],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    )
    child = started
    await new Promise<void>((resolve, reject) => {
      let said = ''
      started.stdout.on('data', chunk => {
        said += String(chunk)
        if (said.includes('Ready to accept connections')) resolve()
      })
      started.once('exit', code => reject(new Error(`redis-server ended (${code}): ${said}`)))
    })
  }
  await start()
  return { url: `redis://127.0.0.1:${port}`, kill, start, [Symbol.asyncDispose]: kill }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
