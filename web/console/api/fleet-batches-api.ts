import {
  type BatchList,
  type BatchView,
  type FleetAuditPage,
  type IssuedBatch,
  batchListSchema,
  batchViewSchema,
  fleetAuditPageSchema,
  issuedBatchSchema,
  type newBatchSchema,
} from '@harbor/protocol'
import type { z } from 'zod'
import { fleetPath } from './fleet-path.ts'
import type { Ask } from './work-orders-api.ts'

/** As it is asked for: what is left out has its default. */
export type WishedBatch = z.input<typeof newBatchSchema>

/** Claim tokens by the batch, and the record of what was done. */
export interface BatchesApi {
  list: (signal?: AbortSignal) => Promise<BatchList>
  view: (batch: string, signal?: AbortSignal) => Promise<BatchView>
  /** The tokens are in the answer this once. */
  make: (batch: WishedBatch) => Promise<IssuedBatch>
  revoke: (batch: string) => Promise<BatchView>
  /** The last boxes that became gateways, newest first. */
  claims: (signal?: AbortSignal) => Promise<FleetAuditPage>
  /** Newest first; `before`: where the page before ended. */
  audit: (gateway: string | undefined, before?: number, signal?: AbortSignal) => Promise<FleetAuditPage>
}

export function createBatchesApi(ask: Ask): BatchesApi {
  return {
    list: signal => ask(fleetPath('claim-batches'), batchListSchema, { signal }),
    view: (batch, signal) => ask(fleetPath('claim-batches', batch), batchViewSchema, { signal }),
    make: body => ask(fleetPath('claim-batches'), issuedBatchSchema, { method: 'POST', body }),
    revoke: batch => ask(fleetPath('claim-batches', batch, 'revoke'), batchViewSchema, { method: 'POST', body: {} }),
    claims: signal => ask(`${fleetPath('audit')}?act=claimed&limit=20`, fleetAuditPageSchema, { signal }),
    audit: (gateway, before, signal) => {
      const path = gateway === undefined ? fleetPath('audit') : fleetPath('gateways', gateway, 'audit')
      return ask(`${path}${before === undefined ? '' : `?before=${before}`}`, fleetAuditPageSchema, { signal })
    },
  }
}
