import { DatabaseSync } from 'node:sqlite'
import { COMMAND_ACTIONS, type CommandAction, errorText } from '@harbor/protocol'
import { gatewayError } from '../errors.ts'
import type { CommandRecord } from '../commands/command-machine.ts'

/** Finished commands kept at most, and for how long; chosen: a week of a busy station is some dozens. */
export const MAX_COMMANDS = 1_000
export const MAX_COMMAND_AGE_MS = 7 * 24 * 3_600_000

/** What of commands, cuts and relays must outlive the process. All calls are synchronous; what a put returned from is on disk. */
export interface ControlFile {
  putCommand: (record: CommandRecord) => void
  /** Every command kept, oldest first. */
  commands: () => CommandRecord[]
  removeCommands: (ids: readonly string[]) => void
  /** What safety must remember of a plug, as JSON; undefined: nothing. */
  putPlug: (device: string, state: string | undefined) => void
  plugs: () => { device: string; state: string }[]
  /** How a device's relay is spoken to, as JSON. */
  putRelay: (device: string, route: string) => void
  relays: () => { device: string; route: string }[]
  /** Devices that were ever heard. */
  putSeen: (device: string) => void
  seen: () => string[]
  close: () => void
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS command (
    id TEXT PRIMARY KEY, device TEXT NOT NULL, action TEXT NOT NULL, expires_ms INTEGER NOT NULL,
    received_ms INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT, finished_ms INTEGER, is_taken INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS plug (device TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS relay (device TEXT PRIMARY KEY, route TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS seen (device TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
`

/**
 * Opens or makes the file. It is apart from the outbox: a full outbox must not keep a plug from being cut, nor a cut be thinned.
 *
 * @throws HarborError GATEWAY_CONTROL_UNAVAILABLE
 */
export function openControlFile(file: string): ControlFile {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file)
    db.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -256',
    )
    db.exec(SCHEMA)
    return controlFile(db)
  } catch (error) {
    db?.close()
    throw gatewayError('GATEWAY_CONTROL_UNAVAILABLE', `${file}: ${errorText(error)}`, { cause: error })
  }
}

function controlFile(db: DatabaseSync): ControlFile {
  const sql = {
    putCommand: db.prepare(
      'INSERT OR REPLACE INTO command (id, device, action, expires_ms, received_ms, state, reason, finished_ms, is_taken) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    commands: db.prepare('SELECT * FROM command ORDER BY received_ms, id'),
    removeCommand: db.prepare('DELETE FROM command WHERE id = ?'),
    putPlug: db.prepare('INSERT OR REPLACE INTO plug (device, state) VALUES (?, ?)'),
    removePlug: db.prepare('DELETE FROM plug WHERE device = ?'),
    plugs: db.prepare('SELECT device, state FROM plug'),
    putRelay: db.prepare('INSERT OR REPLACE INTO relay (device, route) VALUES (?, ?)'),
    relays: db.prepare('SELECT device, route FROM relay'),
    putSeen: db.prepare('INSERT OR IGNORE INTO seen (device) VALUES (?)'),
    seen: db.prepare('SELECT device FROM seen'),
  }
  return {
    putCommand: ({ id, device, action, expiresMs, receivedMs, state, reason, finishedMs, isTaken }) => {
      sql.putCommand.run(
        id,
        device,
        action,
        expiresMs,
        receivedMs,
        state,
        reason ?? null,
        finishedMs ?? null,
        Number(isTaken),
      )
    },
    commands: () => sql.commands.all().flatMap(toCommand),
    removeCommands: ids => {
      for (const id of ids) sql.removeCommand.run(id)
    },
    putPlug: (device, state) =>
      void (state === undefined ? sql.removePlug.run(device) : sql.putPlug.run(device, state)),
    plugs: () => sql.plugs.all().map(row => ({ device: String(row['device']), state: String(row['state']) })),
    putRelay: (device, route) => void sql.putRelay.run(device, route),
    relays: () => sql.relays.all().map(row => ({ device: String(row['device']), route: String(row['route']) })),
    putSeen: device => void sql.putSeen.run(device),
    seen: () => sql.seen.all().map(row => String(row['device'])),
    close: () => {
      if (db.isOpen) db.close()
    },
  }
}

const STATES = ['running', 'done', 'refused', 'failed'] as const

function toCommand(row: Record<string, unknown>): CommandRecord[] {
  const action = COMMAND_ACTIONS.find(name => name === row['action'])
  const state = STATES.find(name => name === row['state'])
  // Of a later version of this program: not ours to judge.
  if (action === undefined || state === undefined) return []
  const record: CommandRecord = {
    id: String(row['id']),
    device: String(row['device']),
    action: action satisfies CommandAction,
    expiresMs: Number(row['expires_ms']),
    receivedMs: Number(row['received_ms']),
    state,
    isTaken: row['is_taken'] === 1,
  }
  if (row['reason'] !== null) record.reason = String(row['reason'])
  if (row['finished_ms'] !== null) record.finishedMs = Number(row['finished_ms'])
  return [record]
}
