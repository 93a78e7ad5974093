import { useEffect, useRef } from 'react'
import styles from './chart.module.css'
import { type LineChartHandle, type LineChartModel, createLineChart } from './line-chart.ts'

/** The drawing alone; its words and its table stand beside it. Loaded when first needed, for ECharts is large. */
export default function LineChartView({ model }: { model: LineChartModel }) {
  const element = useRef<HTMLDivElement>(null)
  const chart = useRef<LineChartHandle>(undefined)
  useEffect(() => {
    if (element.current === null) return undefined
    const made = createLineChart(element.current)
    chart.current = made
    return () => made.dispose()
  }, [])
  useEffect(() => chart.current?.draw(model), [model])
  return <div ref={element} className={styles['canvas']} />
}
