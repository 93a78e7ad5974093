import type { CityList, FoundStations, StationList, StationView } from '@harbor/protocol'

/** 2026-07-30 12:00 in Chongqing, the middle of a hot day. */
export const NOON_MS = Date.parse('2026-07-30T04:00:00.000Z')
export const MINUTE_MS = 60_000

/** An instant as the API writes it, so many minutes after noon (before it when negative). */
export function instant(minutes: number, fromMs = NOON_MS): string {
  return new Date(fromMs + minutes * MINUTE_MS).toISOString()
}

/** A station at Jiefangbei, open until 22:00 with 8 of 12 seats free, everything heard within the last 2 minutes. */
export function sampleStation(changes: Partial<StationView> = {}, nowMs = NOON_MS): StationView {
  const id = changes.id ?? 'cq-500103-01'
  return {
    id,
    district: '500103',
    districtNameZh: '渝中区',
    districtNameEn: 'Yuzhong',
    nameZh: '解放碑劳动者港湾（演示）',
    nameEn: 'Jiefangbei Harbor (demo)',
    addressZh: '渝中区解放碑（演示地址）',
    addressEn: 'Jiefangbei, Yuzhong (demo address)',
    latDeg: 29.5586,
    lngDeg: 106.574,
    hours: 'Mo-Su 07:00-22:00',
    facilities: ['seating', 'charging'],
    opening: { state: 'open', changesAt: instant(600, nowMs) },
    space: { state: 'free', people: 4, capacity: 12, countedAt: instant(-2, nowMs) },
    insideTemperatureC: 26.4,
    insideMeasuredAt: instant(-1, nowMs),
    hasSensors: true,
    said: [],
    appliances: [
      { id: `${id}-fridge`, kind: 'fridge', state: 'working', heardAt: instant(-1, nowMs) },
      { id: `${id}-microwave`, kind: 'microwave', state: 'faulty', heardAt: instant(-1, nowMs) },
      { id: `${id}-water`, kind: 'water_dispenser', state: 'unknown', heardAt: instant(-30, nowMs) },
    ],
    heardAt: instant(-1, nowMs),
    ...changes,
  }
}

export function sampleList(stations: StationView[], atMs = NOON_MS): StationList {
  return { at: new Date(atMs).toISOString(), stations }
}

/** An answer of these stations, all of which match. */
export function sampleFound(stations: StationView[], atMs = NOON_MS): FoundStations {
  return { ...sampleList(stations, atMs), matching: stations.length, of: stations.length, without: {} }
}

/** What of a city one answer carries: 30 stations with all there is to tell of them, in a ring around Jiefangbei. */
export function sampleCity(nowMs: number): StationView[] {
  return Array.from({ length: 30 }, (_, index) => {
    const angle = (index * 2 * Math.PI) / 30
    const name = String(index + 1)
    return sampleStation(
      {
        id: `cq-500103-${name.padStart(2, '0')}`,
        nameZh: `解放碑第${name}劳动者港湾`,
        nameEn: `Jiefangbei Harbor ${name}`,
        latDeg: 29.5586 + 0.01 * (1 + (index % 3)) * Math.sin(angle),
        lngDeg: 106.574 + 0.01 * (1 + (index % 3)) * Math.cos(angle),
        space: { state: 'free', people: index % 12, capacity: 12, countedAt: instant(-(index % 9), nowMs) },
      },
      nowMs,
    )
  })
}

/** The date so many days from `fromMs`. */
const dayOf = (days: number, fromMs: number) => instant(days * 1_440, fromMs).slice(0, 10)

/** What a phone keeps of these stations; all of them are open all day, every day. */
export function sampleCityList(
  stations: readonly StationView[],
  changes: Partial<CityList> = {},
  nowMs = NOON_MS,
): CityList {
  const allDay = [{ from: 0, to: 1_440 }]
  return {
    code: '5001',
    changedAt: instant(0),
    districts: [{ district: '500103', nameZh: '渝中区', nameEn: 'Yuzhong' }],
    plans: [
      {
        validFrom: dayOf(-30, nowMs),
        validUntil: dayOf(60, nowMs),
        week: [allDay, allDay, allDay, allDay, allDay, allDay, allDay],
        special: [],
      },
    ],
    stations: stations.map(({ id, nameZh, nameEn, latDeg, lngDeg, facilities, appliances }) => ({
      id,
      district: 0,
      nameZh,
      nameEn,
      initials: 'jfb',
      latDeg,
      lngDeg,
      plan: 0,
      facilities,
      appliances: [...new Set(appliances.map(({ kind }) => kind))],
    })),
    ...changes,
  }
}
