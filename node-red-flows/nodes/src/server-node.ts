import { errorText } from '@harbor/protocol'
import { NodeError } from './errors.ts'
import type { NodeConfig, NodeMessage, NodeStatus, RedApi, RedNode, Send } from './node-red-api.ts'
import type { ConnectionState, ServerConnection } from './server-connection.ts'

/** A harbor-server in the runtime. */
export interface HarborServerNode extends RedNode {
  connection: ServerConnection
}

/** Messages that one node deals with at once; more are refused with NODE_BUSY (chosen: some minutes of a busy flow). */
export const MAX_AT_WORK = 200
/** A status is one short line under a node. */
const MAX_STATUS_CHARS = 100

export interface OpenedNode {
  node: RedNode
  config: NodeConfig
  connection: ServerConnection
  /** The tab that the node is on, for the server's history. */
  flow: string
  /** Shown while the connection stands; undefined: that it stands. */
  show: (status: NodeStatus | undefined) => void
}

export interface NodeWork {
  onInput?: (message: NodeMessage, send: Send) => Promise<void>
  /** Resolves when nothing of it runs any more; the connection can still be used until then. */
  stop?: () => Promise<void>
}

/** What a status of ours says of a connection. `connected` and `connecting` are words of the catalogue, which the editor translates. */
export function statusOf(state: ConnectionState): NodeStatus {
  switch (state.kind) {
    case 'off':
      return { fill: 'grey', shape: 'ring', text: `off: ${state.missing} not set` }
    case 'connecting':
      return { fill: 'yellow', shape: 'ring', text: 'connecting' }
    case 'connected':
      return { fill: 'green', shape: 'dot', text: 'connected' }
    case 'error':
      return errorStatus(state.reason)
  }
}

export function errorStatus(reason: string): NodeStatus {
  return { fill: 'red', shape: 'ring', text: `error: ${reason}`.slice(0, MAX_STATUS_CHARS) }
}

/**
 * Registers a node that works with a server: it shows the connection's state, refuses what it cannot take, and hands every fault to the runtime by `done`,
 * so that Catch nodes get it. `open` may throw a NodeError about its dialog's fields.
 */
export function registerServerNode(RED: RedApi, type: string, open: (opened: OpenedNode) => NodeWork): void {
  RED.nodes.registerType(type, function construct(config) {
    RED.nodes.createNode(this, config)
    const server = typeof config['server'] === 'string' ? RED.nodes.getNode(config['server']) : null
    const connection = (server as Partial<HarborServerNode> | null)?.connection
    if (connection === undefined) {
      refuseAll(this, new NodeError('NODE_NOT_SET', 'server not set'), statusOf({ kind: 'off', missing: 'server' }))
      return
    }
    let connected: ConnectionState = { kind: 'connecting' }
    let own: NodeStatus | undefined
    const paint = () => this.status(connected.kind === 'connected' && own !== undefined ? own : statusOf(connected))
    const show = (status: NodeStatus | undefined) => {
      own = status
      paint()
    }
    let work: NodeWork
    try {
      work = open({ node: this, config, connection, flow: flowName(RED, this), show })
    } catch (error) {
      if (!(error instanceof NodeError)) throw error
      refuseAll(this, error, errorStatus(error.message))
      return
    }
    const release = connection.hold()
    const endState = connection.onState(state => {
      connected = state
      paint()
    })
    // Once more when the nodes that listen for a status are there, too: they may come after this one.
    const said = setImmediate(paint)
    const { onInput, stop } = work
    if (onInput !== undefined) takeInputs(this, onInput)
    this.on('close', (_removed, done) => {
      clearImmediate(said)
      endState()
      void (stop?.() ?? Promise.resolve())
        .catch((error: unknown) => this.error(errorText(error)))
        .finally(() => {
          release()
          done()
        })
    })
  })
}

function takeInputs(node: RedNode, onInput: NonNullable<NodeWork['onInput']>): void {
  let atWork = 0
  node.on('input', (message, send, done) => {
    if (atWork >= MAX_AT_WORK) {
      done(new NodeError('NODE_BUSY', `${atWork} messages are at work, which is the most; send less or slower`))
      return
    }
    atWork += 1
    onInput(message, send)
      .then(
        () => done(),
        (error: unknown) => done(error instanceof Error ? error : new Error(errorText(error))),
      )
      .finally(() => {
        atWork -= 1
      })
  })
}

function refuseAll(node: RedNode, problem: NodeError, status: NodeStatus): void {
  // Once the nodes that listen for a status are there, too.
  const said = setImmediate(() => node.status(status))
  node.on('input', (_message, _send, done) => done(problem))
  node.on('close', (_removed, done) => {
    clearImmediate(said)
    done()
  })
}

function flowName(RED: RedApi, node: RedNode): string {
  const name = RED.util.evaluateNodeProperty('NR_FLOW_NAME', 'env', node)
  return typeof name === 'string' && name !== '' ? name : node.type
}
