import type { AlertChoice } from './api-client.ts'

/** Every key of the query cache, in one place: whoever writes a live event into the cache finds what it touches here. */
export const queryKeys = {
  clientConfig: ['client-config'] as const,
  session: ['session'] as const,
  /** All lists of alerts. */
  everyAlertList: ['alerts'] as const,
  alerts: (choice: AlertChoice) => ['alerts', choice] as const,
  /** One alert with its whole life. */
  alert: (id: string) => ['alert', id] as const,
  /** All views of the inbox. */
  everyInbox: ['inbox'] as const,
  inbox: (query: string) => ['inbox', query] as const,
  /** Alerts of one station of the inbox. */
  stationAlerts: (station: string, state: string) => ['station-alerts', station, state] as const,
  repairs: (alert: string) => ['repairs', alert] as const,
  commands: (device: string) => ['commands', device] as const,
  /** All lists of work orders. */
  everyOrderList: ['work-orders'] as const,
  orders: (query: string) => ['work-orders', query] as const,
  /** One work order with its whole life. */
  order: (id: string) => ['work-order', id] as const,
  candidates: (order: string) => ['work-order-candidates', order] as const,
  candidatesAt: (station: string, appliance: string) => ['work-order-candidates', 'at', station, appliance] as const,
  /** All lists of visitors' reports. */
  everyFeedbackList: ['feedback'] as const,
  feedback: (query: string) => ['feedback', query] as const,
  /** All lists of appliances. */
  everyAssetList: ['assets'] as const,
  assets: (query: string) => ['assets', query] as const,
  /** One appliance, by tag or id. */
  asset: (tag: string) => ['asset', tag] as const,
  /** All appliances that are shown one by one. */
  everyAsset: ['asset'] as const,
  plans: ['plans'] as const,
  crews: ['crews'] as const,
  crewPeople: ['crew-people'] as const,
  /** All that is known of checklists, but what was filled in. */
  everyChecklist: ['checklists'] as const,
  checklistVersions: (id: string) => ['checklists', 'versions', id] as const,
  planPreview: (request: string) => ['plan-preview', request] as const,
  rules: ['rules'] as const,
  maintenance: (station: string) => ['maintenance', station] as const,
  /** The readings around an alert; apart from the live series, for its span does not move with the clock. */
  trace: (station: string, metric: string, span: string) => ['trace', station, metric, span] as const,
  regions: ['regions'] as const,
  /** The one screen of a region; of all that the person may see: undefined. */
  overview: (region: string | undefined) => ['overview', region ?? ''] as const,
  /** Its stations. */
  overviewStations: (region: string | undefined) => ['overview-stations', region ?? ''] as const,
  /** All that is computed of use, energy and opening. */
  everyMeasure: ['measure'] as const,
  measure: (name: string, query: string) => ['measure', name, query] as const,
  tariffs: ['tariffs'] as const,
  reports: ['reports'] as const,
  /** Orders of the levels above. */
  everyNotice: ['notices'] as const,
  everyStock: ['stock'] as const,
  stations: ['stations'] as const,
  station: (id: string) => ['station', id] as const,
  /** All series of one station. */
  everyTelemetry: (station: string) => ['telemetry', station] as const,
  telemetry: (station: string, metric: string, range: string) => ['telemetry', station, metric, range] as const,
}
