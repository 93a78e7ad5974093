import {
  type AcceptRequest,
  type Acceptance,
  type BenchView,
  type CommandAction,
  type CommandView,
  type Person,
  type StationDetail,
  benchViewSchema,
  boxHardwareSchema,
} from '@harbor/protocol'
import type { Commands } from '../../commands/commands.ts'
import { ApiProblem } from '../../errors.ts'
import type { RegistryDb } from '../../registry/open-registry.ts'
import { recordFleetAct } from '../audit/record-fleet-act.ts'
import type { ConfigBook } from '../config-book.ts'
import type { Twin } from '../twin/twin.ts'
import { checksOf, deviceOf, markOf } from './bench-view.ts'

/** A gateway just flashed, watched until it is accepted. */
export interface Bench {
  /** @throws ApiProblem `not_found` */
  view: (person: Person, gateway: string) => Promise<BenchView>
  /** @throws ApiProblem `not_found`, `conflict` where the device has no relay that may be switched */
  testRelay: (
    person: Person,
    gateway: string,
    wanted: { device: string; action: CommandAction },
  ) => Promise<CommandView>
  /** @throws ApiProblem `not_found`, `conflict` where not all is green and no exception is given */
  accept: (person: Person, gateway: string, wanted: AcceptRequest) => Promise<BenchView>
  /** What the sheet shows: the gateway as it was accepted, or as it is where it was not. */
  sheet: (person: Person, gateway: string) => Promise<BenchView>
}

export interface BenchDeps {
  db: RegistryDb
  twin: Pick<Twin, 'view'>
  book: Pick<ConfigBook, 'latest' | 'settings'>
  commands: Pick<Commands, 'request' | 'list'>
  readingsOf: (station: string) => StationDetail['readings']
  nowMs: () => number
}

export function createBench({ db, twin, book, commands, readingsOf, nowMs }: BenchDeps): Bench {
  const view = async (person: Person, gateway: string): Promise<BenchView> => {
    const now = await twin.view(person, gateway)
    const atMs = nowMs()
    const latest = await book.latest(gateway)
    const { devices } = latest?.document ?? (await book.settings(db, gateway))
    const readings = readingsOf(now.station)
    const sinceMs = now.claimedAt === undefined ? 0 : Date.parse(now.claimedAt)
    const shown = []
    for (const device of devices) {
      const command = await commandOf(person, device.id, sinceMs)
      shown.push(deviceOf(device, { readings, command, atMs }))
    }
    const checks = checksOf(now, now.state !== 'unclaimed')
    const box = await hardwareOf(gateway)
    const accepted = await acceptanceOf(gateway, sinceMs)
    return {
      gateway,
      station: now.station,
      stationNameZh: now.stationNameZh,
      stationNameEn: now.stationNameEn,
      district: now.district,
      at: new Date(atMs).toISOString(),
      mark: markOf([...checks, ...shown].map(({ mark }) => mark)),
      checks,
      devices: shown,
      ...(now.desiredVersion !== undefined && { configVersion: now.desiredVersion }),
      ...(now.software !== undefined && { software: now.software }),
      ...(box !== undefined && { hardware: box }),
      ...(accepted !== undefined && { acceptance: accepted.acceptance }),
    }
  }

  /** The newest switching of a device's relay that is this box's. */
  const commandOf = async (person: Person, device: string, sinceMs: number): Promise<CommandView | undefined> => {
    const registered = await db.selectFrom('device').select('id').where('id', '=', device).executeTakeFirst()
    if (registered === undefined) return undefined
    const [newest] = (await commands.list(person, device)).filter(
      ({ action, requestedAt }) => action !== 'safety-reset' && Date.parse(requestedAt) >= sinceMs,
    )
    return newest
  }

  const hardwareOf = async (gateway: string): Promise<BenchView['hardware']> => {
    const row = await db
      .selectFrom('claim_token')
      .select('hardware')
      .where('used_gateway', '=', gateway)
      .orderBy('used_at_ms', 'desc')
      .executeTakeFirst()
    if (row === undefined || row.hardware === null) return undefined
    const { model, serial } = boxHardwareSchema.parse(JSON.parse(row.hardware))
    return { ...(model !== undefined && { model }), ...(serial !== undefined && { serial }) }
  }

  const acceptanceOf = async (
    gateway: string,
    sinceMs: number,
  ): Promise<{ acceptance: Acceptance; view: BenchView } | undefined> => {
    const row = await db
      .selectFrom('gateway_acceptance')
      .selectAll()
      .where('gateway', '=', gateway)
      .where('at_ms', '>=', sinceMs)
      .orderBy('at_ms', 'desc')
      .executeTakeFirst()
    if (row === undefined) return undefined
    const acceptance: Acceptance = {
      at: new Date(row.at_ms).toISOString(),
      by: row.actor,
      byName: row.actor_name,
      note: row.note,
      ...(row.exceptions !== null && { exceptions: row.exceptions }),
    }
    return { acceptance, view: { ...benchViewSchema.parse(JSON.parse(row.view)), acceptance } }
  }

  return {
    view,

    testRelay: async (person, gateway, { device, action }) => {
      const shown = await view(person, gateway)
      const found = shown.devices.find(other => other.device === device)
      if (found === undefined) throw new ApiProblem('not_found', `${gateway} has no device ${device}`)
      if (found.relay === undefined)
        throw new ApiProblem('conflict', `${device} has no relay that was heard and may be switched`)
      const command = await commands.request(person, device, action)
      const detail = { device, action, command: command.id }
      await db
        .transaction()
        .execute(tx => recordFleetAct(tx, { act: 'relay-tested', atMs: nowMs(), by: person.login, gateway, detail }))
      return command
    },

    accept: async (person, gateway, { note, exceptions }) => {
      const shown = await view(person, gateway)
      if (shown.mark !== 'green' && exceptions === undefined) {
        const open = [
          ...shown.checks.flatMap(({ check, mark }) => (mark === 'green' ? [] : check)),
          ...shown.devices.flatMap(({ device, mark }) => (mark === 'green' ? [] : device)),
        ]
        throw new ApiProblem('conflict', `not green: ${open.join(', ')}; say in exceptions why it is accepted`)
      }
      const atMs = nowMs()
      await db.transaction().execute(async tx => {
        await tx
          .insertInto('gateway_acceptance')
          .values({
            gateway,
            at_ms: atMs,
            actor: person.login,
            actor_name: person.name,
            note,
            exceptions: exceptions ?? null,
            view: JSON.stringify(shown),
          })
          .execute()
        const detail = { mark: shown.mark, note, exceptions, configVersion: shown.configVersion }
        await recordFleetAct(tx, { act: 'gateway-accepted', atMs, by: person.login, gateway, detail })
      })
      return view(person, gateway)
    },

    sheet: async (person, gateway) => {
      const now = await view(person, gateway)
      const claimedAt = now.checks.find(({ check }) => check === 'claimed')?.at
      const accepted = await acceptanceOf(gateway, claimedAt === undefined ? 0 : Date.parse(claimedAt))
      return accepted?.view ?? now
    },
  }
}
