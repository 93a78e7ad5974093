import { type Reading, errorText } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { FaultEngine } from '../faults/engine.ts'
import type { FaultTransition } from '../faults/transition.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { RegistryTables } from '../registry/schema.ts'
import type { Alerts } from './alerts.ts'

/** What the engine remembers is saved at most so often, unless it saw something: so much of a running hold a kill may cost. */
const SAVE_EVERY_MS = 1_000
/**
 * So many devices are saved at once, those of a fault first: a save of a whole city would hold up everybody else. (A thousand
 * take some 30 ms.)
 */
const SAVE_AT_ONCE = 1_000
/** How often the engine is told the time, for devices that have nothing new to say. */
const ADVANCE_EVERY_MS = 10_000
/** How long after a failed write the next try comes. */
const RETRY_MS = 1_000
/** Rows a statement. */
const ROWS_PER_STATEMENT = 500

/** What the runner asks of a fault engine; what is remembered of a device passes through as JSON. */
export interface RememberingEngine extends Pick<FaultEngine, 'step' | 'advance'> {
  /** Undefined: there is nothing to keep. */
  snapshot: (device: string) => unknown
  /** False when `snapshot` cannot be read. */
  restore: (device: string, snapshot: unknown) => boolean
}

/** Runs the fault engine on what was just stored, and keeps what it remembers. */
export interface FaultRunner {
  /** Gives the engine back what it remembered; forgets devices that are no more. */
  start: () => Promise<void>
  /** Readings just stored, with the time at which they arrived. */
  take: (readings: readonly Reading[], receivedAtMs: number) => void
  /** Writes down what is not yet. */
  stop: () => Promise<void>
}

export interface FaultRunnerDeps {
  db: RegistryDb
  engine: RememberingEngine
  alerts: Pick<Alerts, 'apply'>
  directory: Directory
  /** Whether a station is open by its hours; undefined: not known. */
  isOpen: (station: string, atMs: number) => boolean | undefined
  nowMs: () => number
  log: Logger
}

export function createFaultRunner(deps: FaultRunnerDeps): FaultRunner {
  const { db, engine, alerts, directory, nowMs, log } = deps
  const isOpen = byTheMinute(deps.isOpen)
  /** Not yet alerts, oldest first. Bounded by what rules can say of the registered devices while the registry is away. */
  let transitions: FaultTransition[] = []
  const changed = new Set<string>()
  /** Devices with a row in the table. */
  const saved = new Set<string>()
  let writing: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let ticking: NodeJS.Timeout | undefined

  const advance = (): void => {
    for (const transition of engine.advance(nowMs())) {
      transitions.push(transition)
      changed.add(transition.device)
    }
    if (transitions.length > 0) writeNext()
  }
  const write = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    // Taken at one moment: the saved state and the alerts must tell the same story after a kill.
    const taken = transitions
    transitions = []
    const devices = [...new Set([...taken.map(({ device }) => device), ...changed])].slice(
      0,
      Math.max(SAVE_AT_ONCE, taken.length),
    )
    for (const device of devices) changed.delete(device)
    const snapshots = devices
      .map(device => ({ device, state: engine.snapshot(device) }))
      // Most devices are watched by no rule: of them there is nothing to save and nothing to delete.
      .filter(({ device, state }) => state !== undefined || saved.has(device))
    if (taken.length === 0 && snapshots.length === 0) return
    try {
      await alerts.apply(taken, tx => saveSnapshots(tx, snapshots, nowMs()))
      for (const { device, state } of snapshots) {
        if (state === undefined) saved.delete(device)
        else saved.add(device)
      }
    } catch (error) {
      log.error({ err: error, transitions: taken.length }, 'writing alerts failed, trying again')
      transitions = [...taken, ...transitions]
      for (const device of devices) changed.add(device)
      timer ??= setTimeout(writeNext, RETRY_MS)
      throw error
    }
  }
  const writeNext = (): void => {
    if (writing !== undefined) return
    writing = write()
      .catch(() => undefined) // logged and queued again by write()
      .then(() => {
        writing = undefined
        if (timer !== undefined) return
        if (transitions.length > 0) writeNext()
        else if (changed.size > 0) timer = setTimeout(writeNext, SAVE_EVERY_MS)
      })
  }

  return {
    start: async () => {
      const rows = await db.selectFrom('fault_state').selectAll().execute()
      for (const { key, state } of rows) {
        if (directory.devices.has(key)) {
          restore(engine, { device: key, state, log })
          saved.add(key)
        } else await db.deleteFrom('fault_state').where('key', '=', key).execute()
      }
      ticking = setInterval(advance, ADVANCE_EVERY_MS)
    },
    take: (readings, receivedAtMs) => {
      for (const reading of readings) {
        const device = directory.devices.get(reading.device)
        if (device === undefined) continue
        const { station } = device
        const appliance = directory.appliances.get(device.record.appliance ?? '')
        const { device: id, metric, timeMs, value } = reading
        const found = engine.step({
          device: id,
          appliance: appliance?.id ?? station,
          applianceKind: appliance?.kind ?? 'station',
          model: appliance?.model,
          metric,
          timeMs,
          value,
          station,
          isOpen: isOpen(station, timeMs),
          receivedAtMs,
        })
        for (const transition of found) transitions.push(transition)
        changed.add(id)
      }
      if (transitions.length > 0) writeNext()
      else if (changed.size > 0 && writing === undefined) timer ??= setTimeout(writeNext, SAVE_EVERY_MS)
    },
    stop: async () => {
      clearInterval(ticking)
      ticking = undefined
      await writing
      clearTimeout(timer)
      timer = undefined
      try {
        while (changed.size > 0 || transitions.length > 0) await write()
      } catch (error) {
        log.error({ reason: errorText(error) }, 'what the fault engine remembers could not be saved')
      }
      clearTimeout(timer)
      timer = undefined
    },
  }
}

/** Opening hours are read to the minute, and every reading asks for them. Holds one answer a station. */
function byTheMinute(isOpen: FaultRunnerDeps['isOpen']): FaultRunnerDeps['isOpen'] {
  const known = new Map<string, { minute: number; open: boolean | undefined }>()
  return (station, atMs) => {
    const minute = Math.floor(atMs / 60_000)
    const before = known.get(station)
    if (before?.minute === minute) return before.open
    const open = isOpen(station, atMs)
    known.set(station, { minute, open })
    return open
  }
}

interface Snapshot {
  device: string
  state: unknown
}

async function saveSnapshots(tx: Kysely<RegistryTables>, snapshots: readonly Snapshot[], savedAtMs: number) {
  const gone = snapshots.filter(({ state }) => state === undefined).map(({ device }) => device)
  const rows = snapshots
    .filter(({ state }) => state !== undefined)
    .map(({ device, state }) => ({ key: device, state: JSON.stringify(state), saved_at_ms: savedAtMs }))
  for (let from = 0; from < gone.length; from += ROWS_PER_STATEMENT) {
    await tx
      .deleteFrom('fault_state')
      .where('key', 'in', gone.slice(from, from + ROWS_PER_STATEMENT))
      .execute()
  }
  for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) {
    await tx
      .insertInto('fault_state')
      .values(rows.slice(from, from + ROWS_PER_STATEMENT))
      .onConflict(conflict =>
        conflict.column('key').doUpdateSet(eb => ({
          state: eb.ref('excluded.state'),
          saved_at_ms: eb.ref('excluded.saved_at_ms'),
        })),
      )
      .execute()
  }
}

/** A state that cannot be read costs that device's running hold, and nothing else. */
function restore(
  engine: RememberingEngine,
  { device, state, log }: { device: string; state: string; log: Logger },
): void {
  let isRead = false
  try {
    isRead = engine.restore(device, JSON.parse(state))
  } catch (error) {
    log.debug({ device, reason: errorText(error) }, 'what was saved of a device is no JSON')
  }
  if (!isRead) log.warn({ device }, 'what the fault engine remembered of a device cannot be read; it starts anew')
}
