import type { Metric, Reading } from '@harbor/protocol'
import type { Thinned } from './thinning.ts'

/** A message that was taken, and from whom. */
export interface MessageMark {
  client: string
  fingerprint: string
}

/** A reading that nobody could date when it came. */
export interface HeldReading {
  device: string
  metric: Metric
  value: number
  /** The machine's start that `upMs` counts from. */
  boot: string
  /** Milliseconds since then. */
  upMs: number
}

/** Where a counter stands: what the device said last, and what was sent. */
export interface CounterEntry {
  device: string
  metric: Metric
  raw: number
  total: number
}

export interface Batch {
  readings: readonly Reading[]
  /** Readings to be kept until the clock is right. */
  held?: readonly HeldReading[]
  /** The held readings up to this id are among `readings` now. */
  heldUpTo?: number
  /** Counters that these readings moved. */
  counters?: readonly CounterEntry[]
  /** The QoS 1 messages that gave them. */
  messages: readonly MessageMark[]
  atMs: number
}

/** A run of readings by their row ids, both ends included. */
export interface Slice {
  firstId: number
  lastId: number
  count: number
}

export interface OutboxLimits {
  /** What the readings may take in the file; above it old readings are thinned. */
  maxBytes: number
  /** The file grows no further: a write beyond fails as on a full disk. Default: a quarter and 1 MiB more than `maxBytes`. */
  hardBytes?: number
}

/** A machine's start under which readings were held; `anchorMs`: when it was, if that came to be known. */
export interface Boot {
  name: string
  anchorMs: number | undefined
}

/** Readings that the server has not acknowledged, on disk. All calls are synchronous; a commit has reached the disk. */
export interface Outbox {
  /** Readings, their dates, counters and their messages' fingerprints in one transaction. Throws when the disk refuses. */
  commit: (batch: Batch) => void
  /** Whether a message with this fingerprint was committed recently. */
  hasSeen: (fingerprint: string) => boolean
  /** The messages of the last seconds before the newest one: a kill may have cut off their acknowledgements. */
  latestMessages: () => MessageMark[]
  /** The newest dated reading ever committed of each device and metric. */
  newestReadings: () => Reading[]
  counters: () => CounterEntry[]
  /** The first at most `limit` readings with fromId <= id <= toId; undefined when there is none. */
  slice: (fromId: number, toId: number, limit: number) => Slice | undefined
  read: (slice: Pick<Slice, 'firstId' | 'lastId'>) => Reading[]
  /** Forgets readings: only for those that the server acknowledged. What the disk refuses is tried again with the next. */
  remove: (slices: readonly Slice[]) => void
  /** The readings held longest without a date, at most `limit`. */
  held: (limit: number) => (HeldReading & { id: number })[]
  heldCount: () => number
  /** The starts of the machine that held readings belong to, oldest first, and how long each is known to have lasted. */
  boots: () => (Boot & { lastUpMs: number })[]
  noteBoot: (boot: Boot) => void
  /** Readings dated beyond `beyondMs` are held again, as counted from `anchorMs`, the wrong date of this start. Says how many. */
  undate: (wrong: { beyondMs: number; boot: string; anchorMs: number }) => number
  /** Readings in the outbox, dated or not. */
  depth: () => number
  /** The id of the newest dated reading ever committed; 0 before the first. */
  lastId: () => number
  /** When the longest-held dated reading was measured. */
  oldestAtMs: () => number | undefined
  /** Bytes that the readings take in the file. */
  sizeBytes: () => number
  /** Readings given up since the outbox was made because it was full. */
  thinned: () => Thinned
  /** Writes and syncs without changing anything. Throws when the disk refuses. */
  probe: () => void
  close: () => void
}
