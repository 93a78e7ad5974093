import { errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { Route } from '../http/route.ts'
import { governs } from '../people/scope.ts'
import { choiceOf, listeners } from '../tell/tell-choices.ts'
import type { Telling } from '../tell/open-tell.ts'
import { dayOfDate } from '../usage/local-day.ts'
import type { EnergyDeps } from '../usage/energy-report.ts'
import { createReportBook } from './report-book.ts'
import { readReport } from './report-files.ts'
import { reportNews } from './report-news.ts'
import { reportSections } from './report-sections.ts'
import { reportRoutes } from './reports.routes.ts'

/** How often it is looked whether a month's reports are due. */
const LOOK_EVERY_MS = 10 * 60_000
/** Reports so young are put into the outbox again at each look: what is there stays, and a kill in between loses none. */
const FRESH_MS = 7 * 24 * 3_600_000

export interface ReportsDeps extends EnergyDeps {
  tell: Pick<Telling, 'outbox' | 'sendsMail'>
  log: Logger
}

/** Monthly reports, made and mailed by schedule. */
export interface Reports {
  routes: Route[]
  start: () => void
  /** Resolves when nothing of it runs any more; may be called twice. */
  stop: () => Promise<void>
  /** Makes and mails what is due now. For tests; runs by itself otherwise. */
  look: () => Promise<void>
}

export function openReports(deps: ReportsDeps): Reports {
  const { db, timeZone, nowMs, log } = deps
  const { outbox, sendsMail } = deps.tell
  const book = createReportBook({
    ...deps,
    sections: reportSections(deps),
    wasCounted: async (district, { from, to }) => {
      const row = await db
        .selectFrom('usage_day')
        .select('station')
        .where('district', '=', district)
        .where('day', '>=', dayOfDate(from))
        .where('day', '<=', dayOfDate(to))
        .limit(1)
        .executeTakeFirst()
      return row !== undefined
    },
  })
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined

  const mail = async () => {
    const fresh = await db
      .selectFrom('monthly_report')
      .innerJoin('report_mailing', 'report_mailing.district', 'monthly_report.district')
      .select(['monthly_report.district', 'monthly_report.month', 'report_mailing.login'])
      // What somebody asked for lies before them already.
      .where('monthly_report.made_by', 'is', null)
      .where('monthly_report.made_at_ms', '>', nowMs() - FRESH_MS)
      .execute()
    const byReport = Map.groupBy(fresh, ({ district, month }) => `${district}/${month}`)
    for (const rows of byReport.values()) {
      const [first] = rows
      const report = first && (await readReport(db, first))
      if (report === undefined) continue
      const to = await listeners(
        db,
        rows.map(({ login }) => login),
      )
      // By mail alone, and to whom the district is still given.
      const readers = to
        .filter(({ person, choice }) => choice.mail !== undefined && governs(person, report.district))
        .map(listener => ({ ...listener, devices: [] }))
      await outbox.put(reportNews(report), readers)
    }
  }
  const look = (): Promise<void> => {
    looking ??= (async () => {
      for (const made of await book.makeDue()) log.info(made, 'a monthly report was made')
      await mail()
    })()
      .catch((error: unknown) => log.error({ reason: errorText(error) }, 'monthly reports failed; tried again later'))
      .finally(() => {
        looking = undefined
      })
    return looking
  }

  return {
    routes: reportRoutes({
      db,
      book,
      timeZone,
      hasMail: async login => sendsMail && (await choiceOf(db, login)).mail !== undefined,
    }),
    start: () => {
      timer = setInterval(() => void look(), LOOK_EVERY_MS)
      void look()
    },
    stop: async () => {
      clearInterval(timer)
      timer = undefined
      await looking
    },
    look,
  }
}
