import {
  MAX_PHOTOS,
  MAX_PHOTO_BYTES,
  confirmationRequestSchema,
  feedbackFixedSchema,
  feedbackRequestSchema,
  feedbackStatusSchema,
  idSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { ApiProblem } from '../errors.ts'
import { maySeeStation } from '../people/scope.ts'
import { type Caller, type Route, defineRoute } from '../http/route.ts'
import { PHOTO_TYPES } from '../photos/sniff.ts'
import type { Directory } from '../registry/directory.ts'
import type { NewConfirmation } from './confirmations.ts'
import type { FeedbackBook } from './feedback-book.ts'
import type { VisitorKeys } from './visitor-keys.ts'
import type { VisitorLimits } from './visitor-limits.ts'

const stationPath = z.object({ id: idSchema })
const keyPath = z.object({ key: z.string().regex(/^[0-9a-f]{32}$/, 'expected 32 hexadecimal digits') })

export interface FeedbackRoutesDeps {
  book: FeedbackBook
  /** Keeps a confirmation, and has it shown. */
  confirm: (station: string, said: NewConfirmation) => Promise<void>
  keys: VisitorKeys
  limits: VisitorLimits
  directory: Directory
  nowMs: () => number
}

/** What visitors say, without an account. */
export function feedbackRoutes({ book, confirm, keys, limits, directory, nowMs }: FeedbackRoutesDeps): Route[] {
  const networksOf = ({ address }: Caller) => keys.network(address, nowMs())
  return [
    defineRoute({
      method: 'post',
      path: '/api/v1/stations/{id}/feedback',
      summary: 'Tell of something at a station. Sent again with the same key it is the same report.',
      allow: 'anyone',
      params: stationPath,
      body: feedbackRequestSchema,
      response: feedbackStatusSchema,
      handle: async ({ params: { id }, body, caller }) => {
        const networks = networksOf(caller)
        limits.take({ network: networks[0], station: id }, nowMs())
        const { status, isNew, writtenAtMs } = await book.take(id, body, networks)
        // Who stands before a locked door, or in a full room, says by it what a tap would say.
        const says = SAYS_TOO[body.topic]
        if (isNew && says !== undefined) {
          const senders = keys.sender(body.key, nowMs())
          await confirm(id, { says, role: 'visitor', atMs: writtenAtMs, senders, networks })
        }
        return { body: status, status: isNew ? 201 : 200 }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/feedback/{key}',
      summary: 'What became of a report, for whoever has its key.',
      allow: 'anyone',
      params: keyPath,
      response: feedbackStatusSchema,
      handle: async ({ params: { key } }) => ({ body: await book.status(key) }),
    }),
    defineRoute({
      method: 'put',
      path: '/api/v1/feedback/{key}/photos/{n}',
      summary: `Send photo n (from 1) of a report: at most ${MAX_PHOTO_BYTES / 1e6} MB. Nothing but its pixels is kept.`,
      allow: 'anyone',
      params: keyPath.extend({ n: z.coerce.number().int().min(1).max(MAX_PHOTOS) }),
      bytes: { types: PHOTO_TYPES, maxBytes: MAX_PHOTO_BYTES },
      handle: async ({ params: { key, n }, bytes, caller }) => {
        limits.takePhoto(networksOf(caller)[0], nowMs())
        await book.takePhoto(key, n, bytes)
        return {}
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/feedback/{key}/fixed',
      summary: 'Answer the question whether it is fixed.',
      allow: 'anyone',
      params: keyPath,
      body: feedbackFixedSchema,
      response: feedbackStatusSchema,
      handle: async ({ params: { key }, body: { fixed } }) => ({ body: await book.answerFixed(key, fixed) }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/stations/{id}/confirmations',
      summary: 'Say with one tap how it is there. A signed-in keeper of the district counts as its keeper.',
      allow: 'anyone',
      params: stationPath,
      body: confirmationRequestSchema,
      handle: async ({ params: { id }, body: { key, says }, caller }) => {
        const entry = directory.stations.get(id)
        if (entry === undefined) throw new ApiProblem('not_found', `there is no station ${id}`)
        const atMs = nowMs()
        const { person } = caller
        const isKeeper = person?.role === 'keeper' && maySeeStation(person, entry.record)
        const senders = keys.sender(isKeeper ? `keeper ${person.login}` : key, atMs)
        const networks = networksOf(caller)
        limits.take({ network: networks[0], sender: senders[0], station: id }, atMs)
        await confirm(id, { says, role: isKeeper ? 'keeper' : 'visitor', atMs, senders, networks })
        return {}
      },
    }),
  ]
}

/** Topics that say something of the moment. */
const SAYS_TOO: Readonly<Partial<Record<string, NewConfirmation['says']>>> = {
  closed_though_open: 'locked',
  full: 'full',
}
