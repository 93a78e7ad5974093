import { z } from 'zod'
import { gatewayIdSchema, idSchema } from './ids.ts'
import { VENDORS } from './registry.ts'

/**
 * Ready-made configuration for the plugs and sensors of a gateway. One route, for hardware and administrator:
 *
 * GET /api/v1/fleet/gateways/{gateway}/device-setup?host=&port= gives GatewaySetup, of the newest config. `host` is the gateway's address on the
 * station's LAN (no default can be right: without it the texts say `GATEWAY-ADDRESS`), `port` that of its listener.
 *
 * The texts are built by `deviceSetups` of `@harbor/protocol/device-setup`, in a browser too: there the station's Wi-Fi can be filled in
 * without leaving the page. Without it the texts leave the Wi-Fi alone, or name a placeholder where the format needs one.
 */

/** What stands where the gateway's address is not known. */
export const UNKNOWN_HOST = 'GATEWAY-ADDRESS'

/** A host's name or IPv4 address: nothing that would end a word in any of the formats. */
export const setupHostSchema = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$/, 'expected an address such as 192.168.8.2 or a host name')

export const setupQuerySchema = z.object({
  host: setupHostSchema.optional(),
  port: z.coerce.number().int().min(1).max(65_535).optional(),
})

/** How a text is used. */
export const SETUP_SYNTAXES = ['console', 'rpc', 'http', 'shell', 'yaml', 'json', 'c'] as const
export type SetupSyntax = (typeof SETUP_SYNTAXES)[number]

/** One text to copy. */
export const setupTextSchema = z
  .object({
    /** Which of the device's texts: `backlog`, `rules`, `mqtt`, `esp32-climate` …: for links and tests, not for people. */
    key: idSchema,
    titleZh: z.string(),
    titleEn: z.string(),
    /** Where it goes and what to do before or after. */
    howZh: z.string(),
    howEn: z.string(),
    syntax: z.enum(SETUP_SYNTAXES),
    text: z.string(),
    /** The maker's page that says so. */
    source: z.string(),
  })
  .meta({ id: 'SetupText' })
export type SetupText = z.infer<typeof setupTextSchema>

/** One way of setting up a device: a generation, or a kind of board. Any one of them will do. */
export const setupWaySchema = z
  .object({
    key: idSchema,
    nameZh: z.string(),
    nameEn: z.string(),
    /** All of them, in this order. */
    texts: z.array(setupTextSchema).min(1),
    /** Where a device so set up speaks, as filters of MQTT. */
    topics: z.array(z.string()).min(1),
  })
  .meta({ id: 'SetupWay' })
export type SetupWay = z.infer<typeof setupWaySchema>

/** One physical device: it may be several of the config's, by channel or by the sensors on it. */
export const deviceSetupSchema = z
  .object({
    vendor: z.enum(VENDORS),
    /** What the vendor's messages call it, without channel and part. */
    address: z.string(),
    devices: z.array(idSchema).min(1),
    /** Empty with a `problem`. */
    ways: z.array(setupWaySchema),
    /** Why there is no text: an address that the vendor's format cannot say, or a vendor that is not set up so. */
    problem: z.object({ zh: z.string(), en: z.string() }).optional(),
  })
  .meta({ id: 'DeviceSetup' })
export type DeviceSetup = z.infer<typeof deviceSetupSchema>

export const gatewaySetupSchema = z
  .object({
    gateway: gatewayIdSchema,
    station: idSchema,
    /** Of the config that it was made of. */
    version: z.int().nonnegative(),
    host: z.string(),
    port: z.int(),
    setups: z.array(deviceSetupSchema),
  })
  .meta({ id: 'GatewaySetup' })
export type GatewaySetup = z.infer<typeof gatewaySetupSchema>
