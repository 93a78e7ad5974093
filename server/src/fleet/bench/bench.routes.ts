import { acceptSchema, benchViewSchema, commandViewSchema, gatewayIdSchema, relayTestSchema } from '@harbor/protocol'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../../http/route.ts'
import { acceptanceSheet } from './acceptance-sheet.ts'
import type { Bench } from './bench.ts'

const fileSchema = z.custom<Uint8Array>().meta({ override: { type: 'string', format: 'binary' } })

/** A gateway just flashed, on the bench. `timeZone` is that of the sheet's times. */
export function benchRoutes({ bench, timeZone }: { bench: Bench; timeZone: string }): Route[] {
  const allow = ['hardware', 'administrator'] as const
  const path = '/api/v1/fleet/gateways/{gateway}/bench'
  const params = z.object({ gateway: gatewayIdSchema })
  return [
    defineRoute({
      method: 'get',
      path,
      summary: 'What was seen of a gateway so far: claimed, configured, each device heard, decoded and switched.',
      allow,
      params,
      response: benchViewSchema,
      handle: async ({ params: { gateway }, caller }) => ({ body: await bench.view(signedIn(caller), gateway) }),
    }),
    defineRoute({
      method: 'post',
      path: `${path}/relay-test`,
      summary: 'Switch the relay of a device; the bench shows what came of it.',
      allow,
      params,
      body: relayTestSchema,
      response: commandViewSchema,
      handle: async ({ params: { gateway }, body, caller }) => ({
        body: await bench.testRelay(signedIn(caller), gateway, body),
        status: 201,
      }),
    }),
    defineRoute({
      method: 'post',
      path: `${path}/accept`,
      summary: 'Accept a gateway: what was seen of it is kept with the date and the person.',
      allow,
      params,
      body: acceptSchema,
      response: benchViewSchema,
      handle: async ({ params: { gateway }, body, caller }) => ({
        body: await bench.accept(signedIn(caller), gateway, body),
        status: 201,
      }),
    }),
    defineRoute({
      method: 'get',
      path: `${path}/sheet.pdf`,
      summary: 'The acceptance sheet: of the last acceptance, or of now where there is none.',
      allow,
      params,
      query: z.object({ lang: z.enum(['zh', 'en']).default('zh') }),
      response: fileSchema,
      textType: 'application/pdf',
      handle: async ({ params: { gateway }, query: { lang }, caller }) => ({
        body: await acceptanceSheet(await bench.sheet(signedIn(caller), gateway), { language: lang, timeZone }),
        headers: { 'Content-Disposition': `inline; filename="${gateway}.pdf"`, 'X-Content-Type-Options': 'nosniff' },
      }),
    }),
  ]
}
