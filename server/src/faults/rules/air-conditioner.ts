import type { FaultRuleInput } from '../rule-schema.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

const POWER = {
  kind: 'sustained' as const,
  metric: 'power' as const,
  escalate: [],
  smoothMs: 2 * MINUTE_MS,
  maxGapMs: 330 * SECOND_MS,
  minGapMs: 30 * SECOND_MS,
  latenessMs: 30 * SECOND_MS,
}

/** A public room is set to 26 °C and above in summer in China; the set point itself is not known here. */
const SET_POINT_SOURCE =
  'The set point is not known: 26 °C is taken, the least that public buildings may set in summer in China.'

const OFF_IN_HEAT = {
  id: 'ac_off_in_heat',
  version: 1,
  promisedMs: 3 * HOUR_MS,
  applianceKind: 'air_conditioner',
  name: { zh: '室内很热但空调没有运行', en: 'Room hot, air conditioner not running' },
  checkFirst: [
    { zh: '空调是否没开：先用遥控器打开', en: 'Is it simply off? Switch it on with the remote' },
    { zh: '遥控器电池', en: 'The remote’s batteries' },
    { zh: '插座、空开是否有电', en: 'Is there power at the socket, has the breaker tripped?' },
    { zh: '刚停机后 3 到 5 分钟内不会重启', en: 'After a stop it does not start again for 3 to 5 min' },
  ],
  source:
    'docs/domain.md 3.3, rule A1, and 3.8, rule E1. Whether it was commanded on is not known: the hold is 30 min instead of 10.',
  detector: {
    ...POWER,
    gates: [
      { signal: 'open', beyond: 'above', threshold: 0.5, unknown: 'fails' },
      { signal: 'room_temperature', beyond: 'above', threshold: 30, unknown: 'fails' },
      { signal: 'people', beyond: 'above', threshold: 0.5, unknown: 'holds' },
    ],
    raise: [{ beyond: 'below', threshold: 10, holdMs: 30 * MINUTE_MS }],
    severity: 'P2',
    clear: { beyond: 'above', threshold: 50, holdMs: 6 * MINUTE_MS },
  },
} satisfies FaultRuleInput

const FAN_ONLY = {
  id: 'ac_fan_only',
  version: 1,
  promisedMs: 90 * MINUTE_MS,
  applianceKind: 'air_conditioner',
  name: { zh: '空调只吹风不制冷', en: 'Air conditioner blows, compressor never starts' },
  checkFirst: [
    {
      zh: '是否设在送风或除湿模式，设定温度是否高于室温',
      en: 'Is it set to fan or dry, or to more than the room has?',
    },
    { zh: '室外机是否转动、是否有电', en: 'Does the outdoor unit turn, has it power?' },
    {
      zh: '压缩机电容、四通阀或主板故障需报修',
      en: 'The compressor’s capacitor or the board may be broken: call for repair',
    },
  ],
  source: `docs/domain.md 3.3, rule A2: the fan alone takes 15 to 40 W. ${SET_POINT_SOURCE}`,
  detector: {
    ...POWER,
    gates: [
      { signal: 'power', beyond: 'above', threshold: 10, unknown: 'fails' },
      { signal: 'room_temperature', beyond: 'above', threshold: 29, unknown: 'fails' },
      { signal: 'open', beyond: 'above', threshold: 0.5, unknown: 'holds' },
    ],
    // At closing time it is no better than before.
    shutClears: false,
    raise: [{ beyond: 'below', threshold: 60, holdMs: 30 * MINUTE_MS }],
    severity: 'P2',
    clear: { beyond: 'above', threshold: 120, holdMs: 10 * MINUTE_MS },
  },
} satisfies FaultRuleInput

const NO_COOLING = {
  id: 'ac_does_not_cool',
  version: 1,
  promisedMs: 4 * HOUR_MS,
  applianceKind: 'air_conditioner',
  name: { zh: '空调运行但不制冷', en: 'Air conditioner runs without cooling' },
  checkFirst: [
    { zh: '门窗是否开着，室内人是否过多', en: 'Are doors or windows open, are there too many people?' },
    { zh: '清洗室内机滤网', en: 'Clean the indoor filter' },
    { zh: '室外机是否被挡、积灰，风扇是否转动', en: 'Is the outdoor unit blocked or dusty, does its fan turn?' },
    {
      zh: '可能缺制冷剂：铜管结霜或出风不冷请报修',
      en: 'Refrigerant may be lacking: frost on the pipe or warm air, call for repair',
    },
  ],
  source: `docs/domain.md 3.3, rule A3: 60 % of its highest power for 90 min and the room cools by less than half a degree an hour. ${SET_POINT_SOURCE}`,
  detector: {
    kind: 'no_cooling',
    peakShare: 0.6,
    roomAboveC: 28,
    fallC: 0.5,
    clearRoomC: 27,
    gates: [{ signal: 'open', beyond: 'above', threshold: 0.5, unknown: 'holds' }],
    severity: 'P2',
    escalate: [],
    holdMs: 30 * MINUTE_MS,
    clearMs: 30 * MINUTE_MS,
  },
} satisfies FaultRuleInput

const SHORT_CYCLING = {
  id: 'ac_short_cycling',
  version: 1,
  promisedMs: 6 * HOUR_MS,
  applianceKind: 'air_conditioner',
  name: { zh: '空调频繁启停且室内不凉', en: 'Air conditioner cycles fast and the room stays warm' },
  checkFirst: [
    { zh: '滤网与室外机是否脏堵', en: 'Are filter and outdoor unit clogged?' },
    { zh: '电压是否过低', en: 'Is the voltage too low?' },
    { zh: '制冷剂压力或室温探头异常需报修', en: 'Refrigerant pressure or the room probe may be off: call for repair' },
  ],
  source:
    'docs/domain.md 3.3, rule A5: at low load a healthy one cycles every 3 to 5 min too, but then the room is cool.',
  detector: {
    kind: 'many_starts',
    perHour: 8,
    mostlyShort: false,
    clearPerHour: 6,
    minUsualRunMs: 0,
    gates: [{ signal: 'room_temperature', beyond: 'above', threshold: 28, unknown: 'fails' }],
    severity: 'P3',
    escalate: [],
    holdMs: 90 * MINUTE_MS,
    clearMs: HOUR_MS,
  },
} satisfies FaultRuleInput

const LEFT_ON = {
  id: 'ac_left_on',
  version: 1,
  promisedMs: 2 * HOUR_MS,
  applianceKind: 'air_conditioner',
  name: { zh: '关门后空调未关', en: 'Air conditioner left on in a closed station' },
  checkFirst: [
    { zh: '远程或到场关闭空调', en: 'Switch it off, remotely or on site' },
    { zh: '室内是否还有人', en: 'Is somebody still inside?' },
    { zh: '开放时间是否填写有误', en: 'Are the posted hours wrong?' },
  ],
  source:
    'docs/domain.md 3.3, rule A7: closed, nobody inside. Above 15 W instead of 50, for an inverter with little to do only blows (15 to 40 W; ' +
    'standby is up to 10 W). 45 min, so that cooling half an hour before opening is none.',
  detector: {
    ...POWER,
    gates: [
      { signal: 'open', beyond: 'below', threshold: 0.5, unknown: 'fails' },
      { signal: 'people', beyond: 'below', threshold: 0.5, unknown: 'holds' },
    ],
    raise: [{ beyond: 'above', threshold: 15, holdMs: 45 * MINUTE_MS }],
    severity: 'P3',
    clear: { beyond: 'below', threshold: 12, holdMs: 6 * MINUTE_MS },
  },
} satisfies FaultRuleInput

const ROOM_STAYS_HOT = {
  id: 'ac_room_stays_hot',
  version: 1,
  promisedMs: 8 * HOUR_MS,
  applianceKind: 'air_conditioner',
  unless: ['ac_fan_only', 'ac_does_not_cool', 'ac_short_cycling'],
  name: { zh: '空调开着但室温降不下来', en: 'Air conditioner does not bring the room to its temperature' },
  checkFirst: [
    { zh: '设定温度是否过高', en: 'Is it set to too high a temperature?' },
    { zh: '门窗是否开着，阳光是否直射', en: 'Are doors or windows open, does the sun shine in?' },
    { zh: '清洗室内机滤网与室外机', en: 'Clean the indoor filter and the outdoor unit' },
    {
      zh: '室外超过 40 ℃ 或人多时，小空调可能不够：增开风扇、分流人员',
      en: 'Above 40 °C outside or with many people it may be too small: add fans, send some elsewhere',
    },
  ],
  source: `docs/domain.md 3.3, rule A3: 90 min are allowed from a hot room, 2 h here; 3 K above what it is set to. ${SET_POINT_SOURCE}`,
  detector: {
    ...POWER,
    gates: [
      { signal: 'room_temperature', beyond: 'above', threshold: 29, unknown: 'fails' },
      { signal: 'open', beyond: 'above', threshold: 0.5, unknown: 'holds' },
    ],
    // Whatever it does, it is on: standby is up to 10 W (docs/domain.md 3.3).
    raise: [{ beyond: 'above', threshold: 12, holdMs: 2 * HOUR_MS }],
    severity: 'P2',
    clear: { beyond: 'below', threshold: 10, holdMs: 20 * MINUTE_MS },
  },
} satisfies FaultRuleInput

const DOOR_PROPPED = {
  id: 'ac_door_propped_open',
  version: 1,
  promisedMs: 3 * HOUR_MS,
  applianceKind: 'air_conditioner',
  name: { zh: '空调运行但门一直开着', en: 'Door stands open while the air conditioner runs' },
  checkFirst: [
    { zh: '请关门，或装闭门器、门帘', en: 'Shut the door, or fit a closer or a curtain' },
    { zh: '门磁是否脱落', en: 'Has the door’s contact come off?' },
  ],
  source:
    'docs/domain.md 3.7, rule D3. What it is like outside is not known. 75 min instead of 10: a contact says its state ' +
    'once an hour at least, so that one lost word is put right before.',
  detector: {
    ...POWER,
    gates: [{ signal: 'door', beyond: 'above', threshold: 0.5, unknown: 'fails' }],
    // Between two runs of its compressor it blows (docs/domain.md 3.3: 15 to 40 W).
    raise: [{ beyond: 'above', threshold: 12, holdMs: 75 * MINUTE_MS }],
    severity: 'P3',
    clear: { beyond: 'below', threshold: 10, holdMs: 6 * MINUTE_MS },
  },
} satisfies FaultRuleInput

const DRIFT = {
  id: 'ac_cooling_drift',
  version: 1,
  promisedMs: 16 * 24 * HOUR_MS,
  applianceKind: 'air_conditioner',
  unless: ['ac_does_not_cool'],
  name: { zh: '空调制冷逐渐变弱', en: 'Air conditioner cools more and more slowly' },
  checkFirst: [
    { zh: '清洗室内机滤网', en: 'Clean the indoor filter' },
    { zh: '清洁室外机，检查通风', en: 'Clean the outdoor unit, give it air' },
    { zh: '可能缺制冷剂，请预约检修', en: 'Refrigerant may be leaking: arrange a check' },
  ],
  source:
    'docs/domain.md 3.3, rule A4. What it is like outside is not known here: the first half hour from a warm room at full power is ' +
    'compared, the middle of 20 starts with the first 20, and 60 % of the speed is asked for, for high summer slows a healthy one too.',
  detector: {
    kind: 'weak_sessions',
    of: 'cooling',
    belowShare: 0.6,
    clearShare: 0.75,
    severity: 'P3',
    escalate: [],
    holdMs: 0,
    clearMs: 0,
  },
} satisfies FaultRuleInput

/** What can be wrong with an air conditioner, by its watts, the room and the hours. */
export const AIR_CONDITIONER_RULES: readonly FaultRuleInput[] = [
  OFF_IN_HEAT,
  FAN_ONLY,
  NO_COOLING,
  SHORT_CYCLING,
  LEFT_ON,
  ROOM_STAYS_HOT,
  DOOR_PROPPED,
  DRIFT,
]
