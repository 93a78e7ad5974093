import { SEVERITIES, type WorkOrder } from '@harbor/protocol'
import type { OrderListQuery } from '../api/work-orders-api.ts'

/** `mine`: in the reader's own hands; `area`: not closed, in their districts; `all`: closed ones too. */
export const SCOPES = ['mine', 'area', 'all'] as const
export type Scope = (typeof SCOPES)[number]

/** What the list shows. Kept in the page's address, so that a link or "back" shows the same. */
export interface OrderFilters {
  scope: Scope
  /** Empty means all. */
  severities: WorkOrder['severity'][]
  isOverdue: boolean
  /** A district, or a street; undefined: wherever the reader may look. */
  region: string | undefined
}

/** The filters that an address asks for; what it says wrongly is passed over. Whoever repairs begins with their own. */
export function readFilters(query: URLSearchParams, usual: Scope): OrderFilters {
  const severities = new Set((query.get('severity') ?? '').split(','))
  const region = query.get('region') ?? ''
  return {
    scope: SCOPES.find(scope => scope === query.get('scope')) ?? usual,
    severities: SEVERITIES.filter(severity => severities.has(severity)),
    isOverdue: query.get('late') === '1',
    region: /^\d{6}(\d{3})?$/.test(region) ? region : undefined,
  }
}

/** The shortest address query for these filters, but for the scope: a link shows others the same. */
export function writeFilters({ scope, severities, isOverdue, region }: OrderFilters): URLSearchParams {
  const query = new URLSearchParams({ scope })
  if (severities.length > 0 && severities.length < SEVERITIES.length) query.set('severity', severities.join(','))
  if (isOverdue) query.set('late', '1')
  if (region !== undefined) query.set('region', region)
  return query
}

/** Whether the filters hide anything of the scope. */
export function isNarrowed({ severities, isOverdue, region }: OrderFilters): boolean {
  return severities.length > 0 || isOverdue || region !== undefined
}

/** What the server is asked for. */
export function queryOf({ scope, severities, isOverdue, region }: OrderFilters, limit: number): OrderListQuery {
  const isAll = scope === 'all'
  return {
    choice: isAll ? 'all' : 'open',
    sort: isAll ? 'newest' : 'due',
    isMine: scope === 'mine',
    isOverdue,
    severities,
    region,
    limit,
  }
}
