import {
  type ConfigSource,
  type GatewaySoftware,
  type RolloutEvent,
  type RolloutStage,
  type RolloutTarget,
  profileOverridesSchema,
  rolloutHealthSchema,
  rolloutStageSchema,
  rolloutTargetSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import type { RegistryDb } from '../../registry/open-registry.ts'
import type { RegistryTables } from '../../registry/schema.ts'
import { type ConfigSettings, configSettingsSchema } from '../config-document.ts'
import type { Tx } from '../config-book.ts'
import type { Member, Rollout } from './rollout-machine.ts'

/** A rollout that is not over, as the runner has it in memory; its members are changed in place. */
export interface ActiveRollout extends Rollout {
  id: string
  target: RolloutTarget
  mayLose: boolean
  serverUrl: string
  madeBy: string
  members: Map<string, Member>
  /** Where each gateway is. */
  stationOf: ReadonlyMap<string, string>
}

/** What a gateway is given back. */
export interface Former {
  settings: ConfigSettings
  source: ConfigSource | undefined
  software: GatewaySoftware | undefined
}

const formerSchema = z.object({
  settings: configSettingsSchema,
  source: z.object({ profile: z.string(), version: z.int(), overrides: profileOverridesSchema }).optional(),
  software: z.object({ version: z.string(), url: z.string(), sha256: z.string() }).optional(),
})

export function formerOf(text: string): Former {
  const { settings, source, software } = formerSchema.parse(JSON.parse(text))
  return { settings, source, software }
}

export function stagesOf(row: Pick<RegistryTables['rollout'], 'stages'>): (RolloutStage | undefined)[] {
  const stages = z.array(rolloutStageSchema.nullable()).parse(JSON.parse(row.stages))
  return stages.map(stage => stage ?? undefined)
}

/** Ids of rollouts that are neither over nor still to be started, oldest first. */
export async function activeIds(db: RegistryDb): Promise<string[]> {
  const rows = await db
    .selectFrom('rollout')
    .select('id')
    .where('state', 'in', ['running', 'paused', 'rolling_back'])
    .orderBy('made_at_ms')
    .execute()
  return rows.map(({ id }) => id)
}

/** A rollout as it is written down; undefined: there is none. */
export async function loadRollout(db: RegistryDb, id: string): Promise<ActiveRollout | undefined> {
  const row = await db.selectFrom('rollout').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) return undefined
  const rows = await db
    .selectFrom('rollout_gateway as m')
    .innerJoin('gateway as g', 'g.id', 'm.gateway')
    .select(['m.gateway', 'm.stage', 'm.state', 'm.failure', 'm.new_version', 'm.back_version'])
    .select(['m.changed_at_ms', 'm.since_ms', 'g.station'])
    .where('m.rollout', '=', id)
    .orderBy('m.turn')
    .execute()
  const members = rows.map((member): [string, Member] => [
    member.gateway,
    {
      gateway: member.gateway,
      stage: member.stage,
      state: member.state,
      failure: member.failure ?? undefined,
      newVersion: member.new_version ?? undefined,
      backVersion: member.back_version ?? undefined,
      changedAtMs: member.changed_at_ms ?? undefined,
      sinceMs: member.since_ms,
    },
  ])
  return {
    id,
    state: row.state,
    stage: row.stage ?? undefined,
    stages: stagesOf(row).length,
    maxFailures: row.max_failures,
    health: rolloutHealthSchema.parse(JSON.parse(row.health)),
    target: rolloutTargetSchema.parse(JSON.parse(row.target)),
    mayLose: row.may_lose === 1,
    serverUrl: row.server_url,
    madeBy: row.made_by,
    members: new Map(members),
    stationOf: new Map(rows.map(({ gateway, station }) => [gateway, station])),
  }
}

/** A line of the record. */
export type RolloutLine = Omit<RolloutEvent, 'seq' | 'at'>

/** Adds lines to a rollout's record, in the transaction of what they tell. */
export async function writeLines(
  tx: Tx,
  { rollout, atMs }: { rollout: string; atMs: number },
  lines: readonly RolloutLine[],
): Promise<void> {
  if (lines.length === 0) return
  const last = await tx
    .selectFrom('rollout_event')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .where('rollout', '=', rollout)
    .executeTakeFirst()
  let seq = last?.seq ?? 0
  for (const { event, by, stage, gateway, state, failure, reason, version } of lines) {
    seq += 1
    await tx
      .insertInto('rollout_event')
      .values({
        rollout,
        seq,
        at_ms: atMs,
        event,
        actor: by,
        stage: stage ?? null,
        gateway: gateway ?? null,
        state: state ?? null,
        failure: failure ?? null,
        reason: reason ?? null,
        version: version ?? null,
      })
      .execute()
  }
}
