import { describe, expect, it } from 'vitest'
import { createMetrics } from './metrics.ts'

describe('metrics', () => {
  it('show every label value of a counter at 0 before anything was counted', async () => {
    const metrics = createMetrics()
    const counter = metrics.counter({ name: 'harbor_test_total', help: 'Tests.', labels: { reason: ['a', 'b'] } })
    counter.inc({ reason: 'b' })
    counter.inc({ reason: 'b' }, 2)
    const text = await metrics.render()
    expect(text).toContain('harbor_test_total{reason="a"} 0\n')
    expect(text).toContain('harbor_test_total{reason="b"} 3\n')
  })

  it('show a counter without labels at 0', async () => {
    const metrics = createMetrics()
    metrics.counter({ name: 'harbor_plain_total', help: 'Plain.' })
    expect(await metrics.render()).toContain('harbor_plain_total 0\n')
  })

  it('ask for an observed gauge at each rendering', async () => {
    const metrics = createMetrics()
    let value = 1
    metrics.observedGauge({ name: 'harbor_depth', help: 'Depth.', read: () => value })
    expect(await metrics.render()).toContain('harbor_depth 1\n')
    value = 2
    expect(await metrics.render()).toContain('harbor_depth 2\n')
  })

  it('put a histogram value into its bucket and all above', async () => {
    const metrics = createMetrics()
    metrics.histogram({ name: 'harbor_size', help: 'Size.', buckets: [1, 10] }).observe(5)
    const text = await metrics.render()
    expect(text).toContain('harbor_size_bucket{le="1"} 0\n')
    expect(text).toContain('harbor_size_bucket{le="10"} 1\n')
  })

  it('are apart from those of another set, and refuse a name twice', () => {
    const first = createMetrics()
    const second = createMetrics()
    first.gauge({ name: 'harbor_g', help: 'G.' })
    second.gauge({ name: 'harbor_g', help: 'G.' })
    expect(() => first.gauge({ name: 'harbor_g', help: 'G.' })).toThrow('harbor_g')
  })
})
