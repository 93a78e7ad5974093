import type { AlertView, Inbox, StationDetail } from '@harbor/protocol'

/** The fixture's alerts by station, filtered as far as the tests ask. */
export function answerInbox(
  alerts: readonly AlertView[],
  stations: readonly StationDetail[],
  asked: URLSearchParams,
): Inbox {
  const severities = asked.get('severity')?.split(',')
  const limit = Number(asked.get('limit') ?? 100)
  const open = alerts.filter(({ state }) => state === 'raised' || state === 'acknowledged')
  const shown = open.filter(
    ({ state, severity, silence }) =>
      (asked.get('state') !== 'waiting' || state === 'raised') &&
      (severities === undefined || severities.includes(severity)) &&
      (asked.get('silenced') === 'true' || silence === undefined || silence.isFlapping),
  )
  const rows = stations.flatMap(station => {
    const own = shown.filter(one => one.station === station.id)
    if (own.length === 0) return []
    const raised = own.map(({ raisedAt }) => raisedAt).toSorted()
    const { district, districtNameZh, districtNameEn, nameZh, nameEn, latDeg, lngDeg } = station
    return [
      {
        station: station.id,
        district,
        districtNameZh,
        districtNameEn,
        nameZh,
        nameEn,
        latDeg,
        lngDeg,
        severity: own.map(({ severity }) => severity).toSorted()[0] ?? ('P3' as const),
        alerts: own.length,
        waiting: own.filter(({ state }) => state === 'raised').length,
        oldestAt: raised[0] ?? '',
        newestAt: raised.at(-1) ?? '',
        orders: [],
        openOrders: 0,
      },
    ]
  })
  const sorted = rows.toSorted((a, b) => (`${a.severity}${a.oldestAt}` < `${b.severity}${b.oldestAt}` ? -1 : 1))
  return {
    at: new Date().toISOString(),
    stations: sorted.slice(0, limit),
    totalStations: rows.length,
    totalAlerts: shown.length,
    districts: [{ district: '500103', nameZh: '渝中区', nameEn: 'Yuzhong' }],
  }
}
