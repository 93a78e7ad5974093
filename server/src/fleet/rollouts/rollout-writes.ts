import { ApiProblem } from '../../errors.ts'
import { recordFleetActs } from '../audit/record-fleet-act.ts'
import type { Tx } from '../config-book.ts'
import type { GivenNew } from './give-config.ts'
import { ALLOWED_IN, type MemberAct, type RolloutWish } from './rollout-machine.ts'
import { type ActiveRollout, writeLines } from './rollout-rows.ts'

/** Writes down what was done to gateways, with the lines of the record that tell it; `given`: what all of them were given. */
export async function writeMembers(
  tx: Tx,
  { id, members }: ActiveRollout,
  { acts, atMs, given }: { acts: readonly MemberAct[]; atMs: number; given?: { version: number } | GivenNew },
): Promise<void> {
  for (const { gateway, to, gives, failure, reason } of acts)
    await tx
      .updateTable('rollout_gateway')
      .set({
        state: to,
        since_ms: atMs,
        ...(failure !== undefined && { failure }),
        ...(reason !== undefined && { reason }),
        ...(gives === 'new' && given !== undefined && { new_version: given.version, changed_at_ms: atMs }),
        ...(given !== undefined &&
          'former' in given && {
            former: JSON.stringify(given.former),
            former_version: given.formerVersion ?? null,
          }),
        ...(gives === 'former' && given !== undefined && { back_version: given.version }),
      })
      .where('rollout', '=', id)
      .where('gateway', '=', gateway)
      .execute()
  await writeLines(
    tx,
    { rollout: id, atMs },
    acts.map(({ gateway, to, failure, reason }) => ({
      event: 'gateway',
      by: 'server',
      gateway,
      stage: members.get(gateway)?.stage,
      state: to,
      failure,
      reason,
      version: given?.version,
    })),
  )
  // Of a gateway's own record: what it was given, and why it failed. The rest is in the rollout's.
  const told = acts.filter(({ gives, failure }) => gives !== undefined || failure !== undefined)
  await recordFleetActs(
    tx,
    told.map(({ gateway, to, failure, reason }) => ({
      act: 'rollout-gateway',
      atMs,
      by: 'server',
      gateway,
      detail: { rollout: id, state: to, failure, reason, version: given?.version },
    })),
  )
}

const WISHES = {
  start: { state: 'running', event: 'started', act: 'rollout-started' },
  pause: { state: 'paused', event: 'paused', act: 'rollout-paused' },
  resume: { state: 'running', event: 'resumed', act: 'rollout-resumed' },
  abort: { state: 'rolling_back', event: 'aborted', act: 'rollout-aborted' },
} as const

/** Writes down what a person wants of a rollout. @throws ApiProblem `conflict`, `not_found` */
export async function writeWish(
  tx: Tx,
  { id, wish, by, atMs }: { id: string; wish: RolloutWish; by: string; atMs: number },
): Promise<void> {
  const row = await tx.selectFrom('rollout').select('state').where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw new ApiProblem('not_found', `there is no rollout ${id}`)
  const allowed: readonly string[] = ALLOWED_IN[wish]
  if (!allowed.includes(row.state))
    throw new ApiProblem(
      'conflict',
      `rollout ${id} is ${row.state}; ${wish} is for one that is ${allowed.join(' or ')}`,
    )
  const { state, event, act } = WISHES[wish]
  const change = {
    state,
    ...(wish === 'start' && { started_at_ms: atMs }),
    ...(wish === 'abort' && { stopped_by: 'abort' as const }),
  }
  await tx.updateTable('rollout').set(change).where('id', '=', id).execute()
  await writeLines(tx, { rollout: id, atMs }, [{ event, by }])
  await recordFleetActs(tx, [{ act, atMs, by, detail: { rollout: id } }])
}
