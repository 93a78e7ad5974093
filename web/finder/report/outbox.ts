import type { ApplianceKind, FeedbackRequest } from '@harbor/protocol'
import type { VisitorFailure } from '../station/visitor-api.ts'

/** A report as this phone keeps it: until it is sent, and after that to show what became of it. */
export interface KeptReport {
  request: FeedbackRequest
  station: string
  stationNameZh: string
  stationNameEn: string
  applianceKind: ApplianceKind | undefined
  writtenAtMs: number
  /** `refused`: the server will never take it. */
  state: 'waiting' | 'sent' | 'refused'
  /** The server has the report itself; photos may still be missing. */
  told: boolean
  /** Photos that are sent or were not taken, from the first on. */
  photosDone: number
  /** Those still to be sent stand behind `photosDone`; emptied when all is done. */
  photos: readonly Blob[]
  /** Photos that the server did not take. */
  photosRefused: number
}

/** Where reports are kept. */
export interface ReportStore {
  all: () => Promise<KeptReport[]>
  /** Puts or replaces by the request's key. */
  put: (report: KeptReport) => Promise<void>
  remove: (key: string) => Promise<void>
}

/** How a report gets to the server. Both reject with a VisitorFailure, and may be called again after one. */
export interface ReportSender {
  send: (report: KeptReport) => Promise<void>
  /** `number` counts from 1; `onShare` is told how much of it is sent, 0 to 1. */
  sendPhoto: (photo: { key: string; number: number; blob: Blob }, onShare: (share: number) => void) => Promise<void>
}

/** What is being sent right now. */
export interface Progress {
  key: string
  /** 0: the report itself; else the photo's number. */
  photo: number
  /** 0 to 1 of this step. */
  share: number
}

export interface OutboxState {
  /** Newest first. Undefined: not read yet. */
  reports: readonly KeptReport[] | undefined
  progress: Progress | undefined
  /** Why the last try ended early: it will go on by itself. */
  stopped: VisitorFailure['kind'] | undefined
}

export interface Outbox {
  getState: () => OutboxState
  /** Calls `listener` after every change; returns what stops it. */
  subscribe: (listener: () => void) => () => void
  /** Reads what is kept. */
  open: () => Promise<void>
  /** Keeps a report and begins to send. Gives false when too much is waiting already. */
  add: (report: KeptReport) => Promise<boolean>
  /** Sends what waits, oldest first; one such run at a time. */
  flush: () => Promise<void>
  forget: (key: string) => Promise<void>
}

/** Each may hold three photos of some 400 KB: this is what a phone without a network for a week can be asked to keep. */
export const MAX_WAITING = 20
/** Beyond, the oldest that are done are forgotten. */
export const MAX_KEPT = 50

/**
 * Keeps reports until the server has them. A report has one key for all its tries, so that one that was taken though its
 * answer was lost is not doubled; every step that succeeded is noted before the next one.
 */
export function createOutbox(store: ReportStore, sender: ReportSender): Outbox {
  let state: OutboxState = { reports: undefined, progress: undefined, stopped: undefined }
  let running: Promise<void> | undefined
  const listeners = new Set<() => void>()
  const set = (change: Partial<OutboxState>) => {
    state = { ...state, ...change }
    for (const listener of listeners) listener()
  }
  const save = async (report: KeptReport) => {
    await store.put(report)
    const others = (state.reports ?? []).filter(({ request }) => request.key !== report.request.key)
    set({ reports: newestFirst([...others, report]) })
  }

  const sendOne = async (first: KeptReport): Promise<void> => {
    let report = first
    const { key } = report.request
    const step = (photo: number, share = 0) => set({ progress: { key, photo, share } })
    if (!report.told) {
      step(0)
      try {
        await sender.send(report)
      } catch (error) {
        if (!isRefusal(error)) throw error
        await save({ ...report, state: 'refused', photos: [] })
        return
      }
      report = { ...report, told: true }
      await save(report)
    }
    while (report.photosDone < report.photos.length) {
      const number = report.photosDone + 1
      const blob = report.photos[report.photosDone] as Blob
      step(number)
      let refused = 0
      try {
        await sender.sendPhoto({ key, number, blob }, share => step(number, share))
      } catch (error) {
        // A picture that cannot be taken must not hold up the others.
        if (!isRefusal(error)) throw error
        refused = 1
      }
      report = { ...report, photosDone: number, photosRefused: report.photosRefused + refused }
      await save(report)
    }
    await save({ ...report, state: 'sent', photos: [] })
  }

  const run = async (): Promise<void> => {
    set({ stopped: undefined })
    try {
      for (;;) {
        // Read anew each time: another tab may have sent it, and the visitor may have forgotten it.
        const kept = await store.all()
        const next = newestFirst(kept)
          .filter(report => report.state === 'waiting')
          .pop()
        if (next === undefined) break
        await sendOne(next)
      }
      await prune()
    } catch (error) {
      set({ stopped: failureKind(error) })
    } finally {
      set({ progress: undefined })
    }
  }
  const prune = async () => {
    const reports = newestFirst(await store.all())
    const done = reports.filter(report => report.state !== 'waiting')
    for (const { request } of done.slice(MAX_KEPT)) await store.remove(request.key)
    set({ reports: newestFirst(await store.all()) })
  }

  return {
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async open() {
      set({ reports: newestFirst(await store.all()) })
    },
    async add(report) {
      const kept = await store.all()
      if (kept.filter(one => one.state === 'waiting').length >= MAX_WAITING) return false
      set({ reports: newestFirst(kept) })
      await save(report)
      return true
    },
    flush() {
      running ??= run().finally(() => {
        running = undefined
      })
      return running
    },
    async forget(key) {
      await store.remove(key)
      set({ reports: newestFirst(await store.all()) })
    },
  }
}

function newestFirst(reports: readonly KeptReport[]): KeptReport[] {
  return [...reports].sort((a, b) => b.writtenAtMs - a.writtenAtMs || (a.request.key < b.request.key ? -1 : 1))
}

function failureKind(error: unknown): VisitorFailure['kind'] {
  const kind = (error as { kind?: unknown } | undefined)?.kind
  return kind === 'limited' || kind === 'refused' ? kind : 'unreachable'
}

function isRefusal(error: unknown): boolean {
  return failureKind(error) === 'refused'
}
