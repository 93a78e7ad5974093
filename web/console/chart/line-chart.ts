import { LineChart } from 'echarts/charts'
import {
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components'
import { type ECharts, init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { zoneOffsetMs } from '../time/format.ts'
import type { DrawnPoint } from './gaps.ts'
import { valueAxis } from './value-axis.ts'

use([LineChart, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent, CanvasRenderer])

/** What a line chart over time shows. */
export interface LineChartModel {
  series: readonly { name: string; points: readonly DrawnPoint[] }[]
  /** Written at the top of the value axis. */
  axisName: string
  /** Lines across the chart that a value should not pass. */
  thresholds: readonly { value: number; label: string }[]
  /** Instants marked by an upright line. */
  moments?: readonly { atMs: number; label: string }[]
  /** Spans laid out behind the lines. */
  spans?: readonly { fromMs: number; toMs: number }[]
  fromMs: number
  toMs: number
  /** The zone whose clock the time axis shows. */
  timeZone: string
  isDark: boolean
  /** A value for the pointer's label. */
  valueText: (value: number) => string
  /** An instant for the pointer's label. */
  timeText: (atMs: number) => string
}

/** A chart in an element of the page. `dispose` takes it away and may be called twice. */
export interface LineChartHandle {
  draw: (model: LineChartModel) => void
  dispose: () => void
}

/** At 3:1 or better on the page's ground (WCAG 2.2, 1.4.11); lines also differ in their dashes. */
const COLOURS = {
  light: {
    lines: ['#0b7285', '#b5480c', '#6741b8', '#2b7a3d'],
    text: '#51646b',
    grid: '#e3eaec',
    limit: '#b42318',
    moment: '#16262b',
    span: 'rgb(180 35 24 / 9%)',
    panel: '#ffffff',
  },
  dark: {
    lines: ['#54c9dd', '#ffa66b', '#b9a0ff', '#7fd492'],
    text: '#9fb2b9',
    grid: '#26373e',
    limit: '#ff9a8f',
    moment: '#e3edf0',
    span: 'rgb(255 154 143 / 13%)',
    panel: '#1b2a30',
  },
} as const
const DASHES = ['solid', 'dashed', 'dotted', [8, 3, 2, 3]] as const

/** The owner of ECharts: nothing else in the console knows it. */
export function createLineChart(element: HTMLElement): LineChartHandle {
  let chart: ECharts | undefined = init(element, null, { renderer: 'canvas' })
  const observer = new ResizeObserver(() => chart?.resize())
  observer.observe(element)
  return {
    draw(model) {
      chart?.setOption(optionOf(model), { notMerge: true })
    },
    dispose() {
      observer.disconnect()
      chart?.dispose()
      chart = undefined
    },
  }
}

function optionOf(model: LineChartModel) {
  const colours = COLOURS[model.isDark ? 'dark' : 'light']
  // ECharts knows UTC and the device's zone, not the stations': their wall clock is given to it as if it were UTC.
  const offsetMs = zoneOffsetMs(model.toMs, model.timeZone)
  const text = { color: colours.text, fontSize: 12 }
  const spanMs = model.toMs - model.fromMs
  const axis = valueAxis([...valuesOf(model), ...model.thresholds.map(({ value }) => value)])
  return {
    useUTC: true,
    animation: false,
    color: [...colours.lines],
    textStyle: { fontFamily: 'inherit' },
    grid: { left: 8, right: 16, top: model.series.length > 1 ? 58 : 34, bottom: 4, containLabel: true },
    legend: {
      show: model.series.length > 1,
      top: 0,
      left: 0,
      itemWidth: 30,
      // The line tells the series apart; a dot on it would hide the dashes.
      itemStyle: { opacity: 0 },
      textStyle: { ...text, fontSize: 13 },
    },
    tooltip: {
      trigger: 'axis',
      // HTML tooltips carry style attributes, which a strict content security policy blocks.
      renderMode: 'richText',
      confine: true,
      backgroundColor: colours.panel,
      borderColor: colours.grid,
      textStyle: { color: model.isDark ? '#e3edf0' : '#16262b', fontSize: 13 },
      formatter: (hits: unknown) => tooltipText(hits, model, offsetMs),
    },
    xAxis: {
      type: 'time',
      min: model.fromMs + offsetMs,
      max: model.toMs + offsetMs,
      splitNumber: 4,
      axisLabel: { ...text, hideOverlap: true, formatter: spanMs > 36 * 3_600_000 ? '{M}-{d}' : '{HH}:{mm}' },
      axisLine: { lineStyle: { color: colours.grid } },
      axisTick: { lineStyle: { color: colours.grid } },
    },
    yAxis: {
      type: 'value',
      name: model.axisName,
      nameTextStyle: { ...text, align: 'left', padding: [0, 0, 0, -24] },
      min: axis.min,
      max: axis.max,
      interval: axis.step,
      axisLabel: text,
      splitLine: { lineStyle: { color: colours.grid } },
    },
    series: model.series.map(({ name, points }, index) => ({
      type: 'line',
      name,
      data: points.map(([atMs, value]) => [atMs + offsetMs, value]),
      connectNulls: false,
      symbol: isSparse(points) ? 'circle' : 'none',
      symbolSize: 4,
      sampling: 'lttb',
      lineStyle: { width: 2, type: DASHES[index % DASHES.length] },
      emphasis: { disabled: true },
      ...(index === 0 ? marksOf(model, colours, offsetMs) : {}),
    })),
  }
}

/** Limits across, moments upright, spans behind: ECharts hangs them on one of the lines. */
function marksOf(model: LineChartModel, colours: (typeof COLOURS)['light' | 'dark'], offsetMs: number) {
  const label = { fontSize: 12, fontWeight: 600 }
  const limits = model.thresholds.map(({ value, label: formatter }) => ({
    yAxis: value,
    lineStyle: { color: colours.limit, width: 1.5, type: [6, 4] },
    label: { ...label, formatter, color: colours.limit, position: 'insideStartTop' },
  }))
  const moments = (model.moments ?? []).map(({ atMs, label: formatter }) => ({
    xAxis: atMs + offsetMs,
    lineStyle: { color: colours.moment, width: 1.5, type: 'solid' },
    label: { ...label, formatter, color: colours.moment, position: 'end', distance: 2 },
  }))
  const spans = (model.spans ?? []).map(({ fromMs, toMs }) => [
    { xAxis: fromMs + offsetMs },
    { xAxis: toMs + offsetMs },
  ])
  return {
    ...(limits.length + moments.length > 0 && {
      markLine: { silent: true, symbol: 'none', data: [...limits, ...moments] },
    }),
    ...(spans.length > 0 && { markArea: { silent: true, itemStyle: { color: colours.span }, data: spans } }),
  }
}

function valuesOf({ series }: LineChartModel): number[] {
  return series.flatMap(({ points }) => points.flatMap(([, value]) => (value === null ? [] : [value])))
}

/** Few points, or points between gaps, would not be seen as a line. */
function isSparse(points: readonly DrawnPoint[]): boolean {
  return points.length < 30
}

function tooltipText(hits: unknown, model: LineChartModel, offsetMs: number): string {
  const rows = (Array.isArray(hits) ? hits : []) as { seriesName?: string; value?: unknown }[]
  const lines: string[] = []
  let atMs: number | undefined
  for (const { seriesName, value } of rows) {
    const [wallMs, measured] = Array.isArray(value) ? (value as unknown[]) : []
    if (typeof wallMs !== 'number' || typeof measured !== 'number') continue
    atMs = wallMs - offsetMs
    lines.push(rows.length > 1 ? `${seriesName ?? ''}  ${model.valueText(measured)}` : model.valueText(measured))
  }
  return atMs === undefined ? '' : [model.timeText(atMs), ...lines].join('\n')
}
