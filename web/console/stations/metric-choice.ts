import { type ApplianceKind, METRICS, type StationDetail, isMetric } from '@harbor/protocol'
import type { Say } from '../words/words.tsx'

/** What a chart can show: one metric, of the station itself, of one kind of appliance, or of all of them together. */
export interface MetricChoice {
  /** Stable name in the address, such as `temperature.fridge`, `power.all`, `people.room`. */
  id: string
  metric: keyof typeof METRICS
  owner: ApplianceKind | 'room' | 'all'
}

/** What is looked at most comes first; other gauges follow by name. */
const FIRST = ['temperature.fridge', 'power.all', 'people.room', 'temperature.room', 'humidity.room']

/** Metrics of devices on appliances that are compared in one chart. */
const TOGETHER = new Set(['power', 'energy', 'voltage', 'current'])

/** The charts that a station's readings allow, best first. States have no curve. */
export function metricChoices(station: Pick<StationDetail, 'readings' | 'appliances'>): MetricChoice[] {
  const choices = new Map<string, MetricChoice>()
  for (const { metric, appliance } of station.readings) {
    if (!isMetric(metric) || METRICS[metric].kind === 'state') continue
    const kind = station.appliances.find(one => one.id === appliance)?.kind
    const owner = kind === undefined ? 'room' : TOGETHER.has(metric) ? 'all' : kind
    const id = `${metric}.${owner}`
    choices.set(id, { id, metric, owner })
  }
  const rank = (id: string) => (FIRST.includes(id) ? FIRST.indexOf(id) : FIRST.length)
  return [...choices.values()].sort((a, b) => rank(a.id) - rank(b.id) || (a.id < b.id ? -1 : 1))
}

/** Whether a device's series belongs to a choice. */
export function isChosen(
  choice: MetricChoice,
  appliance: string | undefined,
  kinds: ReadonlyMap<string, ApplianceKind>,
): boolean {
  const kind = appliance === undefined ? undefined : kinds.get(appliance)
  if (choice.owner === 'room') return kind === undefined
  return choice.owner === 'all' ? kind !== undefined : kind === choice.owner
}

/** The choice in words: "Fridge temperature", "People". */
export function choiceText({ metric, owner }: MetricChoice, say: Say): string {
  const name = say(`metric.${metric}`)
  if (owner === 'all' || (owner === 'room' && metric !== 'temperature' && metric !== 'humidity')) return capital(name)
  return say('metricOf', { owner: owner === 'room' ? say('inside') : say(`appliance.${owner}`), metric: name })
}

/** English names of metrics are in lower case, for they also stand within sentences. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
