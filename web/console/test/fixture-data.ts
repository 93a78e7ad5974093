import type {
  AlertDetail,
  AlertView,
  ApplianceKind,
  Person,
  RuleView,
  StationDetail,
  Telemetry,
} from '@harbor/protocol'

export const PERSON: Person = { login: 'wang', name: '王师傅', role: 'maintainer', districts: ['500103'] }
export const PASSWORD = 'a long enough password'
export const STATION = 'cq-500103-01'

const MINUTE_MS = 60_000
const KINDS = ['fridge', 'air_conditioner', 'microwave', 'water_dispenser'] as const
const SHORT: Readonly<Record<ApplianceKind, string>> = {
  fridge: 'fridge',
  air_conditioner: 'ac',
  microwave: 'microwave',
  water_dispenser: 'water',
}
const iso = (atMs: number) => new Date(atMs).toISOString()

/** A station of the demo's shape, with a reading of everything. */
export function station(
  id: string,
  nowMs: number,
  names = { nameZh: '煤建新村港湾', nameEn: 'Meijian Xincun Harbor' },
) {
  const detail: StationDetail = {
    id,
    district: '500103',
    districtNameZh: '渝中区',
    districtNameEn: 'Yuzhong',
    ...names,
    addressZh: '渝中区大坪煤建新村 12 号',
    addressEn: '12 Meijian Xincun, Daping, Yuzhong',
    latDeg: 29.54,
    lngDeg: 106.51,
    hours: 'Mo-Su 07:00-22:00',
    facilities: ['seating', 'charging'],
    opening: { state: 'open', changesAt: iso(nowMs + 3 * 3_600_000) },
    space: { state: 'free', people: 3, capacity: 12, countedAt: iso(nowMs - 20_000) },
    insideTemperatureC: 26.4,
    insideMeasuredAt: iso(nowMs - 35_000),
    heardAt: iso(nowMs - 4_000),
    hasSensors: true,
    said: [],
    photos: [],
    appliances: KINDS.map((kind, index) => ({
      id: `${id}-${SHORT[kind]}`,
      kind,
      model: ['海尔 BC-93', '格力 KFR-35GW', '美的 M1-L213B', '安吉尔 Y1351'][index] ?? '',
      state: index === 3 ? 'unknown' : 'working',
      heardAt: iso(nowMs - (index === 3 ? 25 * MINUTE_MS : 8_000)),
    })),
    readings: readings(nowMs),
  }
  return detail
}

function readings(nowMs: number): StationDetail['readings'] {
  const at = iso(nowMs - 8_000)
  const of = (device: string, metric: string, value: number) => ({ device: `500103-01-${device}`, metric, value, at })
  const fridge = { appliance: `${STATION}-fridge` }
  return [
    { ...of('fridge-temp', 'temperature', 4.6), unit: 'Cel', ...fridge },
    { ...of('fridge-plug', 'power', 84), unit: 'W', ...fridge },
    { ...of('fridge-plug', 'energy', 128_400), unit: 'Wh', ...fridge },
    { ...of('fridge-plug', 'relay', 1), ...fridge },
    { ...of('ac-plug', 'power', 912), unit: 'W', appliance: `${STATION}-ac` },
    { ...of('microwave-plug', 'power', 1.2), unit: 'W', appliance: `${STATION}-microwave` },
    { ...of('water-plug', 'power', 0), unit: 'W', appliance: `${STATION}-water` },
    { ...of('room', 'temperature', 26.4), unit: 'Cel' },
    { ...of('room', 'humidity', 61), unit: '%RH' },
    { ...of('people', 'people', 3), unit: 'count' },
    { ...of('door', 'door', 0) },
  ]
}

/** A fridge that is too warm, as its rule would raise it. */
export function alert(id: string, nowMs: number, change: Partial<AlertView> = {}): AlertView {
  return {
    id,
    station: STATION,
    stationNameZh: '煤建新村港湾',
    stationNameEn: 'Meijian Xincun Harbor',
    district: '500103',
    scope: 'appliance',
    appliance: `${STATION}-fridge`,
    applianceKind: 'fridge',
    rule: 'fridge_too_warm',
    ruleVersion: 1,
    severity: 'P2',
    state: 'raised',
    raisedAt: iso(nowMs),
    revision: 1,
    evidence: {
      device: '500103-01-fridge-temp',
      metric: 'temperature',
      unit: 'Cel',
      threshold: 12,
      observed: 13.2,
      from: iso(nowMs - 31 * MINUTE_MS),
      to: iso(nowMs),
    },
    ...change,
  }
}

/** The rules that the fixture's alerts are of. */
export const RULES: RuleView[] = [
  {
    id: 'fridge_too_warm',
    version: 1,
    scope: 'appliance',
    applianceKind: 'fridge',
    nameZh: '冰箱温度过高',
    nameEn: 'Fridge too warm',
    severity: 'P1',
    checkFirst: [
      { zh: '冰箱门是否关严', en: 'Is the door shut?' },
      { zh: '插座是否通电', en: 'Is there power?' },
    ],
    source: 'the fixture',
  },
  {
    id: 'station_mains_failure',
    version: 1,
    scope: 'station',
    nameZh: '站点停电',
    nameEn: 'Station power cut',
    severity: 'P1',
    checkFirst: [{ zh: '总闸是否跳闸', en: 'Has the main breaker tripped?' }],
    source: 'the fixture',
  },
]

/** An alert with a life: raised, acknowledged by a colleague; one earlier, and what it explains. */
export function alertDetail(view: AlertView, others: readonly AlertView[]): AlertDetail {
  const raisedMs = Date.parse(view.raisedAt)
  return {
    ...view,
    history: [
      { seq: 1, change: 'raised', at: iso(raisedMs), severity: view.severity },
      { seq: 2, change: 'acknowledged', at: iso(raisedMs + MINUTE_MS), by: '李姐' },
      ...(view.silence === undefined
        ? []
        : [
            {
              seq: 3,
              change: 'silenced' as const,
              at: view.silence.since,
              until: view.silence.until,
              ...(view.silence.reason !== undefined && { reason: view.silence.reason }),
              by: PERSON.name,
            },
          ]),
    ],
    earlier: others.filter(other => other.id !== view.id && other.rule === view.rule),
    explains: others.filter(other => other.suppression?.alert === view.id),
  }
}

/** A series as the store would answer, one point a minute, with 20 minutes of silence in the middle. */
export function telemetry(query: {
  station: string
  metric: string
  from: string
  to: string
  everyMs?: number
}): Telemetry {
  const fromMs = Date.parse(query.from)
  const toMs = Date.parse(query.to)
  const stepMs = query.everyMs ?? MINUTE_MS
  const owners: (ApplianceKind | undefined)[] =
    query.metric === 'power' ? [...KINDS] : query.metric === 'temperature' ? ['fridge', undefined] : [undefined]
  const series = owners.map((kind, index) => {
    const points: number[][] = []
    for (let atMs = Math.ceil(fromMs / stepMs) * stepMs; atMs <= toMs - 10_000; atMs += stepMs) {
      const part = (atMs - fromMs) / (toMs - fromMs)
      if (part > 0.35 && part < 0.65 && index === 0) continue
      const value = valueAt(query.metric, kind, part)
      points.push(query.everyMs === undefined ? [atMs, value] : [atMs, value, value - 0.4, value + 0.4, 5])
    }
    const suffix = query.metric === 'power' ? 'plug' : 'temp'
    return {
      device:
        kind === undefined
          ? query.metric === 'people'
            ? '500103-01-people'
            : '500103-01-room'
          : `500103-01-${SHORT[kind]}-${suffix}`,
      ...(kind === undefined ? {} : { appliance: `${query.station}-${SHORT[kind]}` }),
      points,
    }
  })
  const unit = { power: 'W', temperature: 'Cel', humidity: '%RH', people: 'count', energy: 'Wh' }[query.metric]
  return {
    station: query.station,
    metric: query.metric,
    ...(unit === undefined ? {} : { unit }),
    from: query.from,
    to: query.to,
    ...(query.everyMs === undefined ? {} : { everyMs: query.everyMs }),
    truncated: false,
    series,
  }
}

function valueAt(metric: string, kind: ApplianceKind | undefined, part: number): number {
  const wave = Math.sin(part * 40)
  if (metric === 'power') {
    if (kind === 'air_conditioner') return 900 + 120 * wave
    if (kind === 'microwave') return part > 0.7 && part < 0.74 ? 1_150 : 1.2
    return kind === 'fridge' ? (wave > 0.2 ? 85 : 2) : wave > 0.8 ? 420 : 0
  }
  if (metric === 'people') return Math.round(4 + 3 * wave)
  if (metric === 'temperature') return kind === 'fridge' ? 4.5 + wave + Math.max(0, part - 0.6) * 24 : 26 + 0.6 * wave
  return 60 + 4 * wave
}
