import {
  type Person,
  type TellSettings,
  mailCodeSchema,
  tellChoiceSchema,
  tellDeviceRequestSchema,
  tellSettingsSchema,
  tellTestSchema,
  undeliveredSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import { ApiProblem } from '../errors.ts'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { type MailAddress, isConfirmed } from './mail-address.ts'
import { isPushService } from './push-services.ts'
import { choiceOf, devicesOf, putChoice, putDevice, removeDevice } from './tell-choices.ts'
import type { TellOutbox } from './tell-outbox.ts'
import type { Tell } from './tell.ts'

const MAX_UNDELIVERED = 200

export interface TellRoutesDeps {
  db: RegistryDb
  tell: Pick<Tell, 'test'>
  mailAddress: MailAddress
  outbox: Pick<TellOutbox, 'undelivered'>
  pushKey: string
  pushServices: readonly string[]
  sendsMail: boolean
  nowMs: () => number
}

/** How each person is told; everybody decides for themselves alone. */
export function tellRoutes(deps: TellRoutesDeps): Route[] {
  const { db, tell, mailAddress, outbox, pushKey, pushServices, sendsMail, nowMs } = deps
  const settingsOf = async ({ login }: Person): Promise<TellSettings> => {
    const choice = await choiceOf(db, login)
    const isMailConfirmed = choice.mail !== undefined && (await isConfirmed(db, login, choice.mail))
    return { choice, isMailConfirmed, pushKey, sendsMail, devices: await devicesOf(db, login) }
  }
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/tell',
      summary: 'How you are told of alerts and work orders.',
      allow: 'staff',
      response: tellSettingsSchema,
      handle: async ({ caller }) => ({ body: await settingsOf(signedIn(caller)) }),
    }),
    defineRoute({
      method: 'put',
      path: '/api/v1/tell',
      summary: 'Choose of what, when and in which language you are told.',
      allow: 'staff',
      body: tellChoiceSchema,
      response: tellSettingsSchema,
      handle: async ({ body, caller }) => {
        const person = signedIn(caller)
        await putChoice(db, person.login, body)
        return { body: await settingsOf(person) }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/tell/mail',
      summary: 'Have a letter with a code sent to the mail address that you chose.',
      allow: 'staff',
      response: tellSettingsSchema,
      handle: async ({ caller }) => {
        const person = signedIn(caller)
        await mailAddress.sendCode(person.login, await choiceOf(db, person.login))
        return { body: await settingsOf(person) }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/tell/mail/confirm',
      summary: 'Give the code of the letter back: from now on mail goes to that address.',
      allow: 'staff',
      body: mailCodeSchema,
      response: tellSettingsSchema,
      handle: async ({ body: { code }, caller }) => {
        const person = signedIn(caller)
        await mailAddress.confirm(person.login, await choiceOf(db, person.login), code)
        return { body: await settingsOf(person) }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/tell/devices',
      summary: 'Have this browser told. It then tells you alone, whoever it told before.',
      allow: 'staff',
      body: tellDeviceRequestSchema,
      response: tellSettingsSchema,
      handle: async ({ body, caller }) => {
        if (!isPushService(body.endpoint, pushServices))
          throw new ApiProblem('invalid_request', `body: endpoint: expected one of ${pushServices.join(', ')}`)
        const person = signedIn(caller)
        await putDevice(db, person.login, { device: body, nowMs: nowMs() })
        return { body: await settingsOf(person), status: 201 }
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/tell/devices/{id}',
      summary: 'Have one of your browsers told no more.',
      allow: 'staff',
      params: z.object({ id: z.string().regex(/^[0-9a-f]{64}$/) }),
      response: tellSettingsSchema,
      handle: async ({ params: { id }, caller }) => {
        const person = signedIn(caller)
        await removeDevice(db, person.login, id)
        return { body: await settingsOf(person) }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/tell/test',
      summary: 'Send yourself a message on all your ways, and hear what came of it.',
      allow: 'staff',
      response: tellTestSchema,
      handle: async ({ caller }) => ({ body: await tell.test(signedIn(caller)) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/tell/undelivered',
      summary: 'What could not be told after every try.',
      allow: ['administrator'],
      response: undeliveredSchema,
      handle: async () => ({ body: { tellings: await outbox.undelivered(MAX_UNDELIVERED) } }),
    }),
  ]
}
