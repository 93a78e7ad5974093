/** What our nodes use of Node-RED, which ships no types of its own: nodejs API of https://nodered.org/docs/creating-nodes/node-js */

export interface NodeMessage {
  payload?: unknown
  topic?: unknown
  [property: string]: unknown
}

/** One output's message, several of them, or nothing; an array of these when there are several outputs. */
export type Outgoing = NodeMessage | NodeMessage[] | null

export interface NodeStatus {
  fill?: 'red' | 'green' | 'yellow' | 'blue' | 'grey'
  shape?: 'ring' | 'dot'
  text?: string
}

export type Send = (message: Outgoing | Outgoing[]) => void
export type Done = (error?: Error) => void

/** Values that outlive a restart where the runtime's context store does. */
export interface NodeContext {
  get: (key: string, store: undefined, callback: (error: Error | null, value?: unknown) => void) => void
  set: (key: string, value: unknown, callback: (error?: Error | null) => void) => void
}

export interface RedNode {
  readonly id: string
  readonly type: string
  readonly name?: string
  /** Encrypted by the runtime, apart from the flow file. */
  readonly credentials?: Record<string, string | undefined>
  context: () => NodeContext
  status: (status: NodeStatus) => void
  send: Send
  error: (error: Error | string, message?: NodeMessage) => void
  warn: (text: string) => void
  on: ((event: 'input', listener: (message: NodeMessage, send: Send, done: Done) => void) => void) &
    ((event: 'close', listener: (removed: boolean, done: () => void) => void) => void)
}

/** What a person set in a node's dialog. */
export type NodeConfig = Record<string, unknown>

export interface RedApi {
  nodes: {
    createNode: (node: RedNode, config: NodeConfig) => void
    registerType: (
      type: string,
      constructor: (this: RedNode, config: NodeConfig) => void,
      options?: { credentials?: Record<string, { type: 'text' | 'password' }> },
    ) => void
    getNode: (id: string) => RedNode | null
  }
  util: {
    evaluateNodeProperty: (value: string, type: 'env', node: RedNode) => unknown
  }
}
