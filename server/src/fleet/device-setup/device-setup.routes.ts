import { UNKNOWN_HOST, gatewayIdSchema, gatewaySetupSchema, setupQuerySchema } from '@harbor/protocol'
import { deviceSetups } from '@harbor/protocol/device-setup'
import { z } from 'zod'
import { type Route, defineRoute, signedIn } from '../../http/route.ts'
import type { RegistryDb } from '../../registry/open-registry.ts'
import type { ConfigBook } from '../config-book.ts'
import type { GatewayConfigs } from '../gateway-configs.ts'

export interface DeviceSetupDeps {
  db: RegistryDb
  configs: Pick<GatewayConfigs, 'checkReach'>
  book: Pick<ConfigBook, 'latest' | 'settings'>
  /** Of stations whose config names none. */
  timeZone: string
}

/** How a gateway's devices are set up. The station's Wi-Fi is not asked for: it would stand in every log on the way. */
export function deviceSetupRoutes({ db, configs, book, timeZone }: DeviceSetupDeps): Route[] {
  /** What its newest config says, or what is registered of one that was never given any. */
  const plannedOf = async (gateway: string) => {
    const latest = await book.latest(gateway)
    if (latest !== undefined) return latest.document
    const settings = await db.transaction().execute(tx => book.settings(tx, gateway))
    const { station } = await db
      .selectFrom('gateway')
      .select('station')
      .where('id', '=', gateway)
      .executeTakeFirstOrThrow()
    return { version: 0, station, ...settings, timeZone: settings.timeZone ?? timeZone }
  }
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/fleet/gateways/{gateway}/device-setup',
      summary: "Ready-made configuration for a gateway's plugs and sensors, by its newest config.",
      allow: ['hardware', 'administrator'],
      params: z.object({ gateway: gatewayIdSchema }),
      query: setupQuerySchema,
      response: gatewaySetupSchema,
      handle: async ({ params: { gateway }, query: { host, port }, caller }) => {
        await configs.checkReach(signedIn(caller), gateway)
        const { version, station, ...config } = await plannedOf(gateway)
        return {
          body: {
            gateway,
            station,
            version,
            host: host ?? UNKNOWN_HOST,
            port: port ?? config.lanPort ?? 1883,
            setups: deviceSetups(config, { host, port }),
          },
        }
      },
    }),
  ]
}
