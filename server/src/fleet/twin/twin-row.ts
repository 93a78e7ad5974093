import type { GatewayStatus, TwinProblem, TwinRow, TwinState } from '@harbor/protocol'

/** The registry's side of a twin: what the gateway is to be, and what it said of that. */
export interface TwinBase {
  gateway: string
  station: string
  district: string
  isClaimed: boolean
  tags: readonly string[]
  desired:
    | {
        version: number
        sha256: string
        profile: { profile: string; version: number } | undefined
        devices: readonly string[]
      }
    | undefined
  appliedVersion: number | undefined
  /** What it said last, if that was a refusal. */
  refused: { version: number; reason: string | undefined } | undefined
  desiredSoftware: string | undefined
}

/** The gateway's side: what it said of itself. */
export interface TwinWord {
  online: boolean
  heardAtMs: number | undefined
  /** The last that it said while it was online. */
  status: GatewayStatus | undefined
}

/** Chosen: far above the jitter of NTP over mobile networks, far below what a reading's date may be off. */
const CLOCK_OFF_MS = 5_000
/** Chosen: longer than a broker's restart. */
const OUTBOX_BEHIND_MS = 10 * 60_000
/** Sensors on batteries speak at least once an hour; one lost message is no loss of the device. */
export const MISSING_MS = 2 * 3_600_000
/** Chosen: a day's readings of a busy station, and room to write files whole. */
const DISK_LOW_BYTES = 100 * 2 ** 20

/** Devices of the config that the gateway never heard, or not for long. */
export function missingDevices(devices: readonly string[], status: GatewayStatus | undefined): Set<string> {
  const never = new Set(status?.missing)
  const silent = status?.health?.silentMs ?? {}
  return new Set(devices.filter(device => never.has(device) || (silent[device] ?? 0) > MISSING_MS))
}

export function problemsOf(base: TwinBase, { status }: TwinWord): TwinProblem[] {
  if (status === undefined) return []
  const { outbox, health, power } = status
  const problems: TwinProblem[] = []
  const isSame = base.desired !== undefined && status.configVersion === base.desired.version
  if (isSame && status.configSha256 !== undefined && status.configSha256 !== base.desired?.sha256)
    problems.push('config_differs')
  if (base.desiredSoftware !== undefined && status.version !== base.desiredSoftware) problems.push('software_differs')
  const { clock } = health ?? {}
  if (clock?.source === 'none' || Math.abs(clock?.offsetMs ?? 0) > CLOCK_OFF_MS) problems.push('clock_off')
  if ((outbox?.oldestMs ?? 0) > OUTBOX_BEHIND_MS) problems.push('outbox_behind')
  if (outbox?.problem !== undefined) problems.push('outbox_problem')
  if (power === 'battery') problems.push('on_battery')
  if (missingDevices(base.desired?.devices ?? [], status).size > 0) problems.push('devices_missing')
  if ((status.discovered?.length ?? status.unconfigured?.length ?? 0) > 0) problems.push('devices_unknown')
  if (health?.freeDiskBytes !== undefined && health.freeDiskBytes < DISK_LOW_BYTES) problems.push('disk_low')
  return problems
}

/** The first that holds. */
export function stateOf(base: TwinBase, word: TwinWord, problems: readonly TwinProblem[]): TwinState {
  const { desired, refused, appliedVersion, isClaimed } = base
  if (!isClaimed) return 'unclaimed'
  if (desired !== undefined && refused?.version === desired.version) return 'refused'
  if (!word.online) return 'silent'
  // One that this server never gave a config runs what it brought.
  if (desired !== undefined && appliedVersion !== desired.version) return 'pending'
  return problems.length > 0 ? 'trouble' : 'in_step'
}

/** A row without what is known elsewhere: names, and who holds it. */
export type PlainRow = Omit<TwinRow, 'stationNameZh' | 'stationNameEn' | 'rollout'>

export function twinRow(base: TwinBase, word: TwinWord): PlainRow {
  const { gateway, station, district, desired, appliedVersion, refused, desiredSoftware } = base
  const { status, online, heardAtMs } = word
  const problems = problemsOf(base, word)
  const devices = desired?.devices ?? []
  const offsetMs = status?.health?.clock.offsetMs
  return {
    gateway,
    station,
    district,
    state: stateOf(base, word, problems),
    problems,
    tags: [...base.tags],
    online,
    ...(heardAtMs !== undefined && { heardAt: new Date(heardAtMs).toISOString() }),
    ...(desired !== undefined && { desiredVersion: desired.version }),
    ...(appliedVersion !== undefined && { appliedVersion }),
    ...(refused?.reason !== undefined && refused.version === desired?.version && { refusal: refused.reason }),
    ...(desired?.profile !== undefined && { profile: desired.profile }),
    ...(status?.version !== undefined && { software: status.version }),
    ...(desiredSoftware !== undefined && { desiredSoftware }),
    ...(status?.outbox !== undefined && {
      outboxDepth: status.outbox.depth,
      outboxOldestMs: status.outbox.oldestMs,
    }),
    ...(offsetMs !== undefined && { clockOffsetMs: offsetMs }),
    ...(status?.uptimeMs !== undefined && { uptimeMs: status.uptimeMs }),
    ...(status?.power !== undefined && { power: status.power }),
    devices: devices.length,
    missing: missingDevices(devices, status).size,
    unknown: status?.discovered?.length ?? status?.unconfigured?.length ?? 0,
  }
}

/** What of a row is worth telling at once: not what is another with every status. */
export function signatureOf({ heardAt: _heard, uptimeMs: _up, clockOffsetMs: _off, ...row }: PlainRow): string {
  return JSON.stringify({ ...row, outboxDepth: undefined, outboxOldestMs: undefined })
}
