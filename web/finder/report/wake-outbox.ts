/** As report-database.ts writes it. */
const WAITING_FLAG = 'harbor.reportsWaiting'

/** Sends what an earlier visit could not: now, and whenever the network is back. Costs nothing when nothing waits. */
export function sendWaitingReports(): void {
  const sendIfWaiting = () => {
    if (!isWaiting()) return
    // Without a network its code does not come either: the next "online" asks again.
    import('./phone-outbox.ts').then(({ phoneOutbox }) => phoneOutbox().flush()).catch(() => undefined)
  }
  window.addEventListener('online', sendIfWaiting)
  sendIfWaiting()
}

function isWaiting(): boolean {
  try {
    return window.localStorage.getItem(WAITING_FLAG) !== null
  } catch {
    return false // Storage is forbidden.
  }
}
