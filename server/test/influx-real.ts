import { randomBytes } from 'node:crypto'
import { errorText } from '@harbor/protocol'
import { z } from 'zod'
import { setUpInflux } from '../src/telemetry/influx-setup.ts'
import { bucketsOf } from '../src/telemetry/influx-buckets.ts'
import { rollUpTasks } from '../src/telemetry/influx-tasks.ts'

/** A real InfluxDB 2 to test against, with the token of somebody who may make buckets, tasks and tokens. */
export interface RealInflux {
  url: string
  org: string
  adminToken: string
}

/** From INFLUX_URL, INFLUX_ORG and INFLUX_TOKEN; undefined when they are not all there. */
export function realInflux(env: Record<string, string | undefined>): RealInflux | undefined {
  const { INFLUX_URL: url, INFLUX_ORG: org, INFLUX_TOKEN: adminToken } = env
  return url && org && adminToken ? { url: url.replace(/\/+$/, ''), org, adminToken } : undefined
}

/** Kept for so long that a test may write readings of any day that it likes. */
export const LONG_DAYS = { raw: 3_650, quarter: 3_651, hour: 3_652 }

/** Buckets of a test's own, made by `npm run influx:setup`'s own code. */
export interface OwnBuckets {
  bucket: string
  /** The least that the server needs. */
  token: string
  /** What the setup said. */
  told: string[]
  /** Sets up once more. */
  again: () => Promise<string[]>
  /** Has InfluxDB run a task as if it were `nowMs`, and waits for its end. */
  runTask: (name: string, nowMs: number) => Promise<void>
  remove: () => Promise<void>
}

const named = z.object({ id: z.string(), name: z.string().optional(), description: z.string().optional() })

export async function makeOwnBuckets(influx: RealInflux): Promise<OwnBuckets> {
  const bucket = `harbor_test_${randomBytes(6).toString('hex')}`
  let token = ''
  const setUp = async () => {
    const told: string[] = []
    await setUpInflux(
      { ...influx, bucket, keptDays: LONG_DAYS },
      {
        serverToken: token === '' ? undefined : token,
        saveToken: async made => {
          token = made
          return 'memory'
        },
        tell: line => told.push(line),
      },
    )
    return told
  }
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`${influx.url}${path}`, {
      method,
      headers: { authorization: `Token ${influx.adminToken}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: HTTP ${answer.status}: ${text.slice(0, 300)}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  const list = async (kind: 'buckets' | 'tasks' | 'authorizations', query: Record<string, string>) => {
    const answer = await call(
      'GET',
      `/api/v2/${kind}?${new URLSearchParams({ org: influx.org, limit: '100', ...query })}`,
    )
    return z.record(z.string(), z.unknown()).parse(answer)[kind]
  }
  /** Between the queue and the book of runs InfluxDB does not find a run for a moment. */
  const statusOf = async (path: string): Promise<string> => {
    try {
      return z.object({ status: z.string() }).parse(await call('GET', path)).status
    } catch (error) {
      if (errorText(error).includes('HTTP 404')) return 'unknown'
      throw error
    }
  }
  const ids = (items: unknown, isOurs: (item: z.infer<typeof named>) => boolean) =>
    z
      .array(named)
      .parse(items)
      .filter(isOurs)
      .map(({ id }) => id)

  const told = await setUp()
  return {
    bucket,
    get token() {
      return token
    },
    told,
    again: setUp,

    async runTask(name, nowMs) {
      const [id] = ids(await list('tasks', { name }), task => task.name === name)
      const run = z
        .object({ id: z.string() })
        .parse(await call('POST', `/api/v2/tasks/${id}/runs`, { scheduledFor: new Date(nowMs).toISOString() }))
      for (let tries = 0; tries < 240; tries += 1) {
        const status = await statusOf(`/api/v2/tasks/${id}/runs/${run.id}`)
        if (status === 'success') return
        if (status === 'failed' || status === 'canceled') {
          const logs = await call('GET', `/api/v2/tasks/${id}/runs/${run.id}/logs`)
          throw new Error(`task ${name} ${status}: ${JSON.stringify(logs)}`)
        }
        await new Promise(resolve => setTimeout(resolve, 250))
      }
      throw new Error(`task ${name} did not end within a minute`)
    },

    async remove() {
      const names = new Set(Object.values(bucketsOf(bucket)))
      for (const { name } of rollUpTasks(bucket, LONG_DAYS.raw))
        for (const id of ids(await list('tasks', { name }), task => task.name === name))
          await call('DELETE', `/api/v2/tasks/${id}`)
      for (const id of ids(await list('authorizations', {}), one => one.description?.includes(bucket) === true))
        await call('DELETE', `/api/v2/authorizations/${id}`)
      for (const name of names)
        for (const id of ids(await list('buckets', { name }), one => one.name === name))
          await call('DELETE', `/api/v2/buckets/${id}`)
    },
  }
}
