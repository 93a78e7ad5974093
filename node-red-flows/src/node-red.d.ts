/** What this project uses of Node-RED, which ships no types of its own. */
declare module 'node-red' {
  import type { IncomingMessage, Server, ServerResponse } from 'node:http'

  interface NodeRed {
    init: (server: Server, settings: object) => void
    start: () => Promise<void>
    stop: () => Promise<void>
    /** The editor and its API as a request handler. */
    readonly httpAdmin: (request: IncomingMessage, response: ServerResponse) => void
  }

  const nodeRed: NodeRed
  export default nodeRed
}
