import {
  EVENT_KINDS,
  SEVERITIES,
  districtSchema,
  errorText,
  feedCursorSchema,
  idSchema,
  stationDetailSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { NodeError, isNodeError } from './errors.ts'
import { type EventFacts, type EventFilter, eventFacts, passes } from './events/event-facts.ts'
import { createFeedLoop } from './events/feed-loop.ts'
import { type FeedEntry, createFeedWalk, feedPageSchema } from './events/feed-walk.ts'
import type { NodeContext, NodeStatus, RedApi } from './node-red-api.ts'
import { field, listField, parseInput } from './parse-input.ts'
import { type OpenedNode, errorStatus, registerServerNode } from './server-node.ts'

/** Events fetched at once: the most that a crash hands on twice, and all that is held in memory. */
const BATCH = 20
const DEFAULT_PER_SECOND = 20
/** Stations whose district is kept. */
const MAX_DISTRICTS_KEPT = 2_000

/** Connected to the server alone: a word of the catalogue. */
const WITHOUT_BELL: NodeStatus = { fill: 'green', shape: 'ring', text: 'reading every 30 s' }

const configSchema = z.object({
  consumer: field(idSchema),
  kinds: listField(z.enum(EVENT_KINDS)),
  severities: listField(z.enum(SEVERITIES)),
  districts: listField(districtSchema),
  stations: listField(idSchema),
  perSecond: field(z.coerce.number().min(1).max(1_000)),
})

/** Every event of the system that passes the filters, once and in order, also those of while it was down. */
export function registerHarborEvent(RED: RedApi): void {
  registerServerNode(RED, 'harbor-event', opened => {
    const { node, connection, config, show } = opened
    const { consumer, perSecond, ...filter } = parseInput(configSchema, config)
    const feed = createFeed(opened, consumer ?? consumerOf(node.id), {
      filter,
      paceMs: 1_000 / (perSecond ?? DEFAULT_PER_SECOND),
    })
    let fault: NodeStatus | undefined
    let isRung = false
    const paint = () => show(fault ?? (isRung ? undefined : WITHOUT_BELL))
    const loop = createFeedLoop({
      walk: feed,
      onFine: () => {
        fault = undefined
        paint()
      },
      onFault: error => {
        // Once for a row of faults, not with every try.
        if (fault === undefined) node.warn(errorText(error))
        fault = errorStatus(errorText(error))
        paint()
      },
      random: Math.random,
    })
    const endRing = connection.onRing(loop.wake)
    const endState = connection.onState(state => {
      isRung = state.kind === 'connected' && state.bell === 'on'
      paint()
      // Whatever was missing may be there now.
      if (state.kind === 'connected') loop.wake(undefined)
    })
    loop.start()
    return {
      stop: async () => {
        endRing()
        endState()
        await loop.stop()
      },
    }
  })
}

/** A node's own id is one already; another tool's flow may have any text. */
function consumerOf(nodeId: string): string {
  return `node-${nodeId.toLowerCase().replace(/[^a-z0-9-]/g, '-')}`.slice(0, 40)
}

function createFeed(opened: OpenedNode, consumer: string, { filter, paceMs }: { filter: EventFilter; paceMs: number }) {
  const { node, connection, flow } = opened
  const cursorPath = `/api/v1/events/cursors/${consumer}`
  const memory = contextValue(node.context(), `feed-${consumer}`)
  const districtOf = createDistrictLookup(connection)

  const wants = async (facts: EventFacts): Promise<boolean> => {
    const answer = passes(facts, filter)
    if (answer !== 'unknown') return answer
    const [station] = facts.stations
    const district = station === undefined ? undefined : await districtOf(station)
    return district !== undefined && filter.districts.includes(district)
  }

  return createFeedWalk({
    read: after =>
      connection.ask({ method: 'GET', path: `/api/v1/events?after=${after}&limit=${BATCH}`, answer: feedPageSchema }),
    readCursor: () => connection.ask({ method: 'GET', path: cursorPath, answer: feedCursorSchema }),
    putCursor: async after => {
      await connection.ask({ method: 'PUT', path: cursorPath, body: { after }, answer: feedCursorSchema, flow })
    },
    ...memory,
    deliver: async entry => {
      const facts = eventFacts(entry.event)
      if (!(await wants(facts))) return
      node.send(messageOf(entry, facts))
      // What follows gets room to work: the rest waits at the server and not in memory.
      await new Promise(resolve => setTimeout(resolve, paceMs))
    },
    // With a message, or Catch nodes would not get it.
    onGap: after =>
      node.error(
        new NodeError('NODE_EVENTS_MISSED', `events after ${after} are kept no more: this flow was away for too long`),
        { topic: consumer },
      ),
  })
}

function messageOf({ seq, event }: FeedEntry, facts: EventFacts) {
  const { id, subject, time } = event
  return {
    topic: facts.kind,
    payload: event.data,
    event: { id, seq, time, ...(subject !== undefined && { subject }), ...facts },
  }
}

function contextValue(context: NodeContext, key: string) {
  return {
    recall: () =>
      new Promise<number | undefined>((resolve, reject) => {
        context.get(key, undefined, (error, value) => {
          if (error) reject(error)
          else resolve(typeof value === 'number' ? value : undefined)
        })
      }),
    remember: (after: number) =>
      new Promise<void>((resolve, reject) => {
        context.set(key, after, error => (error ? reject(error) : resolve()))
      }),
  }
}

/** A station stays in its district: what was looked up once holds. Undefined: there is no such station any more. */
function createDistrictLookup({ ask }: OpenedNode['connection']): (station: string) => Promise<string | undefined> {
  const known = new Map<string, string>()
  const lookUp = async (station: string): Promise<string | undefined> => {
    try {
      const path = `/api/v1/stations/${station}`
      return (await ask({ method: 'GET', path, answer: stationDetailSchema })).district
    } catch (error) {
      // Any other fault is tried again; this one would hold up the feed for good.
      if (isNodeError(error, 'NODE_SERVER_REFUSED') && error.context['status'] === 404) return undefined
      throw error
    }
  }
  return async station => {
    const kept = known.get(station)
    if (kept !== undefined) return kept
    const district = await lookUp(station)
    if (district === undefined) return undefined
    if (known.size >= MAX_DISTRICTS_KEPT) known.clear()
    known.set(station, district)
    return district
  }
}
