import { type RolloutFailure, errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import { ApiProblem } from '../../errors.ts'
import type { RegistryDb } from '../../registry/open-registry.ts'
import { recordFleetActs } from '../audit/record-fleet-act.ts'
import type { Tx } from '../config-book.ts'
import { type GiveDeps, WouldLose, giveFormer, giveNew } from './give-config.ts'
import type { FactFinder } from './rollout-facts.ts'
import {
  type Act,
  type Given,
  type MemberAct,
  type RolloutWish,
  memberAfter,
  nextActs,
  outcomeOf,
} from './rollout-machine.ts'
import { type ActiveRollout, activeIds, formerOf, loadRollout, writeLines } from './rollout-rows.ts'
import { writeMembers, writeWish } from './rollout-writes.ts'

/** How often it is looked at; chosen: far below the shortest time that a person waits for. */
const LOOK_EVERY_MS = 1_000
/** Changes that give nothing and are written in one go. */
const AT_ONCE = 200
/** Changes of one rollout before it is looked at again, and others, and people, have their turn. */
const PER_LOOK = 100

type StepAct = Exclude<Act, MemberAct>

/** Carries rollouts out. */
export interface RolloutRunner {
  /** Goes on with what an earlier run left. */
  start: () => Promise<void>
  stop: () => Promise<void>
  /** What a person wants of a rollout. @throws ApiProblem `conflict` where its state does not allow it, `not_found` */
  wish: (rollout: string, wish: RolloutWish, by: string) => Promise<void>
}

export interface RunnerDeps extends GiveDeps {
  db: RegistryDb
  facts: FactFinder
  /** A gateway was given a config. */
  onIssued: (gateway: string) => Promise<void>
  /** Something of a rollout is another than before. */
  onChanged: (rollout: string) => void
  /** Default 1,000. */
  lookEveryMs?: number | undefined
  nowMs: () => number
  log: Logger
}

export function createRolloutRunner(deps: RunnerDeps): RolloutRunner {
  const { db, facts, nowMs, log, onChanged } = deps
  const active = new Map<string, ActiveRollout>()
  let timer: NodeJS.Timeout | undefined
  let isStopped = true
  let work: Promise<unknown> = Promise.resolve()

  /** One thing after the other: a wish never comes between two halves of a look. */
  const inTurn = <Result>(next: () => Promise<Result>): Promise<Result> => {
    const done = work.then(next)
    work = done.catch(() => undefined)
    return done
  }

  const lookLater = (): void => {
    clearTimeout(timer)
    if (!isStopped && active.size > 0)
      timer = setTimeout(() => void inTurn(lookAtAll).then(lookLater), deps.lookEveryMs ?? LOOK_EVERY_MS)
  }

  const lookAtAll = async (): Promise<void> => {
    for (const rollout of Array.from(active.values())) {
      try {
        await look(rollout)
      } catch (error) {
        log.error({ rollout: rollout.id, error: errorText(error) }, 'a rollout could not go on, trying again')
        // What is in memory may be ahead of what is written.
        await reload(rollout.id).catch((again: unknown) =>
          log.error({ rollout: rollout.id, error: errorText(again) }, 'reading a rollout failed'),
        )
      }
    }
  }

  const reload = async (id: string): Promise<void> => {
    const rollout = await loadRollout(db, id)
    if (rollout === undefined || ['ready', 'done', 'rolled_back'].includes(rollout.state)) active.delete(id)
    else active.set(id, rollout)
  }

  const look = async (rollout: ActiveRollout): Promise<void> => {
    let done = 0
    for (;;) {
      if (done >= PER_LOOK || isStopped) break
      const atMs = nowMs()
      const acts = nextActs(rollout, await facts.factsOf(rollout, atMs), atMs)
      if (acts.length === 0) break
      done += await perform(rollout, acts)
    }
    if (done > 0) onChanged(rollout.id)
  }

  /** Carries acts out until one of them may have changed what follows; gives how many. */
  const perform = async (rollout: ActiveRollout, acts: readonly Act[]): Promise<number> => {
    let count = 0
    let plain: MemberAct[] = []
    const flush = async () => {
      if (plain.length > 0) await writePlain(rollout, plain)
      plain = []
    }
    for (const act of acts) {
      if (isStopped || count >= PER_LOOK) break
      count += 1
      if (act.kind !== 'gateway') {
        await flush()
        await writeStep(rollout, act)
        break
      } else if (act.gives === undefined) {
        plain.push(act)
        if (plain.length >= AT_ONCE) await flush()
        if (act.failure !== undefined) break
      } else {
        await flush()
        const carriedOut = await give(rollout, act)
        if (carriedOut.failure !== undefined) break
      }
    }
    await flush()
    return count
  }

  const writePlain = async (rollout: ActiveRollout, acts: readonly MemberAct[]): Promise<void> => {
    const atMs = nowMs()
    await db.transaction().execute(tx => writeMembers(tx, rollout, { acts, atMs }))
    for (const act of acts) remember(rollout, act, { atMs })
  }

  const give = async (rollout: ActiveRollout, act: MemberAct): Promise<MemberAct> => {
    const { gateway } = act
    const atMs = nowMs()
    let given: Given
    try {
      given = await db.transaction().execute(async tx => {
        const made =
          act.gives === 'new' ? await giveNew(tx, { rollout, gateway }, deps) : await back(tx, rollout, gateway)
        await writeMembers(tx, rollout, { acts: [act], atMs, given: made })
        return { version: made.version }
      })
    } catch (error) {
      given = { failure: failureOf(error), reason: errorText(error).slice(0, 300) }
    }
    const carriedOut = outcomeOf(act, given)
    if ('version' in given) {
      remember(rollout, act, { atMs, version: given.version })
      await deps.onIssued(gateway)
    } else {
      await db.transaction().execute(tx => writeMembers(tx, rollout, { acts: [carriedOut], atMs }))
      remember(rollout, carriedOut, { atMs })
    }
    return carriedOut
  }

  const back = async (tx: Tx, rollout: ActiveRollout, gateway: string): Promise<{ version: number }> => {
    const row = await tx
      .selectFrom('rollout_gateway')
      .select('former')
      .where('rollout', '=', rollout.id)
      .where('gateway', '=', gateway)
      .executeTakeFirst()
    if (row === undefined || row.former === null)
      throw new ApiProblem('conflict', 'what it had before was not written down')
    return { version: await giveFormer(tx, { gateway, former: formerOf(row.former), by: rollout.madeBy }, deps) }
  }

  const writeStep = async (rollout: ActiveRollout, act: StepAct): Promise<void> => {
    const atMs = nowMs()
    const { state, stage } = stepOf(rollout, act)
    const isOver = state === 'done' || state === 'rolled_back'
    await db.transaction().execute(async tx => {
      const change = {
        state,
        stage: stage ?? null,
        ...(act.kind === 'stopped' && { stopped_by: 'failures' as const }),
        ...(isOver && { ended_at_ms: atMs }),
      }
      await tx.updateTable('rollout').set(change).where('id', '=', rollout.id).execute()
      if (isOver) await tx.updateTable('rollout_gateway').set({ held: 0 }).where('rollout', '=', rollout.id).execute()
      const of = act.kind === 'stage-begun' ? { stage: act.stage } : {}
      const passed = 'passed' in act ? act.passed : undefined
      await writeLines(tx, { rollout: rollout.id, atMs }, [
        ...(passed === undefined ? [] : [{ event: 'stage-passed' as const, by: 'server', stage: passed }]),
        { event: act.kind, by: 'server', ...of },
      ])
      const detail = { rollout: rollout.id, step: act.kind, ...of }
      await recordFleetActs(tx, [{ act: FLEET_ACT_OF[act.kind], atMs, by: 'server', detail }])
    })
    Object.assign(rollout, { state, stage })
    log.info({ audit: 'rollout', rollout: rollout.id, step: act.kind, state, stage }, 'a rollout went on')
    if (isOver) active.delete(rollout.id)
  }

  return {
    start: async () => {
      isStopped = false
      for (const id of await activeIds(db)) await reload(id)
      lookLater()
    },
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await work
    },
    wish: (id, wish, by) =>
      inTurn(async () => {
        const atMs = nowMs()
        await db.transaction().execute(tx => writeWish(tx, { id, wish, by, atMs }))
        log.info({ audit: `rollout-${wish}`, rollout: id, by }, 'a person has spoken on a rollout')
        await reload(id)
        onChanged(id)
        lookLater()
      }),
  }
}

const FLEET_ACT_OF = {
  'stage-begun': 'rollout-stage',
  stopped: 'rollout-stopped',
  done: 'rollout-done',
  'rolled-back': 'rollout-rolled-back',
} as const

function stepOf({ state, stage }: ActiveRollout, act: StepAct): Pick<ActiveRollout, 'state' | 'stage'> {
  switch (act.kind) {
    case 'stage-begun':
      return { state, stage: act.stage }
    case 'stopped':
      return { state: 'rolling_back', stage }
    case 'done':
      return { state: 'done', stage }
    case 'rolled-back':
      return { state: 'rolled_back', stage }
  }
}

/** A problem of this gateway is told of it; anything else is ours, and is tried again. */
function failureOf(error: unknown): Extract<RolloutFailure, 'unfit' | 'losses'> {
  if (error instanceof WouldLose) return 'losses'
  if (error instanceof ApiProblem) return 'unfit'
  throw error
}

function remember(
  { members }: ActiveRollout,
  act: MemberAct,
  made: { atMs: number; version?: number | undefined },
): void {
  const member = members.get(act.gateway)
  if (member !== undefined) members.set(act.gateway, memberAfter(member, act, made))
}
