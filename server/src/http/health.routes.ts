import { z } from 'zod'
import { ApiProblem } from '../errors.ts'
import { type Route, defineRoute } from './route.ts'

/** How long a look at the parts stands for the next: asking often must not become work for the disk. */
const HEALTH_STANDS_MS = 2_000
/** A part that does not answer within this is not well. */
const CHECK_LIMIT_MS = 3_000

const healthSchema = z
  .object({
    ok: z.boolean().meta({ description: 'Whether readings are taken, stored and answered for right now.' }),
    parts: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string() })),
  })
  .meta({ id: 'Health' })

export type Health = z.infer<typeof healthSchema>
/** How one part is, in one line for the operator. */
export type Check = () => Promise<{ ok: boolean; detail: string }> | { ok: boolean; detail: string }

export interface HealthRoutesDeps {
  checks: Readonly<Record<string, Check>>
  /** The figures in Prometheus' text format. */
  renderMetrics: () => Promise<string>
  /** Their media type. */
  metricsType: string
  nowMs: () => number
}

/** What operators' tools ask. Details and figures are for callers on this machine alone. */
export function healthRoutes({ checks, renderMetrics, metricsType, nowMs }: HealthRoutesDeps): Route[] {
  let last: { atMs: number; health: Promise<Health> } | undefined
  const health = (): Promise<Health> => {
    if (last === undefined || nowMs() - last.atMs >= HEALTH_STANDS_MS)
      last = { atMs: nowMs(), health: checkAll(checks) }
    return last.health
  }
  return [
    defineRoute({
      method: 'get',
      path: '/healthz',
      summary: 'Whether the server does its work: 200 when all of its parts are well, else 503.',
      allow: 'anyone',
      response: healthSchema,
      handle: async ({ caller }) => {
        const { ok, parts } = await health()
        const shown = isLoopback(caller.address)
          ? parts
          : Object.fromEntries(
              Object.entries(parts).map(([name, part]) => [name, { ok: part.ok, detail: part.ok ? 'ok' : 'not ok' }]),
            )
        return { body: { ok, parts: shown }, status: ok ? 200 : 503 }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/metrics',
      summary: 'The server’s figures for Prometheus; for callers on the same machine only.',
      allow: 'anyone',
      response: z.string(),
      textType: metricsType,
      handle: async ({ caller }) => {
        if (!isLoopback(caller.address))
          throw new ApiProblem('forbidden', 'metrics are for callers on the same machine')
        return { body: await renderMetrics() }
      },
    }),
  ]
}

async function checkAll(checks: Readonly<Record<string, Check>>): Promise<Health> {
  const parts = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await bounded(check)] as const),
  )
  return { ok: parts.every(([, part]) => part.ok), parts: Object.fromEntries(parts) }
}

async function bounded(check: Check): Promise<{ ok: boolean; detail: string }> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<{ ok: boolean; detail: string }>(resolve => {
    timer = setTimeout(() => resolve({ ok: false, detail: `no answer within ${CHECK_LIMIT_MS} ms` }), CHECK_LIMIT_MS)
  })
  try {
    return await Promise.race([check(), limit])
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) }
  } finally {
    clearTimeout(timer)
  }
}

/** Whether an address is this machine's own: 127.0.0.0/8 or ::1. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}
