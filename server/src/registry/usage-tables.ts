import type { EditableFigure, HostKind, OpeningTruth } from '@harbor/protocol'
import type { AllFacts, CountingMethod } from '../usage/facts.ts'

/** Tables of use and energy. Days are numbers: days since 1 January 1970 of the stations' calendar. */
export interface UsageTables {
  /** What each station did on each day, made of all its readings of the day: counting it again changes nothing. */
  usage_day: {
    station: string
    day: number
    district: string
    street: string | null
    host_kind: HostKind | null
    method: CountingMethod
    truth: OpeningTruth
    /** JSON list of stretches; null: no hours were known. */
    posted: string | null
    first_sign: number | null
    last_sign: number | null
    /** JSON, DayHours; null after 100 days. */
    hours: string | null
    /** JSON, what was measured of the figures that are set by hand; null: none is. */
    measured: string | null
    /** JSON list of doubts. */
    doubts: string
    /** Of the visits of the 28 days before. */
    median: number | null
    counted_at_ms: number
  } & AllFacts
  /**
   * Sums of `usage_day`: of a district, a street or a station, over a day or a month. `host_kind` is `*` for all kinds, and empty for
   * those of which it is not known.
   */
  usage_sum: {
    kind: 'district' | 'street' | 'station'
    place: string
    host_kind: string
    span: 'day' | 'month'
    start: number
    district: string
    street: string | null
    stations: number
    /** JSON, hours added up; only of days of districts and streets. */
    hours: string | null
  } & AllFacts
  /** Days that are over and got readings since they were counted: what is left to do after a restart. */
  usage_waiting: { station: string; day: number }
  /** Append-only: figures set by hand. */
  usage_edit: {
    id: string
    station: string
    district: string
    day: number
    /** From 1 on for each station and day: the last word counts, whatever the clock says. */
    seq: number
    figure: EditableFigure
    /** Null: taken back. */
    value: number | null
    measured: number | null
    reason: string
    actor: string
    at_ms: number
  }
  /** Append-only: prices of energy; of two for the same day the one that was set last counts. */
  tariff: {
    id: string
    district: string
    from_day: number
    /** JSON, 24 numbers. */
    fen_per_kwh: string
    co2_kg_per_kwh: number
    source: string
    set_by: string
    set_at_ms: number
  }
}
