import { HttpError } from '@influxdata/influxdb-client'
import { z } from 'zod'
import type { InfluxLink } from './influx-link.ts'

const bucketSchema = z.object({
  id: z.string(),
  name: z.string(),
  retentionRules: z.array(z.object({ everySeconds: z.number() })).default([]),
})
const taskSchema = z.object({ id: z.string(), name: z.string(), flux: z.string(), status: z.string() })
const tokenSchema = z.object({ id: z.string(), token: z.string().min(1) })
const listOf = <Key extends string, Item extends z.ZodType>(key: Key, item: Item) =>
  z.object({ [key]: z.array(item).default([]) } as Record<Key, z.ZodDefault<z.ZodArray<Item>>>)

export interface InfluxBucket {
  id: string
  name: string
  /** 0: for ever. */
  keptSeconds: number
}

export type InfluxTaskRecord = z.infer<typeof taskSchema>

export interface BucketRight {
  action: 'read' | 'write'
  bucketId: string
}

/** What of InfluxDB's management API (v2) is used, its answers checked. Rejects as `InfluxLink.call` does, and with ZodError. */
export interface InfluxAdmin {
  /** Whether this InfluxDB has no user and organisation yet. */
  isNew(): Promise<boolean>
  orgId(name: string): Promise<string | undefined>
  bucket(orgId: string, name: string): Promise<InfluxBucket | undefined>
  makeBucket(orgId: string, bucket: { name: string; keptSeconds: number }): Promise<InfluxBucket>
  keepLonger(bucketId: string, keptSeconds: number): Promise<void>
  /** All of this name: InfluxDB lets several have the same. */
  tasks(orgId: string, name: string): Promise<InfluxTaskRecord[]>
  makeTask(orgId: string, task: { flux: string; description: string }): Promise<void>
  changeTask(taskId: string, task: { flux: string; description: string }): Promise<void>
  /** A new token, told this once. */
  makeToken(orgId: string, token: { description: string; rights: readonly BucketRight[] }): Promise<string>
}

export function createInfluxAdmin(link: Pick<InfluxLink, 'call'>): InfluxAdmin {
  const get = async <Schema extends z.ZodType>(schema: Schema, path: string, query: Record<string, string>) =>
    schema.parse(await link.call('GET', `${path}?${new URLSearchParams(query)}`))
  /** InfluxDB says of a name that it does not have 404 in one version and an empty list in another. */
  const find = async <Item>(list: Promise<Item[]>): Promise<Item[]> => {
    try {
      return await list
    } catch (error) {
      if (error instanceof HttpError && error.statusCode === 404) return []
      throw error
    }
  }
  const toBucket = ({ id, name, retentionRules }: z.infer<typeof bucketSchema>): InfluxBucket => ({
    id,
    name,
    keptSeconds: retentionRules[0]?.everySeconds ?? 0,
  })
  const retention = (everySeconds: number) => [
    { type: 'expire', everySeconds, shardGroupDurationSeconds: shardSeconds(everySeconds) },
  ]

  return {
    async isNew() {
      const answers = await find(get(z.object({ allowed: z.boolean() }), '/api/v2/setup', {}).then(one => [one]))
      return answers[0]?.allowed === true
    },

    async orgId(name) {
      const schema = listOf('orgs', z.object({ id: z.string(), name: z.string() }))
      const found = await find(get(schema, '/api/v2/orgs', { org: name }).then(({ orgs }) => orgs))
      return found.find(org => org.name === name)?.id
    },

    async bucket(orgID, name) {
      const list = get(listOf('buckets', bucketSchema), '/api/v2/buckets', { orgID, name })
      const found = (await find(list.then(({ buckets }) => buckets))).find(bucket => bucket.name === name)
      return found === undefined ? undefined : toBucket(found)
    },

    async makeBucket(orgID, { name, keptSeconds }) {
      const body = { orgID, name, retentionRules: retention(keptSeconds) }
      return toBucket(bucketSchema.parse(await link.call('POST', '/api/v2/buckets', body)))
    },

    async keepLonger(bucketId, keptSeconds) {
      await link.call('PATCH', `/api/v2/buckets/${bucketId}`, { retentionRules: retention(keptSeconds) })
    },

    async tasks(orgID, name) {
      const { tasks } = await get(listOf('tasks', taskSchema), '/api/v2/tasks', { orgID, name })
      return tasks.filter(task => task.name === name)
    },

    async makeTask(orgID, task) {
      await link.call('POST', '/api/v2/tasks', { orgID, ...task, status: 'active' })
    },

    async changeTask(taskId, task) {
      await link.call('PATCH', `/api/v2/tasks/${taskId}`, task)
    },

    async makeToken(orgID, { description, rights }) {
      const permissions = rights.map(({ action, bucketId }) => ({
        action,
        resource: { type: 'buckets', id: bucketId, orgID },
      }))
      const body = { orgID, description, permissions }
      return tokenSchema.parse(await link.call('POST', '/api/v2/authorizations', body)).token
    },
  }
}

const DAY_SECONDS = 24 * 3_600

/**
 * How much time a shard holds, as InfluxDB itself picks it for a new bucket (docs.influxdata.com/influxdb/v2/reference/internals/shards). Said with every
 * change: a bucket that was made for a day would go on with a shard for each hour.
 */
function shardSeconds(keptSeconds: number): number {
  if (keptSeconds < 2 * DAY_SECONDS) return 3_600
  return keptSeconds <= 180 * DAY_SECONDS ? DAY_SECONDS : 7 * DAY_SECONDS
}
