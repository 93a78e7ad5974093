import type {
  BenchDevice,
  BenchMark,
  BenchView,
  CommandView,
  GatewayConfig,
  StationDetail,
  TwinView,
} from '@harbor/protocol'

/** Older than this a device is no longer heard; most speak at least every five minutes. */
const HEARD_WITHIN_MS = 10 * 60_000
/** Chosen: NTP over a mobile network keeps a box well below. */
const CLOCK_OFF_MS = 5_000

type Device = GatewayConfig['devices'][number]
type Reading = StationDetail['readings'][number]

/** All green: green; anything red: red; else it is waited for. */
export function markOf(marks: readonly BenchMark[]): BenchMark {
  if (marks.includes('red')) return 'red'
  return marks.every(mark => mark === 'green') ? 'green' : 'waiting'
}

/** What is known of the gateway itself, as lines of the bench. */
export function checksOf(twin: TwinView, isClaimed: boolean): BenchView['checks'] {
  const { online, heardAt, desiredVersion, appliedVersion, refusal, status, claimedAt } = twin
  const heard = heardAt === undefined ? {} : { at: heardAt }
  const isApplied = desiredVersion === undefined ? status !== undefined : appliedVersion === desiredVersion
  const clock = status?.health?.clock
  const offsetMs = clock?.offsetMs ?? 0
  return [
    {
      check: 'claimed',
      mark: isClaimed ? 'green' : 'waiting',
      ...(claimedAt !== undefined && { at: claimedAt }),
    },
    {
      check: 'online',
      mark: online ? 'green' : status === undefined ? 'waiting' : 'red',
      ...heard,
    },
    {
      check: 'config',
      mark: refusal !== undefined ? 'red' : isApplied ? 'green' : 'waiting',
      detail: refusal ?? `version ${appliedVersion ?? 'none'} of ${desiredVersion ?? 'none'}`,
    },
    {
      check: 'clock',
      mark:
        clock === undefined
          ? 'waiting'
          : clock.source !== 'none' && Math.abs(offsetMs) <= CLOCK_OFF_MS
            ? 'green'
            : 'red',
      ...(clock !== undefined && { detail: `${clock.source}, ${offsetMs} ms` }),
    },
    {
      check: 'outbox',
      mark:
        status?.outbox === undefined
          ? 'waiting'
          : status.outbox.problem !== undefined
            ? 'red'
            : status.outbox.oldestMs <= HEARD_WITHIN_MS
              ? 'green'
              : 'waiting',
      ...(status?.outbox !== undefined && {
        detail: status.outbox.problem ?? `${status.outbox.depth} readings wait`,
      }),
    },
  ]
}

/** One device: heard, decoded, and switched where it can be. */
export function deviceOf(
  { id, vendor, address, appliance, applianceKind, switchable }: Device,
  { readings, command, atMs }: { readings: readonly Reading[]; command: CommandView | undefined; atMs: number },
): BenchDevice {
  const metrics = readings
    .filter(({ device }) => device === id)
    .map(({ metric, unit, value, at }) => ({
      metric,
      ...(unit !== undefined && { unit }),
      value,
      at,
      ageMs: Math.max(0, atMs - Date.parse(at)),
    }))
    .sort((a, b) => (a.metric < b.metric ? -1 : 1))
  const newest = metrics.toSorted((a, b) => a.ageMs - b.ageMs)[0]
  const isSwitchable = switchable ?? (applianceKind !== undefined && applianceKind !== 'fridge')
  const hasRelay = isSwitchable && metrics.some(({ metric }) => metric === 'relay')
  const relay = hasRelay ? relayOf(command) : undefined
  const heard: BenchMark = newest === undefined ? 'waiting' : newest.ageMs <= HEARD_WITHIN_MS ? 'green' : 'red'
  return {
    device: id,
    vendor,
    address,
    ...(appliance !== undefined && { appliance }),
    ...(applianceKind !== undefined && { applianceKind }),
    mark: markOf([heard, ...(relay === undefined ? [] : [relay.mark])]),
    ...(newest !== undefined && { heardAt: newest.at }),
    metrics,
    ...(relay !== undefined && { relay }),
  }
}

function relayOf(command: CommandView | undefined): NonNullable<BenchDevice['relay']> {
  if (command === undefined) return { mark: 'waiting' }
  const { id, state, reason, requestedBy: by, requestedAt, finishedAt } = command
  return {
    mark: state === 'done' ? 'green' : state === 'sent' ? 'waiting' : 'red',
    command: id,
    state,
    ...(reason !== undefined && { reason }),
    at: finishedAt ?? requestedAt,
    by,
  }
}
