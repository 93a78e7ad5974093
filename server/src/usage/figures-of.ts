import { USAGE_DEFINITIONS, USAGE_FIGURES, type UsageFigure, type UsageFigures } from '@harbor/protocol'
import type { AllFacts, AnyFact } from './facts.ts'

/** What a figure is made of: columns to add up, what they are divided by, and what says how much of it was seen. */
interface Source {
  columns: readonly AnyFact[]
  per: number
  seen: 'people' | 'energy' | 'posted' | 'observed' | 'all'
}

const hoursOf = (column: AnyFact, seen: Source['seen']): Source => ({ columns: [column], per: 60, seen })
const sumOf = (columns: readonly AnyFact[], seen: Source['seen']): Source => ({ columns, per: 1, seen })

const SOURCES: Readonly<Record<UsageFigure, Source>> = {
  visits: sumOf(['visits'], 'people'),
  peopleHours: sumOf(['people_hours'], 'people'),
  peakPeople: sumOf(['peak_people'], 'people'),
  checkIns: sumOf(['check_ins'], 'all'),
  postedHours: hoursOf('posted_minutes', 'posted'),
  openHours: hoursOf('open_minutes', 'observed'),
  microwaveStarts: sumOf(['microwave_starts'], 'energy'),
  waterKWh: sumOf(['water_kwh'], 'energy'),
  fridgeOpenings: sumOf(['fridge_openings'], 'energy'),
  energyKWh: sumOf(['fridge_kwh', 'cooling_kwh', 'microwave_kwh', 'water_kwh', 'other_kwh'], 'energy'),
  fridgeKWh: sumOf(['fridge_kwh'], 'energy'),
  coolingKWh: sumOf(['cooling_kwh'], 'energy'),
  microwaveKWh: sumOf(['microwave_kwh'], 'energy'),
  otherKWh: sumOf(['other_kwh'], 'energy'),
  wasteCoolingKWh: sumOf(['waste_cooling_kwh'], 'energy'),
  wasteHeatingKWh: sumOf(['waste_heating_kwh'], 'energy'),
  costFen: sumOf(['cost_fen'], 'energy'),
  co2Kg: sumOf(['co2_kg'], 'energy'),
}

/** What a figure is made of. */
export function columnsOf(figure: UsageFigure): readonly AnyFact[] {
  return SOURCES[figure].columns
}

/** A figure's value; undefined: it was never observed. */
export function valueOf(figure: UsageFigure, facts: AllFacts): number | undefined {
  const { columns, per } = SOURCES[figure]
  const known = columns.map(column => facts[column]).filter(value => value !== null)
  return known.length === 0 ? undefined : rounded(known.reduce((sum, value) => sum + value, 0) / per)
}

/** All figures with their error bands and how much was seen. */
export function figuresOf(facts: AllFacts): UsageFigures {
  const figures: UsageFigures = {}
  for (const figure of USAGE_FIGURES) {
    const value = valueOf(figure, facts)
    if (value === undefined) continue
    const { below, above } = USAGE_DEFINITIONS[figure]
    figures[figure] = {
      value,
      low: rounded(value * (1 - below)),
      high: rounded(value * (1 + above)),
      coverage: coverageOf(SOURCES[figure].seen, facts),
    }
  }
  return figures
}

/** The share of all stations' time that was observed, from 0 to 1. */
export function coverageOf(seen: Source['seen'], facts: AllFacts): number {
  const days = (facts.minutes ?? 0) / 1_440
  const share = {
    people: () => (facts.people_minutes ?? 0) / (facts.minutes ?? 1),
    energy: () => (facts.energy_minutes ?? 0) / (facts.minutes ?? 1),
    posted: () => (facts.posted_days ?? 0) / days,
    observed: () => (facts.observed_days ?? 0) / (facts.posted_days ?? 1),
    all: () => 1,
  }[seen]()
  return Number.isFinite(share) ? Math.min(1, Math.max(0, Math.round(share * 1_000) / 1_000)) : 0
}

/** To a thousandth. */
function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000
}
