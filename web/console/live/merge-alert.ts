import type { AlertList, AlertView } from '@harbor/protocol'
import type { AlertChoice } from '../api/api-client.ts'

/**
 * A list with an alert as it now is. An event that is older than what the list has (a slow event overtaken by a fresh
 * answer) changes nothing. An alert that is no longer of the list's choice leaves it.
 */
export function mergeAlert(list: AlertList, alert: AlertView, choice: AlertChoice | 'suppressed'): AlertList {
  const known = list.alerts.find(other => other.id === alert.id)
  if (known !== undefined && known.revision > alert.revision) return list
  if (!isOf(choice, alert))
    return known === undefined ? list : { ...list, alerts: list.alerts.filter(other => other.id !== alert.id) }
  if (known === undefined) return { ...list, alerts: [alert, ...list.alerts] }
  return { ...list, alerts: list.alerts.map(other => (other.id === alert.id ? alert : other)) }
}

function isOf(choice: AlertChoice | 'suppressed', { state }: AlertView): boolean {
  if (choice === 'suppressed') return state === 'suppressed'
  if (choice === 'all') return true
  return state !== 'resolved' && (choice === 'standing' || state !== 'suppressed')
}
