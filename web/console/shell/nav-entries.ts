import type { Role } from '@harbor/protocol'
import type { WordKey } from '../words/words.tsx'

/** The navigation's groups, in order. */
export const NAV_GROUPS = ['now', 'places', 'measures', 'insight', 'fleet'] as const
export type NavGroup = (typeof NAV_GROUPS)[number]

/** A page of the navigation. */
export interface NavEntry {
  to: string
  label: WordKey
  group: NavGroup
  /** Who is led there; absent: everybody. What a person may do there the server decides. */
  roles?: readonly Role[]
}

/** Who governs a region. */
export const MANAGERS: readonly Role[] = ['manager', 'administrator']
/** Everybody who works at stations. */
const NOT_HARDWARE: readonly Role[] = ['keeper', 'maintainer', 'manager', 'administrator']

/** Everybody who has to do with technology. */
const NOT_KEEPER: readonly Role[] = ['maintainer', 'manager', 'hardware', 'administrator']
/** Who flashes gateways and keeps them right. */
export const FLEET_ROLES: readonly Role[] = ['hardware', 'administrator']

/** Every page that the navigation leads to, in the order in which it is shown within its group. */
export const NAV_ENTRIES: readonly NavEntry[] = [
  { to: '/overview', label: 'nav.overview', group: 'now', roles: MANAGERS },
  { to: '/inbox', label: 'nav.alerts', group: 'now' },
  { to: '/work-orders', label: 'nav.workOrders', group: 'now', roles: NOT_HARDWARE },
  { to: '/notices', label: 'notices.nav', group: 'now', roles: NOT_HARDWARE },
  { to: '/feedback', label: 'nav.feedback', group: 'now' },
  { to: '/stations', label: 'nav.stations', group: 'places' },
  { to: '/register', label: 'register.title', group: 'places', roles: MANAGERS },
  { to: '/assets', label: 'nav.assets', group: 'places' },
  { to: '/checklists', label: 'checklist.title', group: 'places', roles: NOT_HARDWARE },
  { to: '/rota', label: 'rota.title', group: 'measures', roles: NOT_HARDWARE },
  { to: '/stock', label: 'stock.title', group: 'measures', roles: NOT_HARDWARE },
  { to: '/hours', label: 'hours.title', group: 'measures', roles: NOT_HARDWARE },
  { to: '/heat', label: 'notices.heat', group: 'measures', roles: MANAGERS },
  { to: '/crews', label: 'crew.title', group: 'measures', roles: NOT_HARDWARE },
  { to: '/plans', label: 'plans.title', group: 'measures', roles: MANAGERS },
  { to: '/usage', label: 'nav.usage', group: 'insight', roles: MANAGERS },
  { to: '/opening', label: 'nav.opening', group: 'insight', roles: MANAGERS },
  { to: '/energy', label: 'nav.energy', group: 'insight', roles: MANAGERS },
  { to: '/figures', label: 'figure.title', group: 'insight', roles: NOT_HARDWARE },
  { to: '/voices', label: 'voices.title', group: 'insight' },
  { to: '/reports', label: 'reports.title', group: 'insight', roles: MANAGERS },
  { to: '/definitions', label: 'nav.definitions', group: 'insight', roles: MANAGERS },
  { to: '/automation', label: 'automation.title', group: 'measures', roles: ['administrator', 'hardware'] },
  { to: '/fleet/gateways', label: 'fleet.title', group: 'fleet', roles: NOT_KEEPER },
  { to: '/fleet/bench', label: 'bench.title', group: 'fleet', roles: FLEET_ROLES },
  { to: '/fleet/batches', label: 'batch.title', group: 'fleet', roles: FLEET_ROLES },
  { to: '/fleet/profiles', label: 'profile.title', group: 'fleet', roles: FLEET_ROLES },
  { to: '/fleet/rollouts', label: 'rollout.title', group: 'fleet', roles: FLEET_ROLES },
  { to: '/fleet/flash', label: 'flash.title', group: 'fleet', roles: FLEET_ROLES },
]

/** Pages of a phone's bar, beside which it has "More": as many as thumbs can tell apart on 360 px. */
const BAR: Readonly<Record<'manager' | 'hardware' | 'other', readonly string[]>> = {
  manager: ['/overview', '/inbox', '/work-orders', '/stations'],
  hardware: ['/fleet/gateways', '/fleet/bench', '/inbox', '/stations'],
  other: ['/inbox', '/work-orders', '/stations', '/feedback'],
}

/** What a role's navigation holds. */
export function entriesOf(role: Role): readonly NavEntry[] {
  return NAV_ENTRIES.filter(({ roles }) => roles === undefined || roles.includes(role))
}

/** What of it stands in a phone's bar. */
export function barOf(role: Role): readonly NavEntry[] {
  const entries = entriesOf(role)
  const wanted = BAR[MANAGERS.includes(role) ? 'manager' : role === 'hardware' ? role : 'other']
  return wanted.flatMap(to => entries.filter(entry => entry.to === to))
}

/** The page that somebody begins with. */
export function startOf(role: Role): string {
  if (role === 'hardware') return '/fleet/gateways'
  return MANAGERS.includes(role) ? '/overview' : '/inbox'
}

/** Whether a page belongs to an entry: an alert's own page is reached from the inbox. */
export function isWithin(pathname: string, to: string): boolean {
  if (to === '/inbox' && /^\/alerts(\/|$)/.test(pathname)) return true
  return pathname === to || pathname.startsWith(`${to}/`)
}
