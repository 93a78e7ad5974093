import { HarborError, errorText } from '@harbor/protocol'
import { HttpError } from '@influxdata/influxdb-client'
import { ZodError } from 'zod'
import { type InfluxAdmin, type InfluxBucket, createInfluxAdmin } from './influx-admin.ts'
import { SPARE_DAYS, bucketsOf } from './influx-buckets.ts'
import { INFLUX_TIMEOUTS, type InfluxLink, createInfluxLink } from './influx-link.ts'
import { rollUpTasks } from './influx-tasks.ts'
import type { RetentionDays } from './levels.ts'
import type { TelemetryLevel } from './telemetry-store.ts'

export interface InfluxSetup {
  url: string
  org: string
  /** The raw bucket; those of the roll-ups are named after it. */
  bucket: string
  /** A token that may make buckets, tasks and tokens of the organisation. */
  adminToken: string
  keptDays: RetentionDays
}

export interface InfluxSetupDeps {
  /** The token that the server has now; undefined: none. */
  serverToken: string | undefined
  /** Keeps a new token where the server finds it, and says where. */
  saveToken: (token: string) => Promise<string>
  /** One line of what was found or done. */
  tell: (line: string) => void
}

/** The operator has to put something right; the message says what, in one line. */
export type InfluxSetupErrorCode = 'INFLUX_SETUP_FAILED'

const DAY_SECONDS = 24 * 3_600

/**
 * Makes what the server needs of an InfluxDB 2 and is not there yet: a bucket for each level, the tasks that make the roll-ups, and
 * a token that may do no more than the server does. What is there already is left, but for a task's text and a retention that is
 * too short. A retention that is longer than asked for stays: to shorten it deletes readings, and that is the operator's to decide.
 *
 * @throws HarborError INFLUX_SETUP_FAILED
 */
export async function setUpInflux(setup: InfluxSetup, deps: InfluxSetupDeps): Promise<void> {
  const link = createInfluxLink({ ...setup, token: setup.adminToken, timeoutMs: INFLUX_TIMEOUTS })
  try {
    const admin = createInfluxAdmin(link)
    if (await admin.isNew())
      throw failed(`InfluxDB at ${setup.url} has no organisation and user yet; make them first: influx setup`)
    const orgId = await admin.orgId(setup.org)
    if (orgId === undefined)
      throw failed(
        `InfluxDB at ${setup.url} has no organisation ${setup.org} that this token may see; make it (influx org create) or set INFLUX_ORG`,
      )
    const buckets = await ensureBuckets(admin, { orgId, ...setup }, deps.tell)
    await ensureTasks(admin, { orgId, ...setup }, deps.tell)
    await ensureToken(admin, { orgId, buckets, ...setup }, deps)
  } catch (error) {
    throw plainly(error, setup.url)
  } finally {
    link.close()
  }
}

async function ensureBuckets(
  admin: InfluxAdmin,
  { orgId, bucket, keptDays }: InfluxSetup & { orgId: string },
  tell: (line: string) => void,
): Promise<Record<TelemetryLevel, InfluxBucket>> {
  const names = bucketsOf(bucket)
  const ensure = async (level: TelemetryLevel): Promise<InfluxBucket> => {
    const name = names[level]
    const days = keptDays[level] + (level === 'raw' ? SPARE_DAYS : 0)
    const keptSeconds = days * DAY_SECONDS
    const found = await admin.bucket(orgId, name)
    if (found === undefined) {
      tell(`bucket ${name}: made, keeps ${days} days`)
      return admin.makeBucket(orgId, { name, keptSeconds })
    }
    if (found.keptSeconds !== 0 && found.keptSeconds < keptSeconds) {
      await admin.keepLonger(found.id, keptSeconds)
      tell(`bucket ${name}: was there, keeps ${days} days from now on, not ${inDays(found)}`)
    } else if (found.keptSeconds === keptSeconds) {
      tell(`bucket ${name}: is there, keeps ${days} days`)
    } else {
      tell(
        `bucket ${name}: is there and keeps ${inDays(found)}; left so, for to shorten it to ${days} days deletes readings (influx bucket update --retention)`,
      )
    }
    return found
  }
  // One after the other, so that what is told comes in order.
  return { raw: await ensure('raw'), quarter: await ensure('quarter'), hour: await ensure('hour') }
}

function inDays({ keptSeconds }: InfluxBucket): string {
  return keptSeconds === 0 ? 'everything for ever' : `${keptSeconds / DAY_SECONDS} days`
}

async function ensureTasks(
  admin: InfluxAdmin,
  { orgId, bucket, keptDays }: InfluxSetup & { orgId: string },
  tell: (line: string) => void,
): Promise<void> {
  for (const { name, description, flux } of rollUpTasks(bucket, keptDays.raw)) {
    const [found, ...others] = await admin.tasks(orgId, name)
    if (found === undefined) {
      await admin.makeTask(orgId, { flux, description })
      tell(`task ${name}: made`)
    } else if (found.flux.trim() !== flux.trim()) {
      await admin.changeTask(found.id, { flux, description })
      tell(`task ${name}: was there with another text; has ours now`)
    } else {
      tell(
        found.status === 'active'
          ? `task ${name}: is there`
          : `task ${name}: is there but ${found.status}; it makes no roll-ups until somebody sets it active`,
      )
    }
    if (others.length > 0) tell(`task ${name}: ${others.length} more of this name; they do the work twice, delete them`)
  }
}

async function ensureToken(
  admin: InfluxAdmin,
  setup: InfluxSetup & { orgId: string; buckets: Record<TelemetryLevel, InfluxBucket> },
  { serverToken, saveToken, tell }: InfluxSetupDeps,
): Promise<void> {
  const { orgId, buckets, adminToken } = setup
  if (serverToken !== undefined && serverToken !== adminToken && (await suffices(serverToken, setup))) {
    tell("the server's token: is there and may what it has to")
    return
  }
  const token = await admin.makeToken(orgId, {
    description: `Workers' Harbor server: reads and writes ${buckets.raw.name} and its roll-ups`,
    rights: Object.values(buckets).flatMap(({ id: bucketId }) =>
      (['read', 'write'] as const).map(action => ({ action, bucketId })),
    ),
  })
  const place = await saveToken(token)
  const before =
    serverToken === undefined
      ? ''
      : serverToken === adminToken
        ? ', in place of one that may do anything'
        : ', in place of one that may not'
  tell(`the server's token: made${before}; may read and write the three buckets and nothing else; it is in ${place}`)
}

/** Whether a token may see and write all three buckets. */
async function suffices(token: string, setup: InfluxSetup & { orgId: string }): Promise<boolean> {
  const link: InfluxLink = createInfluxLink({ ...setup, token, timeoutMs: INFLUX_TIMEOUTS })
  try {
    const admin = createInfluxAdmin(link)
    for (const name of Object.values(bucketsOf(setup.bucket)))
      if ((await admin.bucket(setup.orgId, name)) === undefined) return false
    for (const name of Object.values(bucketsOf(setup.bucket))) if (!(await mayWrite(link, name))) return false
    return true
  } catch (error) {
    if (error instanceof HttpError && REFUSED.has(error.statusCode)) return false
    throw error
  } finally {
    link.close()
  }
}

/** What a token is told that is unknown, or may not. */
const REFUSED: ReadonlySet<number> = new Set([401, 403, 404])

/** An empty write is refused for being empty, after the right to write was looked at. */
async function mayWrite(link: Pick<InfluxLink, 'write'>, bucket: string): Promise<boolean> {
  try {
    await link.write(bucket, [])
    return true
  } catch (error) {
    if (error instanceof HttpError && error.statusCode === 400) return true
    throw error
  }
}

function failed(message: string, cause?: unknown): HarborError<InfluxSetupErrorCode> {
  return new HarborError('INFLUX_SETUP_FAILED', message, cause === undefined ? {} : { cause })
}

/** Anything that went wrong, as one line for the operator. */
function plainly(error: unknown, url: string): HarborError<string> {
  if (error instanceof HarborError) return error
  if (error instanceof HttpError) {
    const { statusCode } = error
    if (statusCode === 401)
      return failed(
        `InfluxDB at ${url} does not know this token (HTTP 401); give it one that may make buckets, tasks and tokens`,
        error,
      )
    if (statusCode === 403)
      return failed(
        `this token may not do all of it (HTTP 403: ${firstLine(error)}); it needs the rights to make buckets, tasks and tokens of the organisation`,
        error,
      )
    return failed(`InfluxDB at ${url} answered HTTP ${statusCode}: ${firstLine(error)}`, error)
  }
  if (error instanceof ZodError || error instanceof SyntaxError)
    return failed(`what answers at ${url} does not speak as InfluxDB 2 does; is INFLUX_URL right?`, error)
  return failed(`cannot reach InfluxDB at ${url}: ${firstLine(error)}`, error)
}

function firstLine(error: unknown): string {
  return errorText(error).split('\n', 1)[0]?.slice(0, 200) || 'no answer'
}
