import { z } from 'zod'

/** What a load does, as it is handed to each of its processes. Durations in ms unless the name says otherwise. */
export const loadPlanSchema = z.object({
  /** The broker; several: each has the districts whose number leaves its place as the rest. */
  brokers: z.array(z.object({ host: z.string(), port: z.int().min(1).max(65_535) })).min(1),
  gateways: z.int().positive(),
  districts: z.int().positive(),
  /** Between two packs of a gateway. */
  intervalMs: z.number().positive(),
  /** Moments of 20 readings in a pack; at most 50, for a pack has at most 1,000 readings. */
  moments: z.int().min(1).max(50),
  /** By how much of the interval a pack leaves sooner or later than its turn, 0 to 0.5. */
  jitter: z.number().min(0).max(0.5),
  /** New connections a second, over all processes. */
  connectsPerS: z.number().positive(),
  /** Packs that each gateway holds from before it connects. */
  backlogPacks: z.int().nonnegative(),
  /** A storm of reconnects: so long after the start this share of the gateways is cut, and comes back after `offlineMs`. */
  storm: z
    .object({ atMs: z.number().nonnegative(), offlineMs: z.number().nonnegative(), share: z.number().min(0).max(1) })
    .optional(),
  /** How long packs are made, from when all are connected. */
  durationMs: z.number().positive(),
  /** How long is waited at the end for what is under way. */
  drainMs: z.number().nonnegative(),
  /** The same seed gives the same phases, jitter and chance. */
  seed: z.string(),
  /** Every so many-th gateway remembers each moment that was acknowledged, to be compared with what the server has. */
  sampleEvery: z.int().positive(),
})
export type LoadPlan = z.infer<typeof loadPlanSchema>

/** Which gateways a process speaks for: from `first` on, `step` apart, below the plan's number. */
export interface LoadShare {
  first: number
  step: number
}

/** What one process of the load counted since it began, and its delays since the last report. */
export interface LoadCounts {
  /** Connected and subscribed now. */
  connected: number
  connects: number
  /** Connections that ended without the plan, by reason. */
  lost: Record<string, number>
  /** Packs that fell due. */
  due: number
  /** Packs sent for the first time, and again. */
  sent: number
  resent: number
  /** Messages that the broker took. */
  taken: number
  /** Packs that the server acknowledged. */
  acked: number
  /** Packs that wait or are under way. */
  owed: number
  /** Acknowledgements of packs that were never sent, or of another run. */
  strange: number
}

export type LoadReport = LoadCounts & { latency: [bucket: number, count: number][] }

/** What a process of the load tells its parent. */
export type LoadWord =
  | { kind: 'counts'; report: LoadReport }
  /** All of its gateways were connected once. */
  | { kind: 'connected' }
  /** It made and sent what it had to; of the sampled gateways the times of the moments that were acknowledged. */
  | {
      kind: 'done'
      report: LoadReport
      samples: { gateway: number; timesMs: number[] }[]
      memoryBytes: number
      cpuMs: number
    }

/** What the parent tells its processes. */
export type LoadOrder =
  | { kind: 'start'; plan: LoadPlan; share: LoadShare; fleetKey: string | undefined }
  /** All of all processes are connected: packs are due from now on. */
  | { kind: 'go' }
