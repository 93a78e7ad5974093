import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** The labels of one sample. */
export type Labels<Name extends string> = Readonly<Record<Name, string>>

export interface CounterMetric<Label extends string = never> {
  /** Adds `by`, at least 0, default 1. */
  inc(labels: Labels<Label>, by?: number): void
}

export interface GaugeMetric<Label extends string = never> {
  set(labels: Labels<Label>, value: number): void
}

export interface HistogramMetric {
  observe(value: number): void
}

interface Definition {
  /** Prometheus name: `harbor_`, the folder, the thing, the unit; a counter ends in `_total`. */
  name: string
  /** One sentence on what is counted, with its unit. */
  help: string
}

/**
 * The numbers that this process shows at `/metrics`. Each folder registers its own at creation; the same name twice is an
 * error. Label values must come from closed lists: an id of a device or a gateway is never one.
 */
export interface Metrics {
  counter<Label extends string = never>(
    definition: Definition & { labels?: Readonly<Record<Label, readonly string[]>> },
  ): CounterMetric<Label>
  gauge<Label extends string = never>(definition: Definition & { labels?: readonly Label[] }): GaugeMetric<Label>
  /** A gauge whose value is asked for at each rendering. */
  observedGauge(definition: Definition & { read: () => number }): void
  /** `buckets`: upper bounds, ascending. */
  histogram(definition: Definition & { buckets: readonly number[] }): HistogramMetric
  /** All of them in Prometheus' text format. */
  render(): Promise<string>
  /** The media type of what `render` gives. */
  contentType: string
}

/** An empty set of metrics beside what every process shows about itself. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]

  const metrics: Metrics = {
    contentType: registry.contentType,
    render: () => registry.metrics(),

    counter({ name, help, labels }) {
      const counter = new Counter({ name, help, labelNames: Object.keys(labels ?? {}), registers })
      // Present at 0 from the start: a rate over a series that appears with its first event misses that event.
      for (const sample of combinations(labels ?? {})) counter.inc(sample, 0)
      return { inc: (sample, by = 1) => counter.inc(sample, by) }
    },

    gauge({ name, help, labels }) {
      const gauge = new Gauge({ name, help, labelNames: [...(labels ?? [])], registers })
      return { set: (sample, value) => gauge.set(sample, value) }
    },

    observedGauge({ name, help, read }) {
      const gauge = new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(read())
        },
      })
      registry.registerMetric(gauge)
    },

    histogram({ name, help, buckets }) {
      const histogram = new Histogram({ name, help, buckets: [...buckets], registers })
      return { observe: value => histogram.observe(value) }
    },
  }

  metrics.observedGauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the server process, in bytes.',
    read: () => process.memoryUsage.rss(),
  })
  metrics.observedGauge({
    name: 'process_uptime_seconds',
    help: 'Seconds since the server process started.',
    read: () => process.uptime(),
  })
  return metrics
}

/** Every combination of the labels' values. */
function combinations(labels: Readonly<Record<string, readonly string[]>>): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (samples, [label, values]) => samples.flatMap(sample => values.map(value => ({ ...sample, [label]: value }))),
    [{}],
  )
}
