import {
  type Command,
  type CommandAction,
  type CommandView,
  type Person,
  ProtocolError,
  commandResultSchema,
  decodeJson,
  encodeJson,
  errorText,
  filters,
  parseTopic,
  topics,
} from '@harbor/protocol'
import type { Logger } from 'pino'
import { putEvent } from '../alerts/event-outbox.ts'
import type { BusMessage, MessageBus } from '../bus/message-bus.ts'
import { ApiProblem } from '../errors.ts'
import { withinScope } from '../people/scope.ts'
import { createLogLimiter } from '../metrics/log-limiter.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { RegistryTables } from '../registry/schema.ts'

/** A command is meant for now: a plug that switches a minute after the button was pressed switches for nobody. */
const LIFE_MS = 60_000
/** It is sent again this often until it is answered or expired; the gateway runs it once. */
const RESEND_MS = 5_000
/** The gateway may begin in the last moment, waits 10 s for its device, and tells its result again after 10 s. */
const GRACE_MS = 30_000
/** Commands of one device that wait for an answer at most; chosen: more is somebody's finger on a button. */
const MAX_OPEN = 10
/** Looked up in one go. */
const PAGE = 500
/** A device's newest commands that are listed. */
const MAX_LISTED = 50

/** What members of staff ask of devices, and what became of it. */
export interface Commands {
  /**
   * Writes a command down and sends it; resolves before it is answered.
   *
   * @throws ApiProblem `not_found`, also for a device of another's district; `too_many_requests`.
   */
  request: (person: Person, device: string, action: CommandAction) => Promise<CommandView>
  /** @throws ApiProblem `not_found`, also for another's district. */
  find: (person: Person, device: string, id: string) => Promise<CommandView>
  /** A device's newest commands, newest first. @throws ApiProblem `not_found`, also for another's district. */
  list: (person: Person, device: string) => Promise<CommandView[]>
  /** Subscribes; call it before the bus is started. */
  start: () => void
  stop: () => Promise<void>
}

export interface CommandsDeps {
  db: RegistryDb
  bus: Pick<MessageBus, 'publish' | 'subscribe' | 'onConnect'>
  /** Districts this process serves; empty: all. */
  districts: readonly string[]
  nowMs: () => number
  newId: () => string
  /** An event was put into the outbox. */
  onEvent: () => void
  log: Logger
}

type Row = Readonly<RegistryTables['command']>

export function createCommands({ db, bus, districts, nowMs, newId, onEvent, log }: CommandsDeps): Commands {
  const limiter = createLogLimiter({ everyMs: 60_000, maxKeys: 10_000 }, nowMs)
  let timer: NodeJS.Timeout | undefined
  let sweeping: Promise<void> | undefined
  let isStopped = true

  const send = (row: Row): void => {
    const command: Command = { device: row.device, action: row.action, expires: row.expires_at_ms }
    const address = { district: row.district, gateway: row.gateway }
    bus.publish(topics.command(address, row.id), encodeJson(command)).catch((error: unknown) => {
      // Sent again until it expires.
      log.debug({ command: row.id, error: errorText(error) }, 'a command waits for the broker')
    })
  }

  /** Sends what is not answered again, gives up what can no longer be; goes on while there is any. */
  const sweep = async (): Promise<void> => {
    const atMs = nowMs()
    const open = await db
      .selectFrom('command')
      .selectAll()
      .where('state', '=', 'sent')
      .$if(districts.length > 0, query => query.where('district', 'in', districts))
      .orderBy('requested_at_ms')
      .limit(PAGE)
      .execute()
    for (const row of open) {
      if (isStopped) return
      if (row.expires_at_ms > atMs) send(row)
      else if (row.expires_at_ms + GRACE_MS <= atMs) {
        const reason = 'the gateway did not answer'
        await finish({ id: row.id, gateway: row.gateway, state: 'expired', reason, atMs })
      }
    }
    if (open.length > 0) sweepLater()
  }
  const sweepLater = (): void => {
    if (!isStopped) timer ??= setTimeout(sweepNow, RESEND_MS)
  }
  const sweepNow = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (isStopped || sweeping !== undefined) return
    sweeping = sweep()
      .catch((error: unknown) => {
        log.error({ error: errorText(error) }, 'commands could not be looked after, trying again')
        sweepLater()
      })
      .finally(() => (sweeping = undefined))
  }

  /** Once: the first answer counts, and an answer that comes after all counts more than none. */
  const finish = async ({ id, gateway, state, reason, atMs }: Answer): Promise<void> => {
    const isNews = await db.transaction().execute(async tx => {
      const row = await tx.selectFrom('command').selectAll().where('id', '=', id).executeTakeFirst()
      if (row === undefined || row.gateway !== gateway) return false
      if (row.state !== 'sent' && (row.state !== 'expired' || state === 'expired')) return false
      const finished: Row = { ...row, state, reason: reason ?? null, finished_at_ms: atMs }
      const { reason: why, finished_at_ms } = finished
      await tx.updateTable('command').set({ state, reason: why, finished_at_ms }).where('id', '=', id).execute()
      await putEvent(tx, {
        kind: 'command-finished',
        // Two at most: that nobody answered, and the answer.
        id: `${id}-${state === 'expired' ? 1 : 2}`,
        subject: id,
        district: row.district,
        atMs,
        data: toView(finished),
      })
      return true
    })
    if (!isNews) return
    log.info({ audit: 'command-finished', command: id, state, reason }, 'a command was answered')
    onEvent()
  }

  const takeResult = async ({ topic, payload }: BusMessage): Promise<void> => {
    const parsed = parseTopic(topic)
    if (parsed?.kind !== 'command-result') return
    const { gateway } = parsed.address
    try {
      const { state, reason } = decodeJson(commandResultSchema, payload)
      // The gateway's own clock may be wrong: what counts here is when it was heard.
      await finish({ id: parsed.commandId, gateway, state, reason, atMs: nowMs() })
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      if (limiter.admit(gateway) === undefined) return
      log.warn({ gateway, reason: error.code, detail: error.message }, "a command's result cannot be read")
    }
  }

  const placeOf = async (person: Person, device: string) => {
    const place = await db
      .selectFrom('device')
      .innerJoin('gateway', 'gateway.id', 'device.gateway')
      .select(['gateway.id as gateway', 'gateway.station', 'gateway.district'])
      .where('device.id', '=', device)
      .where(withinScope(person, { district: 'gateway.district', station: 'gateway.station' }))
      .executeTakeFirst()
    if (place === undefined) throw new ApiProblem('not_found', `there is no device ${device} in your districts`)
    return place
  }

  return {
    request: async (person, device, action) => {
      const place = await placeOf(person, device)
      const atMs = nowMs()
      const row: Row = {
        id: newId(),
        device,
        ...place,
        action,
        state: 'sent',
        reason: null,
        requested_by: person.login,
        requested_at_ms: atMs,
        expires_at_ms: atMs + LIFE_MS,
        finished_at_ms: null,
      }
      await db.transaction().execute(async tx => {
        const open = await tx
          .selectFrom('command')
          .select('id')
          .where('device', '=', device)
          .where('state', '=', 'sent')
          .limit(MAX_OPEN)
          .execute()
        if (open.length >= MAX_OPEN) {
          const message = `${MAX_OPEN} commands for ${device} wait for an answer`
          throw new ApiProblem('too_many_requests', message, { retryAfterS: LIFE_MS / 1000 })
        }
        await tx.insertInto('command').values(row).execute()
      })
      log.info({ audit: 'command', by: person.login, command: row.id, device, action }, 'a command was sent')
      send(row)
      sweepLater()
      return toView(row)
    },
    find: async (person, device, id) => {
      const row = await db
        .selectFrom('command')
        .selectAll()
        .where('id', '=', id)
        .where('device', '=', device)
        .where(withinScope(person, { district: 'command.district', station: 'command.station' }))
        .executeTakeFirst()
      if (row === undefined) throw new ApiProblem('not_found', `there is no command ${id} in your districts`)
      return toView(row)
    },
    list: async (person, device) => {
      await placeOf(person, device)
      const rows = await db
        .selectFrom('command')
        .selectAll()
        .where('device', '=', device)
        .where(withinScope(person, { district: 'command.district', station: 'command.station' }))
        .orderBy('requested_at_ms', 'desc')
        .orderBy('id')
        .limit(MAX_LISTED)
        .execute()
      return rows.map(toView)
    },
    start: () => {
      isStopped = false
      for (const district of districts.length === 0 ? [undefined] : districts) {
        bus.subscribe(filters.commandResults(district), takeResult)
      }
      bus.onConnect(sweepNow)
    },
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      timer = undefined
      await sweeping
    },
  }
}

interface Answer {
  id: string
  gateway: string
  state: Exclude<CommandView['state'], 'sent'>
  reason: string | undefined
  atMs: number
}

function toView(row: Row): CommandView {
  const isoTime = (ms: number) => new Date(ms).toISOString()
  return {
    id: row.id,
    device: row.device,
    station: row.station,
    district: row.district,
    action: row.action,
    state: row.state,
    ...(row.reason !== null && { reason: row.reason }),
    requestedBy: row.requested_by,
    requestedAt: isoTime(row.requested_at_ms),
    expiresAt: isoTime(row.expires_at_ms),
    ...(row.finished_at_ms !== null && { finishedAt: isoTime(row.finished_at_ms) }),
  }
}
