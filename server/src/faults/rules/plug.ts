import type { FaultRuleInput } from '../rule-schema.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** Two report intervals of a minute and half of one more: a plug that reports once a minute may lose one. */
const GAP_MS = 150 * SECOND_MS

const STEADY = {
  kind: 'sustained' as const,
  escalate: [],
  smoothMs: 2 * MINUTE_MS,
  minGapMs: 30 * SECOND_MS,
  latenessMs: 30 * SECOND_MS,
}

const OVERLOAD_TEXTS = {
  checkFirst: [
    { zh: '插座是否发烫、有焦味：立即断电', en: 'Is the plug hot, does it smell burnt? Switch off at once' },
    { zh: '是否接了插线板或多个电器', en: 'Is a power strip or more than one appliance on it?' },
    { zh: '换用 16 安插座或单独回路', en: 'Use a 16 A socket or a circuit of its own' },
  ],
  source:
    'docs/domain.md 3.6: alarm at 90 % of the rating for 60 s, here 150 s, for plugs report once a minute. Plugs are rated 10 A, those of air conditioners 16 A.',
}

const overload = (amps: number) =>
  ({
    ...STEADY,
    metric: 'current',
    raise: [{ beyond: 'above', threshold: amps * 0.9, holdMs: GAP_MS }],
    severity: 'P1',
    clear: { beyond: 'below', threshold: amps * 0.85, holdMs: 5 * MINUTE_MS },
    maxGapMs: GAP_MS,
  }) satisfies FaultRuleInput['detector']

const OVER_CURRENT = {
  id: 'plug_over_current',
  version: 1,
  promisedMs: 40 * MINUTE_MS,
  applianceKind: 'any_appliance',
  exceptKinds: ['air_conditioner'],
  name: { zh: '插座过载', en: 'Plug overloaded' },
  ...OVERLOAD_TEXTS,
  detector: overload(10),
} satisfies FaultRuleInput

const AC_OVER_CURRENT = {
  id: 'ac_plug_over_current',
  version: 1,
  promisedMs: 40 * MINUTE_MS,
  applianceKind: 'air_conditioner',
  name: { zh: '空调插座过载', en: 'Air conditioner’s plug overloaded' },
  ...OVERLOAD_TEXTS,
  detector: overload(16),
} satisfies FaultRuleInput

const OVER_TEMPERATURE = {
  id: 'plug_over_temperature',
  version: 1,
  promisedMs: 45 * MINUTE_MS,
  applianceKind: 'any_appliance',
  name: { zh: '插座过热', en: 'Plug too hot' },
  checkFirst: [
    { zh: '立即断电，检查插头是否松动、变色', en: 'Switch off at once; is the plug loose or discoloured?' },
    { zh: '不要再用这个插座，联系电工', en: 'Do not use this socket any more, call an electrician' },
  ],
  source: 'docs/domain.md 3.6, rule G4.',
  detector: {
    ...STEADY,
    metric: 'device_temperature',
    raise: [{ beyond: 'above', threshold: 70, holdMs: GAP_MS }],
    severity: 'P1',
    escalate: [{ beyond: 'above', threshold: 85, holdMs: GAP_MS, severity: 'P0' }],
    clear: { beyond: 'below', threshold: 60, holdMs: 5 * MINUTE_MS },
    maxGapMs: GAP_MS,
  },
} satisfies FaultRuleInput

const RELAY_WELDED = {
  id: 'plug_power_while_off',
  version: 1,
  promisedMs: 40 * MINUTE_MS,
  applianceKind: 'any_appliance',
  name: { zh: '插座已关但仍有电流', en: 'Plug is off but power flows' },
  checkFirst: [
    {
      zh: '继电器触点可能粘连：更换插座，此前勿远程断电',
      en: 'The relay may be welded: replace the plug, do not rely on switching it off',
    },
    { zh: '是否装反或接错线', en: 'Is it wired the wrong way round?' },
  ],
  source: 'docs/domain.md 3.6; above 10 W, for meters are poor below 3 W.',
  detector: {
    ...STEADY,
    metric: 'power',
    gates: [{ signal: 'relay', beyond: 'below', threshold: 0.5, unknown: 'fails' }],
    raise: [{ beyond: 'above', threshold: 10, holdMs: 3 * MINUTE_MS }],
    severity: 'P2',
    clear: { beyond: 'below', threshold: 5, holdMs: 3 * MINUTE_MS },
    maxGapMs: GAP_MS,
  },
} satisfies FaultRuleInput

const APPLIANCE_DEAD = {
  id: 'plug_on_appliance_dead',
  version: 2,
  promisedMs: 36 * HOUR_MS,
  applianceKind: 'any_appliance',
  exceptKinds: ['fridge', 'microwave'],
  name: { zh: '插座通电但电器没有用电', en: 'Plug is on but the appliance is dead' },
  checkFirst: [
    { zh: '电器插头是否插紧，电器自身开关是否打开', en: 'Is it plugged in firmly, is its own switch on?' },
    { zh: '电器保险丝或电源线', en: 'Its fuse or its cord' },
    { zh: '是否换季停用或夜间拉闸', en: 'Is it out of season, or switched off for a holiday?' },
  ],
  source: 'docs/domain.md 3.4, rule M4, for every appliance whose standby was always there before.',
  detector: {
    kind: 'power_gone',
    minStandbyW: 1,
    gates: [
      { signal: 'relay', beyond: 'above', threshold: 0.5, unknown: 'holds' },
      // Where nothing is known of the hours, a main switch that is off over a weekend looks the same.
      { signal: 'hours', beyond: 'above', threshold: 0.5, unknown: 'fails' },
    ],
    severity: 'P3',
    escalate: [],
    holdMs: 24 * HOUR_MS,
    clearMs: 5 * MINUTE_MS,
  },
} satisfies FaultRuleInput

const VOLTAGE_TEXTS = {
  checkFirst: [
    { zh: '同一回路其他插座电压是否也异常', en: 'Is the voltage wrong at other sockets of the circuit as well?' },
    { zh: '是否有大功率电器同时启动', en: 'Do big loads start at the same time?' },
    {
      zh: '零线或接头松动：联系电工或供电公司',
      en: 'The neutral or a joint may be loose: call an electrician or the utility',
    },
  ],
  source: 'docs/domain.md 3.6, rule G3: 220 V +7 % and −10 % (GB/T 12325); compressors suffer below 180 V.',
}

const VOLTAGE_LOW = {
  id: 'plug_voltage_sag',
  version: 1,
  promisedMs: 45 * MINUTE_MS,
  applianceKind: 'any_appliance',
  name: { zh: '电压过低', en: 'Voltage too low' },
  ...VOLTAGE_TEXTS,
  detector: {
    ...STEADY,
    metric: 'voltage',
    raise: [{ beyond: 'below', threshold: 198, holdMs: 5 * MINUTE_MS }],
    severity: 'P3',
    escalate: [{ beyond: 'below', threshold: 180, holdMs: 5 * MINUTE_MS, severity: 'P2' }],
    clear: { beyond: 'above', threshold: 201, holdMs: 10 * MINUTE_MS },
    maxGapMs: 5 * MINUTE_MS,
  },
} satisfies FaultRuleInput

const VOLTAGE_HIGH = {
  id: 'plug_voltage_surge',
  version: 1,
  promisedMs: 45 * MINUTE_MS,
  applianceKind: 'any_appliance',
  name: { zh: '电压过高', en: 'Voltage too high' },
  ...VOLTAGE_TEXTS,
  detector: {
    ...STEADY,
    metric: 'voltage',
    raise: [{ beyond: 'above', threshold: 236, holdMs: 5 * MINUTE_MS }],
    severity: 'P3',
    // Electronics are made for up to 15 % above 220 V; a lost neutral gives more.
    escalate: [{ beyond: 'above', threshold: 253, holdMs: 5 * MINUTE_MS, severity: 'P1' }],
    clear: { beyond: 'below', threshold: 233, holdMs: 10 * MINUTE_MS },
    maxGapMs: 5 * MINUTE_MS,
  },
} satisfies FaultRuleInput

const METER_WRONG = {
  id: 'plug_meter_wrong',
  version: 1,
  promisedMs: 60 * MINUTE_MS,
  applianceKind: 'any_appliance',
  name: { zh: '插座功率读数异常', en: 'Plug’s meter reads below zero' },
  checkFirst: [
    { zh: '插座是否装反，互感器方向是否接反', en: 'Is it wired the wrong way round, is the clamp reversed?' },
    { zh: '更换插座', en: 'Replace the plug' },
  ],
  source: 'Chosen: no appliance of a rest station feeds power back.',
  detector: {
    ...STEADY,
    metric: 'power',
    raise: [{ beyond: 'below', threshold: -10, holdMs: 10 * MINUTE_MS }],
    severity: 'P3',
    clear: { beyond: 'above', threshold: -2, holdMs: 10 * MINUTE_MS },
    maxGapMs: 330 * SECOND_MS,
  },
} satisfies FaultRuleInput

/** What can be wrong with a plug and the mains at it. */
export const PLUG_RULES: readonly FaultRuleInput[] = [
  OVER_CURRENT,
  AC_OVER_CURRENT,
  OVER_TEMPERATURE,
  RELAY_WELDED,
  APPLIANCE_DEAD,
  VOLTAGE_LOW,
  VOLTAGE_HIGH,
  METER_WRONG,
]
