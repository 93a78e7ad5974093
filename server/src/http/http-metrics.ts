import type { Metrics } from '../metrics/metrics.ts'
import type { Route } from './route.ts'

const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const

/** What the HTTP API shows at `/metrics`; the returned function counts one answer. */
export function createHttpMetrics(metrics: Metrics): (route: Route, status: number, tookMs: number) => void {
  const answers = metrics.counter({
    name: 'harbor_http_answers_total',
    help: 'Answers of the HTTP API by class of status.',
    labels: { status: STATUS_CLASSES },
  })
  const seconds = metrics.histogram({
    name: 'harbor_http_answer_seconds',
    help: 'Time from a request of the HTTP API to the end of its answer, in seconds.',
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
  })
  return (_route, status, tookMs) => {
    const statusClass = STATUS_CLASSES[Math.floor(status / 100) - 1]
    if (statusClass !== undefined) answers.inc({ status: statusClass })
    seconds.observe(tookMs / 1000)
  }
}
