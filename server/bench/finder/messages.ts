/** What the benchmark tells the server's process. */
export type ServerOrder =
  | { kind: 'change'; perSecond: number; city: string }
  | { kind: 'rest' }
  | { kind: 'measure'; collect?: boolean }
  | { kind: 'stop' }

/** A station as the benchmark knows it. */
export interface KnownStation {
  id: string
  latDeg: number
  lngDeg: number
  district: string
}

/**
 * What the server's process tells. Memory is the resident set in MB, after garbage is collected if that was asked for; `cpuS`,
 * `changed` and `stallMs`, the longest time in which nothing else had its turn, are since the last time.
 */
export type ServerAnswer =
  | {
      kind: 'ready'
      url: string
      /** Until it listens, and until what is typed is found. */
      startS: number
      indexS: number
      rssBeforeMb: number
      rssMb: number
      stations: KnownStation[]
    }
  | { kind: 'measured'; cpuS: number; rssMb: number; heapMb: number; changed: number; stallMs: number }

/** What the benchmark tells a process of viewers. */
export type ViewerOrder =
  | {
      kind: 'open'
      url: string
      looks: { box: [number, number, number, number]; stations: string[] }[]
      perSecond: number
    }
  | { kind: 'begin' }
  | { kind: 'report' }
  | { kind: 'stop' }

/** What a process of viewers tells. `failed`: tries to connect that came to nothing and were made again. */
export type ViewerAnswer =
  | { kind: 'opened'; connected: number; failed: number }
  | { kind: 'report'; delaysMs: number[]; messages: number; lost: number; rssMb: number }
