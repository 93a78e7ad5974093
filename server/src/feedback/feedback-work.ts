import type { FeedbackTopic, FeedbackView } from '@harbor/protocol'
import type { FeedbackState } from '../registry/feedback-tables.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { changeFeedback } from './feedback-writes.ts'

/** A report, as whoever makes work of it needs it. */
export interface ReportForWork {
  id: string
  station: string
  appliance: string | undefined
  topic: FeedbackTopic
}

/** What became of a report. */
export interface ReportOutcome {
  report: string
  /** `received`: the work was cancelled, and nobody deals with it again. */
  state: Extract<FeedbackState, 'received' | 'in_work' | 'fixed' | 'closed'>
  workOrder?: string | undefined
  /** When it is to work again, in ms since 1970. */
  promisedAtMs?: number | undefined
}

/** The side of reports that work orders stand on. */
export interface FeedbackWork {
  /** Called for each new report, after it is durable; returns how to stop that. */
  onReport: (listener: (report: ReportForWork) => void) => () => void
  /** Called when a visitor has answered "is it fixed?". */
  onFixedAnswered: (listener: (report: string, isFixed: boolean) => void) => () => void
  /** Reports that nothing was made of yet, oldest first, at most 1,000: what came while nobody listened. */
  untaken: (of?: { station?: string; appliance?: string; topic?: FeedbackTopic }) => Promise<ReportForWork[]>
  /** Says what became of a report. What it says already, or a report that staff closed, is left as it is. */
  progress: (outcome: ReportOutcome) => Promise<void>
}

const MAX_UNTAKEN = 1_000

export interface FeedbackWorkDeps {
  db: RegistryDb
  nowMs: () => number
  onChanged: (view: FeedbackView) => void
}

/** The port, and what its owner tells it. */
export function createFeedbackWork({ db, nowMs, onChanged }: FeedbackWorkDeps) {
  const reported = new Set<(report: ReportForWork) => void>()
  const answered = new Set<(report: string, isFixed: boolean) => void>()
  const work: FeedbackWork = {
    onReport: listener => {
      reported.add(listener)
      return () => reported.delete(listener)
    },
    onFixedAnswered: listener => {
      answered.add(listener)
      return () => answered.delete(listener)
    },
    untaken: async ({ station, appliance, topic } = {}) => {
      const rows = await db
        .selectFrom('feedback')
        .select(['id', 'station', 'appliance', 'topic'])
        .where('state', '=', 'received')
        .$if(station !== undefined, q => q.where('station', '=', station as string))
        .$if(appliance !== undefined, q => q.where('appliance', '=', appliance as string))
        .$if(topic !== undefined, q => q.where('topic', '=', topic as FeedbackTopic))
        .orderBy('received_at_ms')
        .limit(MAX_UNTAKEN)
        .execute()
      return rows.map(row => ({ ...row, appliance: row.appliance ?? undefined }))
    },
    progress: async ({ report, state, workOrder, promisedAtMs }) => {
      const view = await db.transaction().execute(async tx => {
        const row = await tx.selectFrom('feedback').selectAll().where('id', '=', report).executeTakeFirst()
        // A person closed it, or the visitor said that all is well: work that goes on does not open it again.
        if (row === undefined || row.state === 'closed') return undefined
        const set = {
          state,
          work_order: state === 'received' ? null : (workOrder ?? row.work_order),
          promised_at_ms: state === 'in_work' ? (promisedAtMs ?? null) : null,
          // Asked anew, whatever was answered before.
          ...(state === 'fixed' && { fixed: null }),
          ...(state === 'closed' && { closed_at_ms: nowMs(), closed_by: null }),
        }
        const isSame = Object.entries(set).every(([name, value]) => row[name as keyof typeof row] === value)
        return isSame ? undefined : changeFeedback(tx, report, { atMs: nowMs(), set })
      })
      if (view !== undefined) onChanged(view)
    },
  }
  return {
    work,
    tellReport: (view: FeedbackView) => {
      for (const listener of reported)
        listener({ id: view.id, station: view.station, appliance: view.appliance, topic: view.topic })
    },
    tellAnswer: (view: FeedbackView) => {
      for (const listener of answered) listener(view.id, view.fixed === true)
    },
  }
}
