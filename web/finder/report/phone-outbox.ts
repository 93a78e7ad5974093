import { type Outbox, createOutbox } from './outbox.ts'
import { createReportStore } from './report-database.ts'
import { reportSender } from './send-report.ts'

/** A server that was too busy, or a network that is there by name only, is asked again after this. */
const TRY_AGAIN_MS = 60_000

let outbox: Outbox | undefined

/** This phone's one outbox: all pages of a visit share it. While something waits it is tried again every minute. */
export function phoneOutbox(): Outbox {
  if (outbox !== undefined) return outbox
  const created = createOutbox(createReportStore(), reportSender)
  let timer: ReturnType<typeof setTimeout> | undefined
  created.subscribe(() => {
    const { stopped } = created.getState()
    if (stopped === undefined || timer !== undefined) return
    timer = setTimeout(() => {
      timer = undefined
      void created.flush()
    }, TRY_AGAIN_MS)
  })
  outbox = created
  return created
}
