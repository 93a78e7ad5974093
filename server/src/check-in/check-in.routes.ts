import { checkInRequestSchema, doorCodeSchema, idSchema } from '@harbor/protocol'
import { z } from 'zod'
import type { VisitorKeys } from '../feedback/visitor-keys.ts'
import type { VisitorLimits } from '../feedback/visitor-limits.ts'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import type { CheckIns } from './check-ins.ts'

const stationPath = z.object({ id: idSchema })
/** Who has to do with a station's door. */
const MAY_SEE_DOOR = ['keeper', 'maintainer', 'manager', 'hardware', 'administrator'] as const
const MAY_CHANGE_DOOR = ['keeper', 'manager', 'administrator'] as const

export interface CheckInRoutesDeps {
  checkIns: CheckIns
  keys: VisitorKeys
  limits: VisitorLimits
  nowMs: () => number
}

/** Arriving, and the code on the door. */
export function checkInRoutes({ checkIns, keys, limits, nowMs }: CheckInRoutesDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/v1/stations/{id}/check-ins',
      summary: 'Say that you arrived, or leave, by the code on the door. No name, no account.',
      allow: 'anyone',
      params: stationPath,
      body: checkInRequestSchema,
      handle: async ({ params: { id }, body: { key, code, leaving }, caller }) => {
        const atMs = nowMs()
        const [network] = keys.network(caller.address, atMs)
        limits.take({ network, sender: keys.sender(key, atMs)[0], station: id }, atMs)
        await checkIns.byCode(id, { key, code, leaving: leaving === true })
        return {}
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/stations/{id}/door-code',
      summary: 'The code for the QR on a station’s door.',
      allow: MAY_SEE_DOOR,
      params: stationPath,
      response: doorCodeSchema,
      handle: async ({ params: { id }, caller }) => ({ body: await checkIns.doorCode(signedIn(caller), id) }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/stations/{id}/door-code',
      summary: 'Make another code for a station’s door; the one before is good for nothing from now on.',
      allow: MAY_CHANGE_DOOR,
      params: stationPath,
      response: doorCodeSchema,
      handle: async ({ params: { id }, caller }) => ({ body: await checkIns.rotateDoorCode(signedIn(caller), id) }),
    }),
  ]
}
