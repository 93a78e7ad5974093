import {
  HEARTBEAT_EVERY_MS,
  deliveryResultSchema,
  dueDeliveriesSchema,
  eventFeedSchema,
  feedCursorRequestSchema,
  feedCursorSchema,
  feedQuerySchema,
  heartbeatAnswerSchema,
  heartbeatSchema,
  idSchema,
  notifyAnswerSchema,
  notifyRequestSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { type Route, asService, defineRoute } from '../http/route.ts'
import type { Deliveries } from './deliveries.ts'
import type { EventFeedBook } from './event-feed.ts'
import type { Heartbeats } from './heartbeats.ts'
import type { Notify } from './notify.ts'

export interface ServiceRoutesDeps {
  feed: EventFeedBook
  notify: Pick<Notify, 'notify'>
  deliveries: Pick<Deliveries, 'handOut' | 'report'>
  heartbeats: Pick<Heartbeats, 'take'>
}

/** What service accounts alone may ask. */
export function serviceRoutes({ feed, notify, deliveries, heartbeats }: ServiceRoutesDeps): Route[] {
  const consumer = z.object({ consumer: idSchema })
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/events',
      summary: 'The feed of events after a place in it, oldest first: each once, for whoever reads it by one cursor.',
      allow: [],
      service: 'events',
      query: feedQuerySchema,
      response: eventFeedSchema,
      handle: async ({ query, caller }) => ({ body: await feed.read(asService(caller).service.person, query) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/events/cursors/{consumer}',
      summary: 'How far a consumer has read the feed.',
      allow: [],
      service: 'events',
      params: consumer,
      response: feedCursorSchema,
      handle: async ({ params, caller }) => ({
        body: await feed.cursor(asService(caller).service.account, params.consumer),
      }),
    }),
    defineRoute({
      method: 'put',
      path: '/api/v1/events/cursors/{consumer}',
      summary: 'Say how far a consumer has read. It never goes back.',
      allow: [],
      service: 'events',
      params: consumer,
      body: feedCursorRequestSchema,
      response: feedCursorSchema,
      handle: async ({ params, body, caller }) => ({
        body: await feed.putCursor(asService(caller).service.account, params.consumer, body.after),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/notify',
      summary: 'Have people told, each once; gives what is to be sent by group robots and text messages.',
      allow: [],
      service: 'notify',
      body: notifyRequestSchema,
      response: notifyAnswerSchema,
      handle: async ({ body, caller }) => ({ body: await notify.notify(asService(caller).service, body) }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/notify/due',
      summary: 'What waited and is to be sent by group robots and text messages now.',
      allow: [],
      service: 'notify',
      response: dueDeliveriesSchema,
      handle: async ({ caller }) => ({
        body: { deliveries: await deliveries.handOut(asService(caller).service.account) },
      }),
    }),
    defineRoute({
      method: 'put',
      path: '/api/v1/notify/deliveries/{id}',
      summary: 'Say what became of a delivery.',
      allow: [],
      service: 'notify',
      params: z.object({ id: idSchema }),
      body: deliveryResultSchema,
      handle: async ({ params: { id }, body, caller }) => {
        await deliveries.report(asService(caller).service.account, id, body)
        return {}
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/automation/heartbeat',
      summary: 'Say that you run, and which of your flows are on.',
      allow: [],
      service: 'heartbeat',
      body: heartbeatSchema,
      response: heartbeatAnswerSchema,
      handle: async ({ body, caller }) => {
        const { account } = asService(caller).service
        await heartbeats.take(account, body.flows)
        return { body: { account, nextInMs: HEARTBEAT_EVERY_MS } }
      },
    }),
  ]
}
