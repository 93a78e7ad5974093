import { type Server, createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import RED, { type FlowsStarted } from 'node-red'

export interface NodeRedHostConfig {
  host: string
  port: number
  /** Called with the ids of the tabs that somebody disabled, each time flows start. */
  onFlows: (disabledTabs: ReadonlySet<string>) => void
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
  const onFlowsStarted = ({ config: { flows } }: FlowsStarted) =>
    config.onFlows(
      new Set(flows.flatMap(({ type, disabled, id }) => (type === 'tab' && disabled === true ? [id] : []))),
    )

  async function start(): Promise<string> {
    const listening = createServer((_request, response) => response.writeHead(503, { 'retry-after': '2' }).end())
    listening.on('connection', socket => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    })
    // Listening comes first: a taken port then costs nothing.
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject)
      listening.listen(config.port, config.host, resolve)
    })
    server = listening
    RED.init(listening, settings)
    RED.events.on('flows:started', onFlowsStarted)
    await RED.start()
    listening.removeAllListeners('request').on('request', RED.httpAdmin)
    const { port } = listening.address() as AddressInfo
    return `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}/`
  }

  async function stop(): Promise<void> {
    if (server === undefined) return
    const closed = new Promise<void>(resolve => server?.close(() => resolve()))
    await RED.stop()
    RED.events.off('flows:started', onFlowsStarted)
    // Editors keep a WebSocket open, which `close` would wait for.
    for (const socket of sockets) socket.destroy()
    await closed
  }

  return { start, stop: () => (stopping ??= stop()) }
}
