import { type CommandView, commandViewSchema, idSchema } from '@harbor/protocol'
import { z } from 'zod'
import { isNodeError } from './errors.ts'
import type { RedApi } from './node-red-api.ts'
import { field, parseInput } from './parse-input.ts'
import type { ServerConnection } from './server-connection.ts'
import { registerServerNode } from './server-node.ts'

/** What a flow may do with a relay: giving a plug free that its gateway cut is a person's to decide. */
const FLOW_ACTIONS = ['relay-on', 'relay-off'] as const

/** A command's answer is asked for so often: a relay answers within a second or two. */
const ASK_EVERY_MS = 1_000
/** The server itself says that a command expired 30 s after it did; somewhat later nobody waits any more. */
const WAIT_BEYOND_EXPIRY_MS = 45_000

const configSchema = z.object({ device: field(idSchema), action: field(z.enum(FLOW_ACTIONS)) })
const messageSchema = z.object({
  device: idSchema.optional(),
  action: z.enum(FLOW_ACTIONS).optional(),
  /** Past it the command is not sent at all: milliseconds since 1970 or ISO 8601. */
  validUntil: z.union([z.number(), z.iso.datetime({ offset: true }).transform(text => Date.parse(text))]).optional(),
})
const orderSchema = z.object({ device: idSchema, action: z.enum(FLOW_ACTIONS) })

/** What became of it, for the second output where it was not done. */
interface CommandOutcome {
  state: CommandView['state'] | 'unconfirmed'
  reason?: string
  command?: CommandView
}

/** Switches a relay and says what came of it: done on the first output, everything else with its reason on the second. */
export function registerHarborCommand(RED: RedApi): void {
  registerServerNode(RED, 'harbor-command', ({ config, connection, flow }) => {
    const set = parseInput(configSchema, config)
    const closing = new AbortController()
    return {
      async onInput(message, send) {
        const { validUntil, ...said } = parseInput(messageSchema, message)
        const order = parseInput(orderSchema, { ...set, ...said })
        const outcome: CommandOutcome =
          validUntil !== undefined && validUntil <= Date.now()
            ? { state: 'expired', reason: 'it came too late: validUntil had passed before it was sent' }
            : await run(connection, { ...order, flow }, closing.signal)
        const { state, reason, command } = outcome
        const told = {
          ...message,
          payload: { ...order, state, ...(reason && { reason }), ...(command && { command }) },
        }
        send(state === 'done' ? [told, null] : [null, told])
      },
      stop: async () => closing.abort(),
    }
  })
}

async function run(
  connection: ServerConnection,
  { device, action, flow }: { device: string; action: string; flow: string },
  closing: AbortSignal,
): Promise<CommandOutcome> {
  const path = `/api/v1/devices/${device}/commands`
  let command: CommandView
  try {
    command = await connection.ask({ method: 'POST', path, body: { action }, answer: commandViewSchema, flow })
  } catch (error) {
    if (!isNodeError(error, 'NODE_SERVER_REFUSED')) throw error
    return { state: 'refused', reason: String(error.context['reason']) }
  }
  // The server's clock said when; this machine's own runs from the answer, so that their difference does not matter.
  const lifeMs = Date.parse(command.expiresAt) - Date.parse(command.requestedAt)
  const waitUntilMs = performance.now() + lifeMs + WAIT_BEYOND_EXPIRY_MS
  while (command.state === 'sent') {
    if (closing.aborted)
      return { state: 'unconfirmed', reason: 'this flow was stopped before the answer came', command }
    if (performance.now() > waitUntilMs) {
      return { state: 'unconfirmed', reason: 'the server could not say in time what became of it', command }
    }
    await pause(ASK_EVERY_MS, closing)
    command = await askAgain(connection, `${path}/${command.id}`, command)
  }
  return { state: command.state, ...(command.reason !== undefined && { reason: command.reason }), command }
}

/** A server that does not answer for a moment does not make a command that was given unknown. */
async function askAgain(connection: ServerConnection, path: string, before: CommandView): Promise<CommandView> {
  try {
    return await connection.ask({ method: 'GET', path, answer: commandViewSchema })
  } catch (error) {
    if (isNodeError(error, 'NODE_SERVER_UNREACHABLE') || isNodeError(error, 'NODE_SERVER_FAILED')) return before
    if (isNodeError(error, 'NODE_BUSY')) return before
    throw error
  }
}

function pause(ms: number, closing: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(end, ms)
    function end(): void {
      clearTimeout(timer)
      closing.removeEventListener('abort', end)
      resolve()
    }
    closing.addEventListener('abort', end)
    if (closing.aborted) end()
  })
}
