import type { ExportQuery, ExportResult, SeriesQuery, Upkeep, UsageMapQuery } from '../telemetry-store.ts'
import type { Engine } from './engine.ts'
import type { PackedSeries, PackedUsage } from './read.ts'
import type { PackedReadings } from './write-batch.ts'

/** What the worker can be asked, and what it answers. */
export interface Operations {
  write: { ask: PackedReadings; answer: undefined }
  newest: { ask: undefined; answer: ReturnType<Engine['newest']> }
  series: { ask: SeriesQuery; answer: PackedSeries }
  usageMap: { ask: UsageMapQuery; answer: PackedUsage }
  exportTo: { ask: ExportQuery; answer: ExportResult }
  maintain: { ask: Upkeep; answer: undefined }
  /** Why parts could not be put in order, the last time; undefined: they could. */
  problem: { ask: undefined; answer: string | undefined }
  /** Ends what runs, closes the file and ends the thread. */
  close: { ask: undefined; answer: undefined }
}
export type Operation = keyof Operations

/** A question to the worker. */
export type Ask = { [Name in Operation]: { id: number; operation: Name; ask: Operations[Name]['ask'] } }[Operation]

/** An error as it crosses from one thread to the other. `code`: of a HarborError. */
export interface ToldError {
  code: string | undefined
  message: string
}

/** What the worker says: once how its opening went, then an answer to each question, in any order. 'broken': it closes the file and ends. */
export type Said =
  | { kind: 'opened'; error: ToldError | undefined }
  | { kind: 'answer'; id: number; answer: unknown }
  | { kind: 'broken'; message: string }
  | { kind: 'failure'; id: number; error: ToldError }
