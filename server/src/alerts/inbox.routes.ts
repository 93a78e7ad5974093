import {
  APPLIANCE_KINDS,
  type Inbox,
  SEVERITIES,
  FAULT_AGES,
  districtSchema,
  streetCodeSchema,
  inboxMapSchema,
  inboxSchema,
  repairListSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { INBOX_STATES, inboxMapOf, inboxOf } from './inbox.ts'
import { repairsOf } from './repairs.ts'

/** Stations on one page, and at most: nobody reads through more without a filter. */
const PAGE = 100
const MAX_PAGE = 500

const degrees = (most: number) => z.number().min(-most).max(most)
const flagSchema = z.enum(['true']).optional()

const filterShape = {
  state: z
    .enum(INBOX_STATES)
    .default('open')
    .meta({ description: '`open`: raised or acknowledged; `waiting`: raised; `suppressed`: explained by a cause.' }),
  severity: z
    .string()
    .transform(text => text.split(','))
    .pipe(z.array(z.enum(SEVERITIES)))
    .optional()
    .meta({ description: 'One or more of P0 to P3, with commas between.' }),
  kind: z
    .enum([...APPLIANCE_KINDS, 'other'])
    .optional()
    .meta({ description: '`other`: of the station itself or its sensors.' }),
  district: districtSchema.optional(),
  street: streetCodeSchema.optional(),
  age: z
    .enum(FAULT_AGES)
    .optional()
    .meta({ description: 'For how long they have stood: less than an hour, a day, a week, or longer.' }),
  mine: flagSchema.meta({ description: 'Only what you acknowledged or have an order of.' }),
  silenced: flagSchema.meta({ description: 'With those that somebody silenced.' }),
}

const querySchema = z.object({
  ...filterShape,
  near: z
    .string()
    .regex(/^-?\d{1,2}(\.\d{1,6})?,-?\d{1,3}(\.\d{1,6})?$/)
    .optional()
    .meta({ description: 'Latitude and longitude, WGS-84: the nearest station first. A rough position will do.' }),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(PAGE),
})

const mapQuerySchema = z.object({
  ...filterShape,
  box: z
    .string()
    .transform(text => text.split(',').map(Number))
    .pipe(z.tuple([degrees(180), degrees(85), degrees(180), degrees(85)]))
    .meta({ description: 'West, south, east and north of the view, WGS-84, with commas between.' }),
  zoom: z.coerce.number().int().min(0).max(20),
})

const alertPath = z.object({ id: z.string().min(1).max(100) })

/** The inbox of a person's districts, and what was repaired before. */
export function inboxRoutes({ db, nowMs }: { db: RegistryDb; nowMs: () => number }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/inbox',
      summary: 'Stations of your districts with alerts, a row each: the gravest first, or the nearest.',
      allow: 'staff',
      service: 'read',
      query: querySchema,
      response: inboxSchema,
      handle: async ({ query: { severity, mine, silenced, near, ...query }, caller }) => {
        const body: Inbox = await inboxOf(db, signedIn(caller), {
          ...query,
          severities: severity,
          isMine: mine !== undefined,
          withSilenced: silenced !== undefined,
          near: near === undefined ? undefined : placeOf(near),
          nowMs: nowMs(),
        })
        return { body, cacheControl: 'private, no-cache' }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/inbox/map',
      summary: 'The same within a part of a map: stations in trouble, as clusters where many lie close together.',
      allow: 'staff',
      query: mapQuerySchema,
      response: inboxMapSchema,
      handle: async ({ query: { severity, mine, silenced, ...query }, caller }) => ({
        body: await inboxMapOf(db, signedIn(caller), {
          ...query,
          severities: severity,
          isMine: mine !== undefined,
          withSilenced: silenced !== undefined,
          nowMs: nowMs(),
        }),
        cacheControl: 'private, no-cache',
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/alerts/{id}/repairs',
      summary: 'What was done before about the same fault, the same appliance, and the same fault of the same model.',
      allow: 'staff',
      params: alertPath,
      response: repairListSchema,
      handle: async ({ params, caller }) => ({
        body: await repairsOf(db, signedIn(caller), params.id),
        cacheControl: 'private, no-cache',
      }),
    }),
  ]
}

function placeOf(text: string): { latDeg: number; lngDeg: number } {
  const [latDeg = 0, lngDeg = 0] = text.split(',').map(Number)
  return { latDeg, lngDeg }
}
