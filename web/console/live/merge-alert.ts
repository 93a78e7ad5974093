import type { AlertList, AlertView } from '@harbor/protocol'

/** An alert only goes forward through these. */
const RANK: Readonly<Record<AlertView['state'], number>> = { raised: 0, acknowledged: 1, resolved: 2 }

/**
 * A list with an alert as it now is. An event that is older than what the list has (a slow event overtaken by a fresh
 * answer) changes nothing. A resolved alert leaves a list of open ones.
 */
export function mergeAlert(list: AlertList, alert: AlertView, kind: 'open' | 'all'): AlertList {
  const known = list.alerts.find(other => other.id === alert.id)
  if (known !== undefined && RANK[known.state] > RANK[alert.state]) return list
  if (kind === 'open' && alert.state === 'resolved')
    return known === undefined ? list : { ...list, alerts: list.alerts.filter(other => other.id !== alert.id) }
  if (known === undefined) return { ...list, alerts: [alert, ...list.alerts] }
  return { ...list, alerts: list.alerts.map(other => (other.id === alert.id ? alert : other)) }
}
