import { z } from 'zod'
import { SEVERITIES } from './alerts.ts'
import { ROLES } from './api.ts'
import { districtSchema, idSchema, regionCodeSchema, streetCodeSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { cloudEventSchema } from './messages.ts'

/**
 * What a service account may be let do; nothing follows from anything else. `read`: stations, telemetry, alerts, orders, weather,
 * notices and their sums; `command`: switch air conditioners and water dispensers; `alerts`: acknowledge, silence, comment; `notify`:
 * have people told, by role and region; `events`: read the feed; `heartbeat`: say that it runs.
 */
export const SERVICE_RIGHTS = ['read', 'command', 'alerts', 'notify', 'events', 'heartbeat'] as const
export type ServiceRight = (typeof SERVICE_RIGHTS)[number]

/**
 * A request of a service account carries `Authorization: Bearer TOKEN` and no cookie, and names the flow that acts in this header, percent-encoded
 * UTF-8 of at most 80 characters (`encodeURIComponent`): every change is written down with it.
 */
export const FLOW_HEADER = 'harbor-flow'

/** A token: 32 random bytes as 64 hex digits. */
export const serviceTokenSchema = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits')

const serviceScope = {
  rights: z.array(z.enum(SERVICE_RIGHTS)).min(1).max(SERVICE_RIGHTS.length),
  /** Empty: the whole city. */
  districts: z.array(districtSchema).max(100),
  /** Absent: whole districts. */
  streets: z.array(streetCodeSchema).min(1).max(200).optional(),
}

/** POST /api/v1/automation/accounts (administrators). */
export const serviceAccountRequestSchema = z.strictObject({ name: idSchema, ...serviceScope })
export type ServiceAccountRequest = z.infer<typeof serviceAccountRequestSchema>

/** A service account without its secrets. Its acts are in every history as `{name} (automation)`. */
export const serviceAccountSchema = z
  .object({
    name: idSchema,
    ...serviceScope,
    createdAt: instantSchema,
    createdBy: z.string(),
    /** Absent: it stands. */
    revokedAt: instantSchema.optional(),
    /** The tokens that hold now, newest first: at most two, so that one takes over from the other without a gap. */
    tokens: z.array(z.object({ id: idSchema, createdAt: instantSchema, usedAt: instantSchema.optional() })).max(2),
  })
  .meta({ id: 'ServiceAccount' })
export type ServiceAccount = z.infer<typeof serviceAccountSchema>

export const serviceAccountListSchema = z
  .object({ accounts: z.array(serviceAccountSchema) })
  .meta({ id: 'ServiceAccountList' })
export type ServiceAccountList = z.infer<typeof serviceAccountListSchema>

/** A token as it is shown once, when it is made: POST …/accounts and POST …/accounts/{name}/tokens. */
export const issuedTokenSchema = z
  .object({ account: serviceAccountSchema, token: serviceTokenSchema })
  .meta({ id: 'IssuedToken' })
export type IssuedToken = z.infer<typeof issuedTokenSchema>

/** Events of one answer of the feed. */
export const MAX_FEED_EVENTS = 500

/** GET /api/v1/events?after=0&limit=200 */
export const feedQuerySchema = z.object({
  /** Only what came after it; the `seq` of the last event that was dealt with. */
  after: z.coerce.number().int().nonnegative(),
  limit: z.coerce.number().int().min(1).max(MAX_FEED_EVENTS).default(200),
})

/**
 * The durable feed of events: what is true. The same events go out over MQTT with their `seq` in `sequence`; that is the bell which says that there is
 * something to read. Whoever reads the feed by one cursor gets each event once and in order, whatever became of the bell.
 */
export const eventFeedSchema = z
  .object({
    /** Oldest first, within the account's region. */
    events: z.array(z.object({ seq: z.int().positive(), event: cloudEventSchema })),
    /** Ask again with `after` this: beyond the last of `events`, also where events between are not the account's. */
    next: z.int().nonnegative(),
    /** There is more right now. */
    hasMore: z.boolean(),
    /** Events after `after` are kept no more (7 days, 200,000 events): something was missed for good. */
    isGap: z.boolean(),
  })
  .meta({ id: 'EventFeed' })
export type EventFeed = z.infer<typeof eventFeedSchema>

/** PUT /api/v1/events/cursors/{consumer}: how far a consumer has come; never goes back. */
export const feedCursorRequestSchema = z.strictObject({ after: z.int().nonnegative() })

/** GET and PUT /api/v1/events/cursors/{consumer}; a consumer's name is an id, 40 characters at most. */
export const feedCursorSchema = z
  .object({
    consumer: idSchema,
    /** Ask the feed with it. A consumer that nobody has put yet begins with what comes from now on. */
    after: z.int().nonnegative(),
    /** Nothing was put for it yet: put `after` before relying on it. */
    isNew: z.boolean(),
  })
  .meta({ id: 'FeedCursor' })
export type FeedCursor = z.infer<typeof feedCursorSchema>

const textsSchema = (most: number) =>
  z.strictObject({ zh: z.string().trim().min(1).max(most), en: z.string().trim().min(1).max(most) })

/**
 * Whom to tell. `logins`: these; `roles` with a `region`: who has such a role and looks after all of it (absent: after anything within the account's region);
 * `roles` with a `station`: who has such a role and may see it; `level` with a `station`: `shift`: whoever is on shift there now, else who serves there and its nearest managers; `station`: these; `district`: the managers of
 * its district; `city`: managers and administrators of the whole city.
 */
export const notifyToSchema = z.union([
  z.strictObject({ logins: z.array(z.string().min(1).max(80)).min(1).max(200) }),
  z.strictObject({ roles: z.array(z.enum(ROLES)).min(1), region: regionCodeSchema.optional() }),
  z.strictObject({ roles: z.array(z.enum(ROLES)).min(1), station: idSchema }),
  z.strictObject({ level: z.enum(['shift', 'station', 'district', 'city']), station: idSchema }),
])
export type NotifyTo = z.infer<typeof notifyToSchema>

/** What must still hold when somebody is told late, after quiet hours or in a digest. */
export const notifyOnlyWhileSchema = z.union([
  /** It is raised, neither taken by anybody nor silenced nor over. */
  z.strictObject({ alertRaised: z.string().min(1).max(100) }),
  /** It stands. */
  z.strictObject({ noticeStands: z.string().min(1).max(100) }),
])

/** POST /api/v1/notify (right `notify`). */
export const notifyRequestSchema = z.strictObject({
  to: notifyToSchema,
  severity: z.enum(SEVERITIES),
  title: textsSchema(120),
  body: textsSchema(2_000),
  /** A path below the server's root. */
  url: z
    .string()
    .max(300)
    .regex(/^\/(?!\/)/, 'expected a path such as /console/'),
  /** What it is about, by which one flow's messages are told from another's. */
  kind: idSchema,
  /** The same for the same thing: each person and channel is told of it once within 7 days, however often it is asked. */
  dedupeKey: z.string().min(1).max(150),
  onlyWhile: notifyOnlyWhileSchema.optional(),
})
export type NotifyRequest = z.infer<typeof notifyRequestSchema>

/** Ways that Node-RED sends by; the server itself sends push messages and mail. */
export const CONTACT_KINDS = ['wecom', 'dingtalk', 'feishu', 'sms', 'http'] as const
export type ContactKind = (typeof CONTACT_KINDS)[number]

/**
 * Something that Node-RED is to send now. It holds it for `leaseMs`; what is not said to be delivered or failed by then is handed out again, so that nothing
 * is lost: say it at once.
 */
export const deliverySchema = z
  .object({
    id: idSchema,
    channel: z.object({
      id: idSchema,
      kind: z.enum(CONTACT_KINDS),
      /**
       * `sms`: a phone number, digits with an optional leading +. Else the name of a destination, whose address and secret Node-RED alone has in its
       * environment or credentials.
       */
      target: z.string().min(1).max(80),
      language: z.enum(['zh', 'en']),
    }),
    severity: z.enum(SEVERITIES),
    title: z.string(),
    body: z.string(),
    url: z.string(),
    kind: idSchema,
    /** Messages that it stands for; more than one: a digest. */
    count: z.int().positive(),
    createdAt: instantSchema,
    /** How often it was handed out before. */
    tries: z.int().nonnegative(),
  })
  .meta({ id: 'Delivery' })
export type Delivery = z.infer<typeof deliverySchema>

const toldSchema = z.object({
  /** Told now. */
  told: z.int().nonnegative(),
  /** Told later: at the end of their quiet hours, or in a digest, because more came than the limit within its window. */
  held: z.int().nonnegative(),
  /**
   * Told of it before. Also who by role would be told of a raised alert (`alertRaised`): the server tells everybody of it as they chose themselves; a
   * flow reaches them a second time by `level` or `logins`.
   */
  repeated: z.int().nonnegative(),
})

/** What became of a POST /api/v1/notify. */
export const notifyAnswerSchema = z
  .object({
    /** People, by push and mail, which the server sends itself. Who has chosen no such way is not counted. */
    people: toldSchema,
    /** Channels for Node-RED: `told` are in `deliveries`. */
    channels: toldSchema,
    /** To be sent now. */
    deliveries: z.array(deliverySchema),
  })
  .meta({ id: 'NotifyAnswer' })
export type NotifyAnswer = z.infer<typeof notifyAnswerSchema>

/** How long a delivery is Node-RED's before it is handed out again. */
export const DELIVERY_LEASE_MS = 120_000
/** Deliveries handed out at once. */
export const MAX_DUE = 100

/** POST /api/v1/notify/due: digests and what waited for quiet hours or for another try, to be sent now; at most 100. Ask every 15 s or so. */
export const dueDeliveriesSchema = z
  .object({ deliveries: z.array(deliverySchema).max(MAX_DUE) })
  .meta({ id: 'DueDeliveries' })
export type DueDeliveries = z.infer<typeof dueDeliveriesSchema>

/**
 * PUT /api/v1/notify/deliveries/{id}. `failed`: handed out again after 30 s, 2 min, 10 min, 1 h, then given up; `off`: its destination is not set: given
 * up at once, and shown.
 */
export const deliveryResultSchema = z.strictObject({
  state: z.enum(['delivered', 'failed', 'off']),
  reason: z.string().max(300).optional(),
})
export type DeliveryResult = z.infer<typeof deliveryResultSchema>

const minuteSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as 22:00')

/** PUT /api/v1/contact-channels/{id} (administrators): a group's robot, or a person's phone for text messages. */
export const contactChannelRequestSchema = z
  .strictObject({
    kind: z.enum(CONTACT_KINDS),
    name: z.string().trim().min(1).max(80),
    /** As in a delivery. */
    target: z.string().trim().min(1).max(80),
    /** Whose phone it is: told whenever this person is. Absent: a group, told of what is for `roles` in `region`. */
    login: z.string().min(1).max(80).optional(),
    /** Absent: the whole city. */
    region: regionCodeSchema.optional(),
    /** Empty: any. */
    roles: z.array(z.enum(ROLES)).max(ROLES.length),
    severities: z.array(z.enum(SEVERITIES)).min(1).max(SEVERITIES.length),
    /** On the stations' clock. P0 does not wait. */
    quiet: z.strictObject({ from: minuteSchema, to: minuteSchema }).optional(),
    language: z.enum(['zh', 'en']),
  })
  .refine(({ kind, target }) => kind !== 'sms' || /^\+?[0-9]{5,15}$/.test(target), {
    path: ['target'],
    error: 'expected a phone number: 5 to 15 digits',
  })
  .refine(({ kind, target }) => kind === 'sms' || idSchema.safeParse(target).success, {
    path: ['target'],
    error: 'expected the name of a destination: 1 to 40 of a-z, 0-9 and -',
  })
export type ContactChannelRequest = z.infer<typeof contactChannelRequestSchema>

export const contactChannelSchema = z
  .object({
    id: idSchema,
    ...contactChannelRequestSchema.shape,
    createdAt: instantSchema,
    createdBy: z.string(),
    /** What could not be delivered last, within 7 days. */
    trouble: z.object({ at: instantSchema, reason: z.string() }).optional(),
  })
  .meta({ id: 'ContactChannel' })
export type ContactChannel = z.infer<typeof contactChannelSchema>

export const contactChannelListSchema = z
  .object({ channels: z.array(contactChannelSchema) })
  .meta({ id: 'ContactChannelList' })

/** How often an account says that it runs, and after how long a silence the server says that it does not (chosen: six beats). */
export const HEARTBEAT_EVERY_MS = 30_000
export const HEARTBEAT_LOST_MS = 180_000

/** `off`: disabled, or something that it needs is not set (`reason` names it); `error`: its last run failed. */
export const FLOW_STATES = ['on', 'off', 'error'] as const

export const flowStateSchema = z.object({
  id: z.string().min(1).max(60),
  name: z.string().min(1).max(120),
  state: z.enum(FLOW_STATES),
  /** Such as "off: WECOM_WEBHOOK not set". Never a secret. */
  reason: z.string().max(300).optional(),
  lastRunAt: instantSchema.optional(),
})
export type FlowState = z.infer<typeof flowStateSchema>

/** POST /api/v1/automation/heartbeat (right `heartbeat`): every flow, each time whole. */
export const heartbeatSchema = z.strictObject({ flows: z.array(flowStateSchema).max(200) })
export type Heartbeat = z.infer<typeof heartbeatSchema>

export const heartbeatAnswerSchema = z
  .object({ account: idSchema, nextInMs: z.int().positive() })
  .meta({ id: 'HeartbeatAnswer' })

/** GET /api/v1/automation/state (administrators, hardware; right `read`). */
export const automationStateSchema = z
  .object({
    at: instantSchema,
    accounts: z.array(
      z.object({
        account: idSchema,
        /** `unheard`: not heard since it was made, or since the server began to wait for it again. */
        state: z.enum(['running', 'silent', 'unheard']),
        heardAt: instantSchema.optional(),
        /** Silent since: a fault that administrators are told of. */
        silentSince: instantSchema.optional(),
        /** As it said last. */
        flows: z.array(flowStateSchema),
      }),
    ),
  })
  .meta({ id: 'AutomationState' })
export type AutomationState = z.infer<typeof automationStateSchema>

/** One change that a service account asked for. */
export const automationActSchema = z.object({
  at: instantSchema,
  account: idSchema,
  /** As FLOW_HEADER named it. */
  flow: z.string().optional(),
  method: z.string(),
  path: z.string(),
  status: z.int(),
  /** Why it was refused: the error's message. */
  reason: z.string().optional(),
})

/** GET /api/v1/automation/acts?limit=100&before= (administrators, hardware): newest first; kept 90 days. */
export const automationActsSchema = z.object({ acts: z.array(automationActSchema) }).meta({ id: 'AutomationActs' })
export type AutomationActs = z.infer<typeof automationActsSchema>

/** POST /api/v1/alerts/{id}/comment: a remark in its history. Answers the alert. */
export const alertCommentSchema = z.strictObject({ text: z.string().trim().min(1).max(300) })
