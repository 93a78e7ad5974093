import { errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { FeedbackWork } from '../feedback/feedback-work.ts'
import type { WorkOrders } from './work-orders.ts'

/** The first try after a failed one comes after this long, each further one after twice as long (chosen: a locked file is free again soon). */
export const FIRST_RETRY_MS = 5_000
export const MOST_RETRY_MS = 10 * 60_000
/** Answers that wait for another try; reports are read again, and need no place here. */
const MAX_ANSWERS = 1_000

/** Makes work of what visitors say, and goes on trying where that failed. */
export interface TakingReports {
  /** Takes what came while nobody listened, and listens from now on. Resolves when the first round is over, whatever came of it. */
  start: () => Promise<void>
  /** Resolves when nothing of it runs any more. */
  stop: () => Promise<void>
}

export interface TakingReportsDeps {
  feedback: Pick<FeedbackWork, 'onReport' | 'onFixedAnswered' | 'untaken'>
  orders: Pick<WorkOrders, 'takeReport' | 'reporterSays'>
  /** From 0 to below 1: a tenth of each wait is left to chance. */
  random: () => number
  log: Logger
}

export function createTakingReports({ feedback, orders, random, log }: TakingReportsDeps): TakingReports {
  /** Answers by report that could not be taken; the last word counts. */
  const answers = new Map<string, boolean>()
  const ends: (() => void)[] = []
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let failures = 0
  let isStopped = false

  const tried = async (work: () => Promise<void>, what: string): Promise<boolean> => {
    try {
      await work()
      return true
    } catch (error) {
      log.error({ reason: errorText(error) }, what)
      return false
    }
  }
  const takeAnswer = async (report: string, isFixed: boolean) => {
    const isTaken = await tried(
      () => orders.reporterSays(report, isFixed),
      'an answer of a visitor could not be taken; it is tried again',
    )
    if (isTaken) answers.delete(report)
    else if (answers.size < MAX_ANSWERS || answers.has(report)) answers.set(report, isFixed)
    return isTaken
  }
  /** Everything that is not taken yet, read anew; what is an order already stays as it is. */
  const takeAll = async () => {
    let isWell = true
    const isRead = await tried(async () => {
      for (const report of await feedback.untaken()) {
        if (isStopped) return
        if (!(await takeOne(report))) isWell = false
      }
    }, 'the reports could not be read; it is tried again')
    isWell &&= isRead
    for (const [report, isFixed] of answers) {
      if (isStopped) return
      if (!(await takeAnswer(report, isFixed))) isWell = false
    }
    failures = isWell ? 0 : failures + 1
    if (!isWell) tryLater()
  }
  const takeOne = (report: Parameters<WorkOrders['takeReport']>[0]) =>
    tried(() => orders.takeReport(report), 'a report could not be made a work order; it is tried again')
  const tryLater = () => {
    if (isStopped || timer !== undefined) return
    const waitMs = Math.min(MOST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, failures - 1)) * (1 - 0.1 * random())
    timer = setTimeout(() => {
      timer = undefined
      queue(takeAll)
    }, waitMs)
  }
  /** One after the other: what a visitor says of a report comes after the report. */
  const queue = (work: () => Promise<unknown>): Promise<void> => {
    running = running.then(async () => {
      if (!isStopped) await work()
    })
    return running
  }
  const orLater = async (isTaken: Promise<boolean>) => {
    if (!(await isTaken)) tryLater()
  }

  return {
    start: () => {
      ends.push(
        feedback.onReport(report => void queue(() => orLater(takeOne(report)))),
        feedback.onFixedAnswered((report, isFixed) => void queue(() => orLater(takeAnswer(report, isFixed)))),
      )
      return queue(takeAll)
    },
    stop: async () => {
      isStopped = true
      for (const end of ends.splice(0)) end()
      clearTimeout(timer)
      timer = undefined
      await running
    },
  }
}
