import { APPLIANCE_KINDS, type AlertView, type ApplianceKind, SEVERITIES } from '@harbor/protocol'
import type { AlertChoice } from '../api/api-client.ts'

/** `open`: not resolved. `waiting`: nobody has acknowledged it. `all`: resolved ones too. */
export const STATE_FILTERS = ['open', 'waiting', 'all'] as const
export type StateFilter = (typeof STATE_FILTERS)[number]
export type Severity = AlertView['severity']

/** What the list shows. Kept in the page's address, so that a link or "back" shows the same. */
export interface AlertFilters {
  state: StateFilter
  /** Empty means all. */
  severities: Severity[]
  /** `other`: stations, and devices that are on no appliance. Undefined means all. */
  kind: KindFilter | undefined
  /** What is left out as usual: what somebody has silenced, and what a cause above it explains. */
  show: Shown[]
}

export const SHOWN = ['silenced', 'suppressed'] as const
export type Shown = (typeof SHOWN)[number]
export const KIND_FILTERS = [...APPLIANCE_KINDS, 'other'] as const
export type KindFilter = ApplianceKind | 'other'

/** Nothing left out but what is as usual. */
export const USUAL_FILTERS: AlertFilters = { state: 'open', severities: [], kind: undefined, show: [] }

/** The filters that an address asks for; what it says wrongly is passed over. */
export function readFilters(query: URLSearchParams): AlertFilters {
  const severities = new Set((query.get('severity') ?? '').split(','))
  return {
    state: STATE_FILTERS.find(state => state === query.get('state')) ?? 'open',
    severities: SEVERITIES.filter(severity => severities.has(severity)),
    kind: KIND_FILTERS.find(kind => kind === query.get('kind')),
    show: SHOWN.filter(shown => (query.get('show') ?? '').split(',').includes(shown)),
  }
}

/** The shortest address query for these filters: what is as usual is left out. */
export function writeFilters({ state, severities, kind, show }: AlertFilters): URLSearchParams {
  const query = new URLSearchParams()
  if (state !== 'open') query.set('state', state)
  if (severities.length > 0 && severities.length < SEVERITIES.length) query.set('severity', severities.join(','))
  if (kind !== undefined) query.set('kind', kind)
  if (show.length > 0) query.set('show', show.join(','))
  return query
}

/** Whether the filters hide anything that could be open. */
export function isNarrowed({ state, severities, kind }: AlertFilters): boolean {
  return state === 'waiting' || severities.length > 0 || kind !== undefined
}

/** Which list the filters choose from. */
export function choiceOf({ state, show }: AlertFilters): AlertChoice {
  if (state === 'all') return 'all'
  return show.includes('suppressed') ? 'standing' : 'open'
}

/** Whether somebody has silenced it, and the time is not over. One that the system muted, because it flaps, stays listed. */
export function isSilenced({ silence }: AlertView, nowMs: number): boolean {
  return silence !== undefined && !silence.isFlapping && Date.parse(silence.until) > nowMs
}

/** The alerts to show at a time: not yet resolved first, then the gravest, then the newest. */
export function applyFilters(alerts: readonly AlertView[], filters: AlertFilters, nowMs: number): AlertView[] {
  const { state, severities, kind, show } = filters
  return alerts
    .filter(
      alert =>
        isInState(alert, state) &&
        (alert.state !== 'suppressed' || state === 'all' || show.includes('suppressed')) &&
        (state === 'all' || show.includes('silenced') || !isSilenced(alert, nowMs)) &&
        (severities.length === 0 || severities.includes(alert.severity)) &&
        (kind === undefined || kind === (alert.applianceKind ?? 'other')),
    )
    .sort(byUrgency)
}

function isInState({ state }: AlertView, wanted: StateFilter): boolean {
  if (wanted === 'all') return true
  return wanted === 'waiting' ? state === 'raised' || state === 'suppressed' : state !== 'resolved'
}

/** What nobody need act on comes after what somebody must. */
const SETTLED: Readonly<Record<AlertView['state'], number>> = { raised: 0, acknowledged: 0, suppressed: 1, resolved: 2 }

function byUrgency(a: AlertView, b: AlertView): number {
  const settled = SETTLED[a.state] - SETTLED[b.state]
  if (settled !== 0) return settled
  // The severities are named so that their order is that of their names.
  if (a.state !== 'resolved' && a.severity !== b.severity) return a.severity < b.severity ? -1 : 1
  if (a.raisedAt !== b.raisedAt) return a.raisedAt > b.raisedAt ? -1 : 1
  return a.id < b.id ? -1 : 1
}
