import type { FaultRuleInput } from '../rule-schema.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const LATENESS_MS = 30 * SECOND_MS

const PROBE_TEXTS = [
  { zh: '传感器电池与接线', en: 'The sensor’s battery and wires' },
  { zh: '是否脱落、贴在热源或蒸发器上', en: 'Has it come off, or does it touch a heater or the evaporator?' },
  { zh: '重启或更换传感器', en: 'Restart or replace it' },
]

const flat = (metric: 'temperature' | 'humidity', band: number) =>
  ({
    kind: 'flat_line',
    metric,
    band,
    holdMs: 24 * HOUR_MS,
    minReadings: 48,
    maxGapMs: 2 * HOUR_MS,
    severity: 'P3',
    latenessMs: LATENESS_MS,
  }) satisfies FaultRuleInput['detector']

const jumps = (by: number, count: number) =>
  ({
    kind: 'jumps',
    metric: 'temperature',
    by,
    withinMs: 2 * MINUTE_MS,
    count,
    windowMs: HOUR_MS,
    severity: 'P3',
    latenessMs: LATENESS_MS,
  }) satisfies FaultRuleInput['detector']

const outOfRange = (beyond: 'above' | 'below', threshold: number, clearAt: number) =>
  ({
    kind: 'sustained',
    metric: 'temperature',
    raise: [{ beyond, threshold, holdMs: 15 * MINUTE_MS }],
    severity: 'P3',
    escalate: [],
    clear: { beyond: beyond === 'above' ? 'below' : 'above', threshold: clearAt, holdMs: 15 * MINUTE_MS },
    smoothMs: 5 * MINUTE_MS,
    maxGapMs: 10 * MINUTE_MS,
    minGapMs: LATENESS_MS,
    latenessMs: LATENESS_MS,
  }) satisfies FaultRuleInput['detector']

/** What can be wrong with a sensor itself. */
export const SENSOR_RULES: readonly FaultRuleInput[] = [
  {
    id: 'sensor_temperature_flat',
    version: 1,
    promisedMs: 30 * HOUR_MS,
    applianceKind: 'any',
    name: { zh: '温度读数不变', en: 'Temperature never changes' },
    checkFirst: PROBE_TEXTS,
    source: 'docs/domain.md 3.8: any room and any fridge moves by more than a tenth of a degree within a day.',
    detector: flat('temperature', 0.05),
  },
  {
    id: 'sensor_humidity_flat',
    version: 1,
    promisedMs: 30 * HOUR_MS,
    applianceKind: 'any',
    name: { zh: '湿度读数不变', en: 'Humidity never changes' },
    checkFirst: PROBE_TEXTS,
    source: 'docs/domain.md 3.8, as for temperature.',
    detector: flat('humidity', 0.1),
  },
  {
    id: 'sensor_temperature_jumps',
    version: 1,
    promisedMs: 4 * HOUR_MS,
    applianceKind: 'station',
    name: { zh: '室温读数乱跳', en: 'Room temperature leaps' },
    checkFirst: PROBE_TEXTS,
    source: 'docs/domain.md 3.8: more than 3 °C a minute, four times there and back in an hour, is no room.',
    detector: jumps(6, 8),
  },
  {
    id: 'fridge_probe_jumps',
    version: 1,
    promisedMs: 3 * HOUR_MS,
    applianceKind: 'fridge',
    name: { zh: '冰箱温度读数乱跳', en: 'Fridge temperature leaps' },
    checkFirst: PROBE_TEXTS,
    source:
      'Chosen: an opened door moves the air by 10 °C at most in a summer room; 20 °C within two minutes, six times there and back in an hour, is the probe.',
    detector: jumps(20, 12),
  },
  {
    id: 'sensor_temperature_too_high',
    version: 1,
    promisedMs: 60 * MINUTE_MS,
    applianceKind: 'fridge',
    name: { zh: '冰箱温度读数超出可能范围', en: 'Fridge temperature beyond what is possible' },
    checkFirst: PROBE_TEXTS,
    source:
      'Chosen: no room that a fridge stands in reaches 60 °C; 85 °C is what a DS18B20 says at power-on (its data sheet).',
    detector: outOfRange('above', 60, 55),
  },
  {
    id: 'sensor_temperature_too_low',
    version: 1,
    promisedMs: 60 * MINUTE_MS,
    applianceKind: 'any',
    name: { zh: '温度读数低得不可能', en: 'Temperature lower than possible' },
    checkFirst: PROBE_TEXTS,
    source: 'Chosen: neither a room here nor a fridge’s inside is below −30 °C.',
    detector: outOfRange('below', -30, -25),
  },
  {
    id: 'sensor_battery_low',
    version: 1,
    promisedMs: HOUR_MS,
    applianceKind: 'any',
    name: { zh: '传感器电量低', en: 'Sensor battery low' },
    checkFirst: [{ zh: '更换电池', en: 'Replace the battery' }],
    source: 'docs/domain.md 3.7, rule D5: below 15 %.',
    detector: {
      kind: 'sustained',
      metric: 'battery',
      raise: [{ beyond: 'below', threshold: 15, holdMs: 0 }],
      severity: 'P3',
      escalate: [],
      clear: { beyond: 'above', threshold: 25, holdMs: 0 },
      smoothMs: 1,
      maxGapMs: 50 * HOUR_MS,
      minGapMs: 50 * HOUR_MS,
      // It is told of a few times a day: nobody waits for the next one.
      latenessMs: 0,
    },
  },
  {
    id: 'device_clock_wrong',
    version: 1,
    promisedMs: 90 * MINUTE_MS,
    applianceKind: 'any',
    name: { zh: '设备时钟不准', en: 'Device’s clock is wrong' },
    checkFirst: [
      { zh: '设备与网关的对时（NTP）是否正常', en: 'Do the device and its gateway reach a time server (NTP)?' },
      { zh: '时区是否设错', en: 'Is its time zone set wrong?' },
      { zh: '重启设备', en: 'Restart it' },
    ],
    source:
      'docs/domain.md 3.1: time is the device’s own, and is checked. Chosen: nothing is measured a minute before it arrives; what is late by ' +
      'always the same, more than two minutes, is not a backlog, which grows shorter.',
    detector: {
      kind: 'wrong_clock',
      severity: 'P3',
      aheadMs: MINUTE_MS,
      behindMs: 2 * MINUTE_MS,
      bandMs: 30 * SECOND_MS,
      holdMs: 30 * MINUTE_MS,
      minReadings: 10,
    },
  },
]
