import {
  type NewRolloutInput,
  type RolloutEventPage,
  type RolloutGatewayPage,
  type RolloutList,
  type RolloutPreview,
  type RolloutView,
  rolloutEventPageSchema,
  rolloutGatewayPageSchema,
  rolloutListSchema,
  rolloutPreviewSchema,
  rolloutViewSchema,
} from '@harbor/protocol'
import { fleetPath } from './fleet-path.ts'
import type { Ask } from './work-orders-api.ts'

export type RolloutAct = 'start' | 'pause' | 'resume' | 'abort'

/** Rollouts in stages. */
export interface RolloutsApi {
  list: (before?: string, signal?: AbortSignal) => Promise<RolloutList>
  view: (rollout: string, signal?: AbortSignal) => Promise<RolloutView>
  preview: (rollout: NewRolloutInput, signal?: AbortSignal) => Promise<RolloutPreview>
  make: (rollout: NewRolloutInput) => Promise<RolloutView>
  act: (rollout: string, act: RolloutAct) => Promise<RolloutView>
  /** By id; `query`: `state`, `failed`, `after`. */
  gateways: (rollout: string, query: URLSearchParams, signal?: AbortSignal) => Promise<RolloutGatewayPage>
  /** The exact record, oldest first, behind `after`. */
  events: (rollout: string, after: number, signal?: AbortSignal) => Promise<RolloutEventPage>
}

export function createRolloutsApi(ask: Ask): RolloutsApi {
  const of = (rollout: string, ...rest: string[]) => fleetPath('rollouts', rollout, ...rest)
  return {
    list: (before, signal) => {
      const query = new URLSearchParams(before === undefined ? {} : { before })
      return ask(`${fleetPath('rollouts')}?${query}`, rolloutListSchema, { signal })
    },
    view: (rollout, signal) => ask(of(rollout), rolloutViewSchema, { signal }),
    preview: (body, signal) =>
      ask(fleetPath('rollouts', 'preview'), rolloutPreviewSchema, { method: 'POST', body, signal }),
    make: body => ask(fleetPath('rollouts'), rolloutViewSchema, { method: 'POST', body }),
    act: (rollout, act) => ask(of(rollout, act), rolloutViewSchema, { method: 'POST', body: {} }),
    gateways: (rollout, query, signal) =>
      ask(`${of(rollout, 'gateways')}?${query}`, rolloutGatewayPageSchema, { signal }),
    events: (rollout, after, signal) =>
      ask(`${of(rollout, 'events')}?after=${after}&limit=200`, rolloutEventPageSchema, { signal }),
  }
}
