/** Every key of the query cache, in one place: whoever writes a live event into the cache finds what it touches here. */
export const queryKeys = {
  clientConfig: ['client-config'] as const,
  session: ['session'] as const,
  /** All lists of alerts. */
  everyAlertList: ['alerts'] as const,
  alerts: (state: 'open' | 'all') => ['alerts', state] as const,
  stations: ['stations'] as const,
  station: (id: string) => ['station', id] as const,
  /** All series of one station. */
  everyTelemetry: (station: string) => ['telemetry', station] as const,
  telemetry: (station: string, metric: string, range: string) => ['telemetry', station, metric, range] as const,
}
