import { type Delivery, cloudEventSchema, deliverySchema } from '@harbor/protocol'
import type { ClosingReport } from '../closing/closing.ts'
import { DEFAULT_POLICY, type Policy, policySchema } from '../routing/policy.ts'
import type { Routing, RoutingStep } from '../routing/routing.ts'
import type { Sender } from '../sending/sender.ts'
import type { DeadLetter } from '../ledger/forward-book.ts'
import type { Forwarding } from '../upper-platform/forwarding.ts'
import type { FlowStates, NodeStatus } from './flow-states.ts'
import type { Rounds, ToTell } from './rounds.ts'

/** A message of Node-RED. */
export interface Message {
  payload?: unknown
  topic?: unknown
  [property: string]: unknown
}

/** What a function node returns: several messages on its first output. */
type Messages = Message[][] | null

/** The flows' ids: tabs of the flow file. */
export const FLOW_IDS = ['routing', 'sending', 'closing', 'heat', 'digest', 'upper', 'weekly'] as const
export type FlowId = (typeof FLOW_IDS)[number]

/**
 * What the flows' function nodes find as `global.get('harbor')`: all that is more than wiring, tested on its own. Everything that a flow runs is null
 * while the flow is off, and an error of it goes to the tab's catch node.
 */
export interface Toolkit {
  /** For `node.status`. */
  status: (flow: FlowId, more?: string) => NodeStatus
  routing: {
    /** An event of an alert; what is due by it, for a notify node. */
    heard: (message: Message, policy?: unknown) => Promise<Messages>
    due: (policy?: unknown) => Promise<Messages>
    /** After the notify node: the step was taken. */
    told: (message: Message, policy?: unknown) => Promise<null>
  }
  /** Sends a delivery to its chat service; the message for the delivered node. */
  send: (message: Message) => Promise<Message | null>
  closing: {
    round: (precoolFromC: unknown) => Promise<{ messages: Messages; text: string } | null>
    /** After the command node: it was refused or failed. */
    failed: (message: Message) => void
  }
  heat: { round: () => Promise<Messages> }
  digest: { round: (atTime: unknown) => Promise<Messages> }
  weekly: { round: (atTime: unknown, onWeekday: unknown) => Promise<Messages> }
  /** After the notify node: this was told and is not asked for again. */
  told: (message: Message) => void
  upper: {
    queue: (message: Message) => Promise<null>
    sendDue: () => Promise<{ text: string } | null>
    deadLetters: () => DeadLetter[]
    resend: () => number
  }
}

export interface ToolkitDeps {
  states: FlowStates
  routing: Routing
  send: Sender
  rounds: Rounds
  /** Undefined: UPPER_PLATFORM_URL is not set. */
  forwarding: Forwarding | undefined
  nowMs: () => number
}

export function createToolkit({ states, routing, send, rounds, forwarding, nowMs }: ToolkitDeps): Toolkit {
  const dueSteps = async (policy: Policy): Promise<Messages> => {
    const steps = await routing.due(policy, nowMs())
    return steps.length === 0 ? null : [steps.map(({ request, escalation }) => ({ payload: request, escalation }))]
  }
  const toTell = (told: ToTell[]): Messages =>
    told.length === 0 ? null : [told.map(({ request, mark }) => ({ payload: request, mark }))]
  const needForwarding = (): Forwarding => {
    if (forwarding === undefined) throw new RangeError('UPPER_PLATFORM_URL not set')
    return forwarding
  }

  return {
    status: states.status,
    routing: {
      heard: ({ payload }, policy) =>
        states.run('routing', () => {
          routing.heard(payload, nowMs())
          return dueSteps(policyOf(policy))
        }),
      due: policy => states.run('routing', () => dueSteps(policyOf(policy))),
      told: async ({ escalation }, policy) => {
        routing.told(policyOf(policy), escalation as RoutingStep['escalation'], nowMs())
        return null
      },
    },
    send: async message => {
      const delivery: Delivery = deliverySchema.parse(message['delivery'])
      const result = await states.run('sending', () => send(delivery))
      // While the whole flow is off the server is told so too: it gives up, and shows it.
      return { ...message, ...(result ?? { state: 'off', reason: states.status('sending').text }) }
    },
    closing: {
      round: precoolFromC =>
        states.run('closing', async () => {
          const report = await rounds.closing(numberOf(precoolFromC, 'PRECOOL_FROM_C'))
          return report === undefined ? null : { messages: commandMessages(report), text: closingText(report) }
        }),
      failed: ({ station, action }) => rounds.closingFailed({ station: String(station), action: String(action) }),
    },
    heat: { round: () => states.run('heat', async () => toTell(await rounds.heat())) },
    digest: { round: atTime => states.run('digest', async () => toTell(await rounds.digest(timeOf(atTime)))) },
    weekly: {
      round: (atTime, onWeekday) =>
        states.run('weekly', async () =>
          toTell(await rounds.weekly({ atTime: timeOf(atTime), onWeekday: weekdayOf(onWeekday) })),
        ),
    },
    told: ({ mark }) => rounds.told(String(mark)),
    upper: {
      queue: message =>
        states.run('upper', () => {
          needForwarding().queue(eventOf(message), nowMs())
          return null
        }),
      sendDue: () =>
        states.run('upper', async () => {
          const { waiting, dead, reason } = await needForwarding().sendDue(nowMs)
          return { text: `${waiting} waiting, ${dead} dead${reason === undefined ? '' : ` (${reason})`}` }
        }),
      deadLetters: () => forwarding?.deadLetters() ?? [],
      resend: () => forwarding?.resend(nowMs()) ?? 0,
    },
  }
}

/** A tab's own policy, as its properties have it; none: ours. */
function policyOf(given: unknown): Policy {
  return given === undefined || given === null || given === '' ? DEFAULT_POLICY : policySchema.parse(given)
}

function numberOf(given: unknown, name: string): number {
  const number = typeof given === 'string' ? Number.parseFloat(given) : given
  if (typeof number !== 'number' || !Number.isFinite(number)) throw new RangeError(`${name}: expected a number of °C`)
  return number
}

function timeOf(given: unknown): string {
  if (typeof given === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(given)) return given
  throw new RangeError('AT_TIME: expected a time such as 18:00')
}

function weekdayOf(given: unknown): number {
  // Flows from before there was the property report on Mondays.
  if (given === undefined || given === null || given === '') return 1
  const day = Number(given)
  if (Number.isInteger(day) && day >= 1 && day <= 7) return day
  throw new RangeError('ON_WEEKDAY: expected 1 (Monday) to 7 (Sunday)')
}

function commandMessages({ commands }: ClosingReport): Messages {
  return commands.length === 0
    ? null
    : [
        commands.map(({ device, action, station, because }) => ({
          device,
          action,
          station,
          payload: { station, because },
        })),
      ]
}

function closingText({ commands, occupied, notCounted }: ClosingReport): string {
  return `${commands.length} switched, ${occupied} occupied, ${notCounted} not counted`
}

/** The event as it left the server, from the message that the event node makes of it. */
function eventOf({ topic, payload, event }: Message) {
  const { id, time, subject, seq } = event as { id: string; time: string; subject?: string; seq: number }
  return cloudEventSchema.parse({
    specversion: '1.0',
    id,
    source: 'urn:harbor:server',
    type: `harbor.${String(topic)}`,
    time,
    ...(subject !== undefined && { subject }),
    datacontenttype: 'application/json',
    data: payload,
    sequence: String(seq).padStart(16, '0'),
  })
}
