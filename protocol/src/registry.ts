import { z } from 'zod'
import { sha256Schema, versionNameSchema } from './firmware.ts'
import { districtSchema, gatewayIdSchema, idSchema, streetCodeSchema } from './ids.ts'
import { METRIC_NAMES } from './metrics.ts'
import { safetyLimitsSchema } from './safety.ts'
import { trustedKeysSchema } from './trusted-keys.ts'

/** What an appliance is. */
export const APPLIANCE_KINDS = ['fridge', 'air_conditioner', 'microwave', 'water_dispenser'] as const
export type ApplianceKind = (typeof APPLIANCE_KINDS)[number]

/**
 * Dialects a gateway understands. `shelly` is every generation; `chirpstack` brings LoRaWAN sensors of any maker;
 * `homeassistant` is a device that announces itself by Home Assistant's MQTT discovery; `mapping` is what the config's own
 * expressions read.
 */
export const VENDORS = [
  'tasmota',
  'shelly',
  'zigbee2mqtt',
  'esphome',
  'chirpstack',
  'homeassistant',
  'mapping',
] as const
export type Vendor = (typeof VENDORS)[number]

/** What a station offers beside its appliances. */
export const FACILITIES = [
  'seating',
  'toilet',
  'charging',
  'nursing_room',
  'wheelchair',
  'night',
  'tricycle_parking',
  'medicine_box',
  'wifi',
] as const

/** Who has the station under their roof. */
export const HOST_KINDS = [
  'own_building',
  'public_toilet',
  'park',
  'bank',
  'petrol_station',
  'community_office',
  'shop',
  'mall',
  'telecom_shop',
  'pharmacy',
  'post_office',
  'party_centre',
  'container',
  'other',
] as const
export type HostKind = (typeof HOST_KINDS)[number]

const nameSchema = z.string().min(1).max(120)

/** A district with its names. */
export const regionSchema = z.object({ district: districtSchema, nameZh: nameSchema, nameEn: nameSchema })

/** A street or town with its names. */
export const streetSchema = z.object({ street: streetCodeSchema, nameZh: nameSchema, nameEn: nameSchema })
export type StreetRecord = z.infer<typeof streetSchema>

export const stationRecordSchema = z.object({
  id: idSchema,
  district: districtSchema,
  /** The street or town, in its district; absent: not known, and then nobody who is limited to streets sees it. */
  street: streetCodeSchema.optional(),
  nameZh: nameSchema,
  nameEn: nameSchema,
  addressZh: z.string().max(200).optional(),
  addressEn: z.string().max(200).optional(),
  /** WGS-84. */
  latDeg: z.number().min(-90).max(90),
  lngDeg: z.number().min(-180).max(180),
  /** OpenStreetMap `opening_hours` syntax; absent: not known. */
  hours: z.string().max(500).optional(),
  /** Seats. */
  capacity: z.int().positive().max(10_000).optional(),
  facilities: z.array(z.enum(FACILITIES)).default([]),
  hostKind: z.enum(HOST_KINDS).optional(),
  /** Who to call about it; shown to everybody. */
  phone: z
    .string()
    .regex(/^[+\d][\d -]{4,19}$/, 'expected a telephone number such as 023-6381 0000')
    .optional(),
  /** How to find the door: the street level, the side, a landmark. */
  hintZh: z.string().max(200).optional(),
  hintEn: z.string().max(200).optional(),
})
export type StationRecord = z.infer<typeof stationRecordSchema>

export const applianceRecordSchema = z.object({
  id: idSchema,
  station: idSchema,
  kind: z.enum(APPLIANCE_KINDS),
  /** The maker's model; rules can be set apart for one model. */
  model: z.string().max(80).optional(),
  assetTag: z.string().max(80).optional(),
})
export type ApplianceRecord = z.infer<typeof applianceRecordSchema>

export const gatewayRecordSchema = z.object({ id: gatewayIdSchema, station: idSchema, district: districtSchema })
export type GatewayRecord = z.infer<typeof gatewayRecordSchema>

/** A plug or sensor. `address` is what the vendor's messages call it, with `#n` for channel n of a multi-channel device. */
export const deviceRecordSchema = z.object({
  id: idSchema,
  gateway: idSchema,
  vendor: z.enum(VENDORS),
  address: z.string().min(1).max(120),
  /** The appliance it is on; absent: it watches the station itself. */
  appliance: idSchema.optional(),
  /** Whether a command may switch its relay. Default: not a fridge's, and not one of which nobody said what is on it. */
  switchable: z.boolean().optional(),
  /** Limits of its own; absent: those of its appliance's kind. */
  safety: safetyLimitsSchema.optional(),
})
export type DeviceRecord = z.infer<typeof deviceRecordSchema>

/**
 * A rule's numbers set apart for one appliance model, or for one appliance. `timeScale` divides every duration of the rule: 60 makes an
 * hour a minute.
 */
export const ruleOverrideSchema = z.object({
  rule: z.string().min(1).max(60),
  /** Absent only where `appliance` says whose it is. */
  model: z.string().min(1).max(80).optional(),
  timeScale: z.number().positive().max(10_000).default(1),
  /** Only for this appliance, whatever its model; it stands above what is set for the model. */
  appliance: idSchema.optional(),
  /** Numbers of the rule's detector by their path, such as `raise.0.threshold`; the rule's own checks hold for them too. */
  numbers: z.record(z.string().regex(/^[A-Za-z0-9.]{1,80}$/), z.number()).optional(),
})
export type RuleOverride = z.infer<typeof ruleOverrideSchema>

/** A whole fleet in one document: what the server takes over into its registry, and gateways' configs are made from. */
export const fleetSchema = z.object({
  regions: z.array(regionSchema),
  streets: z.array(streetSchema).default([]),
  stations: z.array(stationRecordSchema),
  appliances: z.array(applianceRecordSchema),
  gateways: z.array(gatewayRecordSchema),
  devices: z.array(deviceRecordSchema),
  ruleOverrides: z.array(ruleOverrideSchema).default([]),
})
export type Fleet = z.infer<typeof fleetSchema>

/**
 * How to read the messages of a device that no decoder knows. Expressions are JSONata (https://docs.jsonata.org) over the
 * payload: a JSON value, or the text where it is none; `$topic` is the list of the topic's levels.
 */
export const mappingSchema = z.object({
  /** Topics, as in an MQTT subscription: `+` is any level, `#` at the end all that follow. */
  topic: z
    .string()
    .max(200)
    .regex(/^(#|([^+#/]*|\+)(\/([^+#/]*|\+))*(\/#)?)$/, 'expected a topic in which + and # stand for whole levels')
    .refine(topic => topic !== '', 'expected a topic'),
  /** What a device's record names as its address; `{1}` is what the first wildcard stands for. Default: the topic. */
  address: z.string().min(1).max(120).optional(),
  readings: z
    .array(
      z.object({
        metric: z.enum(METRIC_NAMES),
        /** Gives the value in the metric's unit; a state as true or false; nothing where the message does not say it. */
        value: z.string().min(1).max(1_000),
        /** Channel of a device that has several. */
        channel: z.int().min(0).max(999).optional(),
      }),
    )
    .min(1)
    .max(50),
  /** Gives when it was measured: ISO 8601 with a zone, or milliseconds since 1970. Absent: when the message arrived. */
  time: z.string().min(1).max(1_000).optional(),
})
export type Mapping = z.infer<typeof mappingSchema>

/**
 * A card reader on the station's door: any device that says a card's number on a topic of its own. The gateway makes a
 * pseudonym of it at once, and passes the number on to nobody.
 */
export const cardReaderSchema = z.object({
  /** The topic, without wildcards. */
  topic: z
    .string()
    .max(200)
    .regex(/^[^+#\p{Cc}]+$/u, 'expected a topic without + and #'),
  /** Where the number stands in a JSON payload, as `RC522.UID`; absent: the payload is the number. */
  field: z
    .string()
    .max(100)
    .regex(/^[^.\s]+(\.[^.\s]+)*$/, 'expected names with dots between, as RC522.UID')
    .optional(),
})
export type CardReader = z.infer<typeof cardReaderSchema>

/** The software that a gateway is to run. Once it has been fetched and its content is what `sha256` says, the service manager starts into it. */
export const gatewaySoftwareSchema = z.object({
  version: versionNameSchema,
  /** An http or https address of a .tar.gz. */
  url: z
    .string()
    .regex(/^https?:\/\/[^/\s]\S*$/, 'expected an address such as https://harbor.example/x.tar.gz')
    .max(500),
  sha256: sha256Schema,
})
export type GatewaySoftware = z.infer<typeof gatewaySoftwareSchema>

/** A gateway's config: who it is, what hangs on it. Its secret is not in it. */
export const gatewayConfigSchema = z.object({
  version: z.int().nonnegative(),
  gateway: gatewayIdSchema,
  station: idSchema,
  district: districtSchema,
  /** Where devices without a zone of their own (Tasmota) take their clock from. */
  timeZone: z.string().default('Asia/Shanghai'),
  /** Where the broker is; absent: where the process' own MQTT_URL says. */
  mqttUrl: z
    .string()
    .regex(/^(mqtts?|wss?):\/\/[^/\s]\S*$/, 'expected an address such as mqtt://127.0.0.1:1883')
    .max(500)
    .optional(),
  /** The port that the station's devices connect to; absent: the process' own GATEWAY_LAN_PORT. */
  lanPort: z.int().min(1).max(65_535).optional(),
  /** Whom to believe from now on; absent: as before. So keys are changed without a visit to the box. */
  trustedKeys: trustedKeysSchema.optional(),
  devices: z.array(
    deviceRecordSchema.omit({ gateway: true }).extend({
      /** What the device's appliance is: the limits go by it. */
      applianceKind: z.enum(APPLIANCE_KINDS).optional(),
      /** Seconds between two reports that the device is set up for; what is made for the device itself goes by it. */
      reportEveryS: z.int().min(1).max(86_400).optional(),
    }),
  ),
  /** For devices of the vendor `mapping`. */
  mappings: z.array(mappingSchema).max(50).optional(),
  /** Readers of cards with which visitors check in. */
  cardReaders: z.array(cardReaderSchema).max(10).optional(),
  /** Absent: the software that came with the box. */
  software: gatewaySoftwareSchema.optional(),
})
export type GatewayConfig = z.infer<typeof gatewayConfigSchema>
