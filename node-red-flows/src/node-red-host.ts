import { constants } from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { type Server, createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import RED from 'node-red'

export interface NodeRedHostConfig {
  host: string
  port: number
  userDir: string
  /** Copied to the user folder as its flow file when it has none yet. */
  firstFlowFile: string
}

export interface NodeRedHost {
  /** Listens, then starts the runtime; gives the URL. Rejects with the listener's error, such as EADDRINUSE. */
  start: () => Promise<string>
  stop: () => Promise<void>
}

/**
 * The one owner of Node-RED: its runtime and editor on an HTTP server of their own. Node-RED keeps its state in modules,
 * so a process starts it once.
 */
export function createNodeRedHost(config: NodeRedHostConfig, settings: object): NodeRedHost {
  let server: Server | undefined
  let stopping: Promise<void> | undefined
  const sockets = new Set<Socket>()

  async function start(): Promise<string> {
    await mkdir(config.userDir, { recursive: true, mode: 0o700 })
    await copyUnlessThere(config.firstFlowFile, join(config.userDir, 'flows.json'))
    const listening = createServer((_request, response) => response.writeHead(503, { 'retry-after': '2' }).end())
    listening.on('connection', socket => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    })
    // Listening comes first: a taken port then costs nothing and leaves the user folder as it was.
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject)
      listening.listen(config.port, config.host, resolve)
    })
    server = listening
    RED.init(listening, settings)
    await RED.start()
    listening.removeAllListeners('request').on('request', RED.httpAdmin)
    const { port } = listening.address() as AddressInfo
    return `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}/`
  }

  async function stop(): Promise<void> {
    if (server === undefined) return
    const closed = new Promise<void>(resolve => server?.close(() => resolve()))
    await RED.stop()
    // Editors keep a WebSocket open, which `close` would wait for.
    for (const socket of sockets) socket.destroy()
    await closed
  }

  return { start, stop: () => (stopping ??= stop()) }
}

async function copyUnlessThere(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
