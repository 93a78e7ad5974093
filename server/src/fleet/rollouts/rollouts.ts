import {
  type NewRollout,
  type Person,
  ROLLOUT_GATEWAY_STATES,
  type RolloutEventPage,
  type RolloutEventQuery,
  type RolloutGatewayPage,
  type RolloutGatewayQuery,
  type RolloutList,
  type RolloutPreview,
  type RolloutQuery,
  type RolloutView,
  rolloutHealthSchema,
  rolloutSelectionSchema,
  rolloutTargetSchema,
} from '@harbor/protocol'
import { type SqlBool, sql } from 'kysely'
import { ApiProblem } from '../../errors.ts'
import { withinScope } from '../../people/scope.ts'
import type { RegistryDb } from '../../registry/open-registry.ts'
import type { RegistryTables } from '../../registry/schema.ts'
import { recordFleetAct } from '../audit/record-fleet-act.ts'
import type { SoftwareBook } from '../firmware/software.ts'
import type { ProfileBook } from '../profiles/profile-book.ts'
import type { RolloutWish } from './rollout-machine.ts'
import { stagesOf, writeLines } from './rollout-rows.ts'
import type { RolloutRunner } from './rollout-runner.ts'
import { type FilledStage, selectGateways, splitIntoStages } from './select-gateways.ts'

/** Gateways that another rollout holds and that are named. */
const MAX_HELD = 20
/** Gateways named of each stage before the rollout is made. */
const MAX_FIRST = 10
/** Rows of one INSERT: PostgreSQL and SQLite both bound the values of a statement. */
const ROWS_AT_ONCE = 500

/** Rollouts as people make, see and steer them. */
export interface Rollouts {
  preview: (person: Person, wanted: NewRollout) => Promise<RolloutPreview>
  /**
   * @param origin where gateways find this server, for packages of software
   * @throws ApiProblem `invalid_request`, `not_found` (profile or software), `conflict` where a gateway is held
   */
  make: (person: Person, wanted: NewRollout, origin: string) => Promise<RolloutView>
  list: (person: Person, query: RolloutQuery) => Promise<RolloutList>
  /** @throws ApiProblem `not_found`, also where one of its gateways is not the person's. */
  view: (person: Person, rollout: string) => Promise<RolloutView>
  gateways: (person: Person, rollout: string, query: RolloutGatewayQuery) => Promise<RolloutGatewayPage>
  events: (person: Person, rollout: string, query: RolloutEventQuery) => Promise<RolloutEventPage>
  wish: (person: Person, rollout: string, wish: RolloutWish) => Promise<RolloutView>
}

export interface RolloutsDeps {
  db: RegistryDb
  runner: Pick<RolloutRunner, 'wish'>
  profiles: Pick<ProfileBook, 'named'>
  software: Pick<SoftwareBook, 'get'>
  isOnline: (gateway: string) => boolean
  /** A rollout was made. */
  onChanged: (rollout: string) => void
  newId: () => string
  nowMs: () => number
}

export function createRollouts({
  db,
  runner,
  profiles,
  software,
  isOnline,
  onChanged,
  newId,
  nowMs,
}: RolloutsDeps): Rollouts {
  const filled = async (person: Person, wanted: NewRollout): Promise<FilledStage[]> =>
    splitIntoStages(await selectGateways(db, { person, selection: wanted.selection, isOnline }), wanted.stages)

  const heldOf = (tx: RegistryDb, gateways: readonly string[]) => {
    const wanted = new Set(gateways)
    return tx
      .selectFrom('rollout_gateway')
      .select(['gateway', 'rollout'])
      .where('held', '=', 1)
      .orderBy('gateway')
      .execute()
      .then(rows => rows.filter(({ gateway }) => wanted.has(gateway)).slice(0, MAX_HELD))
  }

  const rowOf = async (person: Person, id: string): Promise<RegistryTables['rollout']> => {
    const row = await seenBy(person).where('rollout.id', '=', id).executeTakeFirst()
    if (row === undefined) throw new ApiProblem('not_found', `there is no rollout ${id} in your districts`)
    return row
  }

  /** Whoever may not see one of its gateways sees nothing of it: its numbers would tell of theirs. */
  const seenBy = (person: Person) =>
    db
      .selectFrom('rollout')
      .selectAll('rollout')
      .where(
        sql<SqlBool>`not exists (select 1 from "rollout_gateway" as "m" join "gateway" as "g" on "g"."id" = "m"."gateway"
          where "m"."rollout" = "rollout"."id" and not coalesce(${withinScope(person, { district: 'g.district', station: 'g.station' })}, false))`,
      )

  const view = async (person: Person, id: string) => viewOf(db, await rowOf(person, id))

  return {
    view,

    preview: async (person, wanted) => {
      const stages = await filled(person, wanted)
      const all = stages.flatMap(({ gateways }) => gateways)
      return {
        total: all.length,
        online: all.filter(isOnline).length,
        stages: stages.map(({ gateways }) => ({ gateways: gateways.length, first: gateways.slice(0, MAX_FIRST) })),
        held: await heldOf(db, all),
      }
    },

    make: async (person, wanted, origin) => {
      const { name, selection, health, maxFailures, mayLose } = wanted
      const target = await settled(wanted.target)
      const stages = await filled(person, wanted)
      const members = stages.flatMap(({ gateways }, stage) => gateways.map(gateway => ({ gateway, stage })))
      if (members.length === 0) throw new ApiProblem('invalid_request', 'selection: no gateway is found by it')
      const id = newId()
      const atMs = nowMs()
      await db.transaction().execute(async tx => {
        const held = await heldOf(
          tx,
          members.map(({ gateway }) => gateway),
        )
        if (held.length > 0) {
          const told = held.map(({ gateway, rollout }) => `${gateway} by ${rollout}`).join(', ')
          throw new ApiProblem('conflict', `gateways are held by other rollouts: ${told}`)
        }
        await tx
          .insertInto('rollout')
          .values({
            id,
            name,
            state: 'ready',
            stopped_by: null,
            target: JSON.stringify(target),
            selection: JSON.stringify(selection),
            health: JSON.stringify(health),
            stages: JSON.stringify(stages.map(({ stage }) => stage ?? null)),
            stage: null,
            max_failures: maxFailures,
            may_lose: mayLose ? 1 : 0,
            server_url: origin,
            made_at_ms: atMs,
            made_by: person.login,
            started_at_ms: null,
            ended_at_ms: null,
          })
          .execute()
        for (let from = 0; from < members.length; from += ROWS_AT_ONCE)
          await tx
            .insertInto('rollout_gateway')
            .values(
              members.slice(from, from + ROWS_AT_ONCE).map(({ gateway, stage }, index) => ({
                rollout: id,
                gateway,
                stage,
                turn: from + index,
                state: 'queued' as const,
                failure: null,
                reason: null,
                former: null,
                former_version: null,
                new_version: null,
                back_version: null,
                changed_at_ms: null,
                since_ms: atMs,
                held: 1,
              })),
            )
            .execute()
        await writeLines(tx, { rollout: id, atMs }, [{ event: 'made', by: person.login }])
        const detail = { rollout: id, name, target: target.kind, gateways: members.length }
        await recordFleetAct(tx, { act: 'rollout-made', atMs, by: person.login, detail })
      })
      onChanged(id)
      return view(person, id)
    },

    list: async (person, { state, before, limit }) => {
      const mark =
        before === undefined
          ? undefined
          : await db.selectFrom('rollout').select('made_at_ms').where('id', '=', before).executeTakeFirst()
      const rows = await seenBy(person)
        .$if(state !== undefined, query => query.where('rollout.state', '=', state ?? 'ready'))
        .$if(mark !== undefined, query =>
          query.where(
            sql<SqlBool>`("rollout"."made_at_ms", "rollout"."id") < (${mark?.made_at_ms ?? 0}, ${before ?? ''})`,
          ),
        )
        .orderBy('rollout.made_at_ms', 'desc')
        .orderBy('rollout.id', 'desc')
        .limit(limit + 1)
        .execute()
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return {
        rollouts: await Promise.all(page.map(row => viewOf(db, row))),
        ...(rows.length > limit && last !== undefined && { next: last.id }),
      }
    },

    gateways: async (person, id, { state, failed, stage, after, limit }) => {
      await rowOf(person, id)
      const rows = await db
        .selectFrom('rollout_gateway as m')
        .innerJoin('gateway as g', 'g.id', 'm.gateway')
        .selectAll('m')
        .select(['g.station', 'g.district'])
        .where('m.rollout', '=', id)
        .$if(state !== undefined, query => query.where('m.state', '=', state ?? 'left'))
        .$if(failed !== undefined, query => query.where('m.failure', 'is not', null))
        .$if(stage !== undefined, query => query.where('m.stage', '=', stage ?? 0))
        .$if(after !== undefined, query => query.where('m.gateway', '>', after ?? ''))
        .orderBy('m.gateway')
        .limit(limit + 1)
        .execute()
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return {
        gateways: page.map(row => ({
          gateway: row.gateway,
          station: row.station,
          district: row.district,
          stage: row.stage,
          state: row.state,
          ...(row.failure !== null && { failure: row.failure }),
          ...(row.reason !== null && { reason: row.reason }),
          ...(row.former_version !== null && { formerVersion: row.former_version }),
          ...(row.new_version !== null && { newVersion: row.new_version }),
          ...(row.back_version !== null && { backVersion: row.back_version }),
          ...(row.changed_at_ms !== null && { changedAt: isoTime(row.changed_at_ms) }),
          since: isoTime(row.since_ms),
        })),
        ...(rows.length > limit && last !== undefined && { next: last.gateway }),
      }
    },

    events: async (person, id, { after, gateway, limit }) => {
      await rowOf(person, id)
      const rows = await db
        .selectFrom('rollout_event')
        .selectAll()
        .where('rollout', '=', id)
        .where('seq', '>', after)
        .$if(gateway !== undefined, query => query.where('gateway', '=', gateway ?? ''))
        .orderBy('seq')
        .limit(limit + 1)
        .execute()
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return {
        events: page.map(row => ({
          seq: row.seq,
          at: isoTime(row.at_ms),
          event: row.event,
          by: row.actor,
          ...(row.stage !== null && { stage: row.stage }),
          ...(row.gateway !== null && { gateway: row.gateway }),
          ...(row.state !== null && { state: row.state }),
          ...(row.failure !== null && { failure: row.failure }),
          ...(row.reason !== null && { reason: row.reason }),
          ...(row.version !== null && { version: row.version }),
        })),
        ...(rows.length > limit && last !== undefined && { next: last.seq }),
      }
    },

    wish: async (person, id, wish) => {
      await rowOf(person, id)
      await runner.wish(id, wish, person.login)
      return view(person, id)
    },
  }

  /** What is named must be there, and "the newest" is one version for all of its gateways. */
  async function settled(target: NewRollout['target']): Promise<NewRollout['target']> {
    if (target.kind === 'profile') {
      const { version } = await profiles.named(db, target)
      return { ...target, version }
    }
    if (target.kind === 'software' && (await software.get(target.version)) === undefined)
      throw new ApiProblem('not_found', `there is no software ${target.version}`)
    return target
  }
}

const isoTime = (ms: number): string => new Date(ms).toISOString()

type Counts = RolloutView['counts']
const noCounts = (): Counts => Object.fromEntries(ROLLOUT_GATEWAY_STATES.map(state => [state, 0])) as Counts

async function viewOf(db: RegistryDb, row: RegistryTables['rollout']): Promise<RolloutView> {
  const rows = await db
    .selectFrom('rollout_gateway')
    .select(({ fn }) => [
      'stage' as const,
      'state' as const,
      fn.countAll<number>().as('gateways'),
      fn.count<number>('failure').as('failures'),
    ])
    .where('rollout', '=', row.id)
    .groupBy(['stage', 'state'])
    .execute()
  const counts = noCounts()
  const stages = stagesOf(row).map(stage => ({
    ...(stage !== undefined && { stage }),
    gateways: 0,
    counts: noCounts(),
  }))
  let failures = 0
  for (const { stage, state, ...found } of rows) {
    const gateways = Number(found.gateways)
    counts[state] += gateways
    failures += Number(found.failures)
    const of = stages[stage]
    if (of === undefined) continue
    of.gateways += gateways
    of.counts[state] += gateways
  }
  return {
    rollout: row.id,
    name: row.name,
    state: row.state,
    ...(row.stopped_by !== null && { stoppedBy: row.stopped_by }),
    target: rolloutTargetSchema.parse(JSON.parse(row.target)),
    selection: rolloutSelectionSchema.parse(JSON.parse(row.selection)),
    health: rolloutHealthSchema.parse(JSON.parse(row.health)),
    maxFailures: row.max_failures,
    mayLose: row.may_lose === 1,
    madeAt: isoTime(row.made_at_ms),
    madeBy: row.made_by,
    ...(row.started_at_ms !== null && { startedAt: isoTime(row.started_at_ms) }),
    ...(row.ended_at_ms !== null && { endedAt: isoTime(row.ended_at_ms) }),
    total: stages.reduce((sum, { gateways }) => sum + gateways, 0),
    failures,
    counts,
    ...(row.stage !== null && { stage: row.stage }),
    stages,
  }
}
