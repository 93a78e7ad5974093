import type { FaultRuleInput } from '../rule-schema.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const NOT_HEATING = {
  id: 'water_not_heating',
  version: 2,
  promisedMs: 4 * HOUR_MS,
  applianceKind: 'water_dispenser',
  name: { zh: '饮水机不加热', en: 'Water dispenser does not heat' },
  checkFirst: [
    { zh: '背面加热开关是否被关（夏天常关）', en: 'Is the heating switch at the back off (often in summer)?' },
    { zh: '水桶是否有水', en: 'Is there water in the bottle?' },
    {
      zh: '干烧保护是否跳开：断电冷却后按复位键',
      en: 'Has the boil-dry protection tripped? Switch off, let it cool, press reset',
    },
    { zh: '加热管电阻应为 40 到 120 欧', en: 'The heater should measure 40 to 120 Ω' },
  ],
  source:
    'docs/domain.md 3.5, rule W1: a hot tank heats again every 17 to 67 min even when nobody draws. By its own longest pause, ' +
    'and only for what was seen to heat: many machines only cool. What rests for longer than two and a half hours by habit is not kept ' +
    'hot: a kettle, or a boiler that people switch on.',
  detector: {
    kind: 'long_phase',
    phase: 'rest',
    minMs: 120 * MINUTE_MS,
    factor: 2,
    maxMs: 48 * HOUR_MS,
    usualAtMostMs: 150 * MINUTE_MS,
    minCycles: 12,
    minRunW: 300,
    constantSpeedOnly: false,
    standbyPresent: true,
    gates: [{ signal: 'open', beyond: 'above', threshold: 0.5, unknown: 'holds' }],
    severity: 'P2',
    escalate: [],
    holdMs: 0,
    clearMs: MINUTE_MS / 2,
  },
} satisfies FaultRuleInput

const HEATS_ON = {
  id: 'water_heats_without_end',
  version: 1,
  promisedMs: 100 * MINUTE_MS,
  applianceKind: 'water_dispenser',
  name: { zh: '饮水机加热不停（干烧风险）', en: 'Water dispenser heats without end (may boil dry)' },
  checkFirst: [
    { zh: '立即断电，防止干烧', en: 'Switch it off at once: it may boil dry' },
    { zh: '水桶是否空了', en: 'Is the bottle empty?' },
    { zh: '温控器是否粘连，内胆水垢是否过厚', en: 'Is the thermostat welded, or the tank full of scale?' },
    { zh: '是否有人连续大量接热水', en: 'Did people draw much hot water one after another?' },
  ],
  source:
    'docs/domain.md 3.5, rule W2: a tank of 0.5 to 2 L takes 6 to 18 min from cold. Longer than the 25 min given there, for a queue at ' +
    'lunch keeps a small heater on for half an hour; 45 min, as given for bigger tanks, until its own habit is known.',
  detector: {
    kind: 'long_phase',
    phase: 'run',
    minMs: 35 * MINUTE_MS,
    factor: 2.5,
    maxMs: 90 * MINUTE_MS,
    unlearntMs: 45 * MINUTE_MS,
    minCycles: 0,
    minRunW: 0,
    constantSpeedOnly: false,
    standbyPresent: false,
    severity: 'P2',
    escalate: [{ afterMs: 20 * MINUTE_MS, severity: 'P1' }],
    holdMs: 0,
    clearMs: 5 * MINUTE_MS,
  },
} satisfies FaultRuleInput

const FAST_CYCLING = {
  id: 'water_fast_cycling',
  version: 1,
  promisedMs: 12 * HOUR_MS,
  applianceKind: 'water_dispenser',
  name: { zh: '饮水机频繁加热', en: 'Water dispenser heats too often' },
  checkFirst: [
    { zh: '热水口是否一直沸腾冒汽', en: 'Does it boil and steam all the time?' },
    { zh: '温控器温差过小或探头松动', en: 'Is the thermostat’s difference too small, or its probe loose?' },
    { zh: '是否有人在连续接水', en: 'Are people drawing water one after another?' },
  ],
  source:
    'docs/domain.md 3.5, rule W3: twelve short pulses an hour where two are enough; longer than a lunch, for people draw then.',
  detector: {
    kind: 'many_starts',
    perHour: 12,
    mostlyShort: true,
    clearPerHour: 8,
    minUsualRunMs: 0,
    severity: 'P3',
    escalate: [],
    holdMs: 2 * HOUR_MS,
    clearMs: HOUR_MS,
  },
} satisfies FaultRuleInput

const NIGHT_HEATING = {
  id: 'water_heats_at_night',
  version: 2,
  promisedMs: 6 * 24 * HOUR_MS,
  applianceKind: 'water_dispenser',
  name: { zh: '饮水机关门后空烧', en: 'Water dispenser heats for nobody at night' },
  checkFirst: [
    { zh: '关门时请关掉加热开关，或设定时插座', en: 'Switch the heating off at closing, or set a timer on the plug' },
    { zh: '是否有人忘记关机', en: 'Did somebody forget to switch it off?' },
  ],
  source:
    'docs/domain.md 3.5: staying hot takes 0.87 kWh a day in a good storage dispenser, 1.2 in an older one. ' +
    'Five nights in a row, for somebody forgets it now and then: told is a habit, once, and then it stands until nights are saved.',
  detector: {
    kind: 'wasted_nights',
    nights: 5,
    severity: 'P3',
    escalate: [],
    holdMs: 0,
    clearMs: 0,
  },
} satisfies FaultRuleInput

const FILTER_DUE = {
  id: 'water_filter_due',
  version: 1,
  promisedMs: 24 * HOUR_MS,
  applianceKind: 'water_dispenser',
  name: { zh: '饮水机滤芯到期', en: 'Water dispenser’s filter is due' },
  checkFirst: [
    { zh: '更换滤芯并清洗内胆', en: 'Replace the filter and clean the tank' },
    {
      zh: '换好后在设备设置里填写更换日期，提醒即解除',
      en: 'Then set the day of the replacement for this appliance (replacedAtMs): that ends the reminder',
    },
    {
      zh: '若为桶装水无滤芯，可为该型号关闭此规则',
      en: 'Without a filter, with bottled water, set the litres of its model high',
    },
  ],
  source:
    'docs/domain.md 3.5, rule W7: after its rated litres or six months. Litres are reckoned from the heating: 81 Wh take a litre from 25 to ' +
    '95 °C, and half as much again keeps it hot. 2,000 L: chosen; the rating is on the filter.',
  detector: {
    kind: 'used_up',
    metric: 'power',
    aboveW: 250,
    whPerLitre: 120,
    litres: 2_000,
    maxAgeMs: 180 * 24 * HOUR_MS,
    replacedAtMs: 0,
    maxGapMs: 330_000,
    severity: 'P3',
    latenessMs: 30_000,
  },
} satisfies FaultRuleInput

/** What can be wrong with a water dispenser, by the watts it draws. */
export const WATER_DISPENSER_RULES: readonly FaultRuleInput[] = [
  NOT_HEATING,
  HEATS_ON,
  FAST_CYCLING,
  NIGHT_HEATING,
  FILTER_DUE,
]
