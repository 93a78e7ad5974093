import { HarborError } from '@harbor/protocol'

/**
 * What our nodes hand to Catch nodes, in `msg.error.code`.
 * - `NODE_NOT_SET`: something that the node needs is not set; the message names it. The operator acts.
 * - `NODE_INPUT_INVALID`: a property of the message or of the node is not what it must be; the message names it. The flow is to be mended.
 * - `NODE_BUSY`: more requests wait than may; send less or slower.
 * - `NODE_SERVER_UNREACHABLE`: no answer, or none in time. Try again later.
 * - `NODE_SERVER_FAILED`: the server answered that it cannot now (429 and 5xx). Try again later.
 * - `NODE_SERVER_REFUSED`: the server refused (4xx); `context` has its `status` and its own `serverCode`.
 * - `NODE_ANSWER_UNEXPECTED`: the answer is not as the contract has it: another version, or not our server.
 * - `NODE_EVENTS_MISSED`: a reader was away for longer than the server keeps events; what is there is handed on.
 */
export type NodeErrorCode =
  | 'NODE_NOT_SET'
  | 'NODE_INPUT_INVALID'
  | 'NODE_BUSY'
  | 'NODE_SERVER_UNREACHABLE'
  | 'NODE_SERVER_FAILED'
  | 'NODE_SERVER_REFUSED'
  | 'NODE_ANSWER_UNEXPECTED'
  | 'NODE_EVENTS_MISSED'

/** Whether the same request may succeed later, as it is. */
const RETRYABLE: Record<NodeErrorCode, boolean> = {
  NODE_NOT_SET: false,
  NODE_INPUT_INVALID: false,
  NODE_BUSY: true,
  NODE_SERVER_UNREACHABLE: true,
  NODE_SERVER_FAILED: true,
  NODE_SERVER_REFUSED: false,
  NODE_ANSWER_UNEXPECTED: false,
  NODE_EVENTS_MISSED: false,
}

/** An error of our nodes; its message never holds a token or a password. */
export class NodeError extends HarborError<NodeErrorCode> {
  /** The same request may succeed later, as it is. */
  readonly retryable: boolean

  constructor(
    code: NodeErrorCode,
    message: string,
    options: { cause?: unknown; context?: Record<string, unknown> } = {},
  ) {
    super(code, message, options)
    this.name = 'NodeError'
    this.retryable = RETRYABLE[code]
  }

  /** Node-RED shows people and Catch nodes this text: they have the code beside it. */
  override toString(): string {
    return this.message
  }
}

export function isNodeError<Code extends NodeErrorCode>(
  error: unknown,
  code: Code,
): error is NodeError & { code: Code } {
  return error instanceof NodeError && error.code === code
}
