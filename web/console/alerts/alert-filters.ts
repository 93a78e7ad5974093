import { APPLIANCE_KINDS, type AlertView, type ApplianceKind, SEVERITIES } from '@harbor/protocol'

/** `open`: not resolved. `waiting`: nobody has acknowledged it. `all`: resolved ones too. */
export const STATE_FILTERS = ['open', 'waiting', 'all'] as const
export type StateFilter = (typeof STATE_FILTERS)[number]
export type Severity = AlertView['severity']

/** What the list shows. Kept in the page's address, so that a link or "back" shows the same. */
export interface AlertFilters {
  state: StateFilter
  /** Empty means all. */
  severities: Severity[]
  /** Undefined means all. */
  kind: ApplianceKind | undefined
}

/** The filters that an address asks for; what it says wrongly is passed over. */
export function readFilters(query: URLSearchParams): AlertFilters {
  const severities = new Set((query.get('severity') ?? '').split(','))
  return {
    state: STATE_FILTERS.find(state => state === query.get('state')) ?? 'open',
    severities: SEVERITIES.filter(severity => severities.has(severity)),
    kind: APPLIANCE_KINDS.find(kind => kind === query.get('kind')),
  }
}

/** The shortest address query for these filters: what is as usual is left out. */
export function writeFilters({ state, severities, kind }: AlertFilters): URLSearchParams {
  const query = new URLSearchParams()
  if (state !== 'open') query.set('state', state)
  if (severities.length > 0 && severities.length < SEVERITIES.length) query.set('severity', severities.join(','))
  if (kind !== undefined) query.set('kind', kind)
  return query
}

/** Whether the filters hide anything that could be open. */
export function isNarrowed({ state, severities, kind }: AlertFilters): boolean {
  return state === 'waiting' || severities.length > 0 || kind !== undefined
}

/** The alerts to show: not yet resolved first, then the gravest, then the newest. */
export function applyFilters(alerts: readonly AlertView[], filters: AlertFilters): AlertView[] {
  return alerts
    .filter(
      alert =>
        (filters.state === 'all' ||
          (filters.state === 'waiting' ? alert.state === 'raised' : alert.state !== 'resolved')) &&
        (filters.severities.length === 0 || filters.severities.includes(alert.severity)) &&
        (filters.kind === undefined || filters.kind === alert.applianceKind),
    )
    .sort(byUrgency)
}

function byUrgency(a: AlertView, b: AlertView): number {
  const resolved = Number(a.state === 'resolved') - Number(b.state === 'resolved')
  if (resolved !== 0) return resolved
  // The severities are named so that their order is that of their names.
  if (a.state !== 'resolved' && a.severity !== b.severity) return a.severity < b.severity ? -1 : 1
  if (a.raisedAt !== b.raisedAt) return a.raisedAt > b.raisedAt ? -1 : 1
  return a.id < b.id ? -1 : 1
}
