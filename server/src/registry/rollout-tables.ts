import type { ROLLOUT_EVENTS, RolloutFailure, RolloutGatewayState, RolloutState } from '@harbor/protocol'

/** Tables of rollouts, and of what gateways are to be beside their configs. */
export interface RolloutTables {
  /** Words by which gateways are grouped. */
  gateway_tag: { gateway: string; tag: string }
  /** The software that a gateway is told to run; no row: nothing is said, it runs what came on its card. */
  gateway_software: { gateway: string; version: string; url: string; sha256: string }
  /** Append-only. `view`: JSON, BenchView as it was then. */
  gateway_acceptance: {
    gateway: string
    at_ms: number
    /** A login. */
    actor: string
    actor_name: string
    note: string
    exceptions: string | null
    view: string
  }
  rollout: {
    id: string
    name: string
    state: RolloutState
    stopped_by: 'failures' | 'abort' | null
    /** JSON: rolloutTargetSchema, selection, health. */
    target: string
    selection: string
    health: string
    /** JSON list of rolloutStageSchema; null in it: the rest. */
    stages: string
    /** Null: none has begun. */
    stage: number | null
    max_failures: number
    /** 0 or 1. */
    may_lose: number
    /** Where gateways find this server, for packages of software. */
    server_url: string
    made_at_ms: number
    made_by: string
    started_at_ms: number | null
    ended_at_ms: number | null
  }
  rollout_gateway: {
    rollout: string
    gateway: string
    /** Its place in the order of turns. */
    turn: number
    stage: number
    state: RolloutGatewayState
    failure: RolloutFailure | null
    reason: string | null
    /** JSON: what it is given back. Null: it was not changed. */
    former: string | null
    former_version: number | null
    new_version: number | null
    back_version: number | null
    changed_at_ms: number | null
    since_ms: number
    /** 1 until the rollout is over: no other may have it. */
    held: number
  }
  /** Append-only. `seq` from 1 on, without a gap. */
  rollout_event: {
    rollout: string
    seq: number
    at_ms: number
    event: (typeof ROLLOUT_EVENTS)[number]
    actor: string
    stage: number | null
    gateway: string | null
    state: RolloutGatewayState | null
    failure: RolloutFailure | null
    reason: string | null
    version: number | null
  }
}
