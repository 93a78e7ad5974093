/** What this project uses of Node-RED, which ships no types of its own. */
declare module 'node-red' {
  import type { IncomingMessage, Server, ServerResponse } from 'node:http'

  /** A node or tab of the flow file. */
  interface FlowNode {
    id: string
    type: string
    /** A tab that is off. */
    disabled?: boolean
  }

  export interface FlowsStarted {
    config: { flows: FlowNode[] }
  }

  interface NodeRed {
    init: (server: Server, settings: object) => void
    start: () => Promise<void>
    stop: () => Promise<void>
    readonly events: {
      on: (event: 'flows:started', listener: (started: FlowsStarted) => void) => void
      off: (event: 'flows:started', listener: (started: FlowsStarted) => void) => void
    }
    /** The editor and its API as a request handler. */
    readonly httpAdmin: (request: IncomingMessage, response: ServerResponse) => void
  }

  const nodeRed: NodeRed
  export default nodeRed
}
