import { REJECT_REASONS, type RejectReason } from '@harbor/protocol'
import type { Metrics } from '../metrics/metrics.ts'

/** The reason of a gateway's refusals that this server does not know by name. */
export const OTHER_REASON = 'other'
export type GatewayRejectReason = RejectReason | typeof OTHER_REASON

const KINDS = ['telemetry', 'status'] as const

/** What ingest shows at `/metrics`. */
export type IngestMetrics = ReturnType<typeof createIngestMetrics>

/** @param depth readings that wait for the store or are with it. */
export function createIngestMetrics(metrics: Metrics, depth: () => number) {
  metrics.observedGauge({
    name: 'harbor_ingest_queue_readings',
    help: 'Readings that wait for the store or are with it.',
    read: depth,
  })
  return {
    messages: metrics.counter({
      name: 'harbor_ingest_messages_total',
      help: 'Messages of gateways taken from the broker.',
      labels: { kind: KINDS },
    }),
    repeated: metrics.counter({
      name: 'harbor_ingest_packs_repeated_total',
      help: 'Packs that came again while they waited for the store; they are taken once.',
    }),
    stored: metrics.counter({
      name: 'harbor_ingest_readings_stored_total',
      help: 'Readings that the store made durable, those sent again included.',
    }),
    rejected: metrics.counter({
      name: 'harbor_ingest_rejected_total',
      help: 'Messages or single readings refused.',
      labels: { reason: REJECT_REASONS },
    }),
    gatewayRejected: metrics.counter({
      name: 'harbor_gateway_rejected_total',
      help: "Messages of stations' devices that gateways refused, by their own count.",
      labels: { reason: [...REJECT_REASONS, OTHER_REASON] as const },
    }),
    acks: metrics.counter({
      name: 'harbor_ingest_acks_total',
      help: 'Acknowledgements that the broker took.',
    }),
    writeFailures: metrics.counter({
      name: 'harbor_ingest_write_failures_total',
      help: 'Batches that the store refused; each is tried again.',
    }),
    batchReadings: metrics.histogram({
      name: 'harbor_ingest_batch_readings',
      help: 'Readings in a written batch.',
      buckets: [1, 10, 50, 100, 500, 1_000, 2_000, 5_000, 10_000],
    }),
    writeSeconds: metrics.histogram({
      name: 'harbor_ingest_write_seconds',
      help: 'Time until a batch was durable, in seconds, failed tries included.',
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 60],
    }),
  }
}
