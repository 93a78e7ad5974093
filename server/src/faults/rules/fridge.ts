import type { FaultRuleInput } from '../rule-schema.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const FRIDGE_TOO_WARM = {
  id: 'fridge_too_warm',
  version: 1,
  promisedMs: 2 * HOUR_MS,
  applianceKind: 'fridge',
  name: { zh: '冰箱温度过高', en: 'Fridge too warm' },
  checkFirst: [
    { zh: '冰箱门是否关严，门封是否破损', en: 'Is the door shut, and is its seal whole?' },
    { zh: '插座是否通电，智能插座是否被关闭', en: 'Is there power, and is the smart plug switched on?' },
    { zh: '温控旋钮是否被调到低档或关闭', en: 'Is the thermostat turned down or off?' },
    {
      zh: '压缩机是否启动，背后散热片是否积灰或被遮挡',
      en: 'Does the compressor start, and is the condenser free of dust?',
    },
    {
      zh: '食物可能已变质：超过 8 ℃ 两小时以上的请丢弃',
      en: 'Food may be spoilt: throw away what was above 8 °C for over 2 h',
    },
  ],
  source:
    'Workers’ harbor domain notes, rule F1: own model of a healthy small fridge reaches 40 min above 8 °C and 28 min above 10 °C ' +
    'under heavy summer use; chilled food is kept at 0 to 8 °C (GB 31654-2021); food above 4 °C for over 2 h is discarded (USDA).',
  detector: {
    kind: 'sustained',
    metric: 'temperature',
    raise: [
      { beyond: 'above', threshold: 8, holdMs: 60 * MINUTE_MS },
      { beyond: 'above', threshold: 10, holdMs: 45 * MINUTE_MS },
      {
        beyond: 'above',
        threshold: 12,
        holdMs: 30 * MINUTE_MS,
        // Loaded with warm food it recovers by itself: the two slower limits judge it if it does not get there.
        unlessRecovering: { by: 1, withinMs: 15 * MINUTE_MS },
      },
    ],
    severity: 'P2',
    escalate: [{ beyond: 'above', threshold: 10, holdMs: 2 * HOUR_MS, severity: 'P1' }],
    clear: { beyond: 'below', threshold: 6, holdMs: 20 * MINUTE_MS },
    smoothMs: 5 * MINUTE_MS,
    maxGapMs: 10 * MINUTE_MS,
    minGapMs: 30_000,
    latenessMs: 30_000,
  },
} satisfies FaultRuleInput

const DOOR_CONTACT = {
  id: 'fridge_door_left_open',
  version: 1,
  promisedMs: 45 * MINUTE_MS,
  applianceKind: 'fridge',
  name: { zh: '冰箱门未关', en: 'Fridge door left open' },
  checkFirst: [{ zh: '关好冰箱门，看是否有东西顶住', en: 'Shut the door; is something in its way?' }],
  source: 'docs/domain.md 3.2, rule F6: a reminder after 2 min, a fault after 5 min by the contact at the door.',
  detector: {
    kind: 'sustained',
    metric: 'door',
    raise: [{ beyond: 'above', threshold: 0.5, holdMs: 5 * MINUTE_MS }],
    severity: 'P2',
    escalate: [],
    clear: { beyond: 'below', threshold: 0.5, holdMs: 0 },
    smoothMs: 1_000,
    maxGapMs: 26 * HOUR_MS,
    minGapMs: 26 * HOUR_MS,
    latenessMs: 0,
  },
} satisfies FaultRuleInput

const DEFROST_STUCK = {
  id: 'fridge_defrost_stuck',
  version: 1,
  promisedMs: 3 * HOUR_MS,
  applianceKind: 'fridge',
  name: { zh: '冰箱化霜加热不停', en: 'Fridge defrost heater stuck on' },
  checkFirst: [
    { zh: '立即断电，加热丝可能过热', en: 'Switch it off at once: the heater may overheat' },
    { zh: '更换化霜温控器或化霜定时器', en: 'Replace the defrost thermostat or timer' },
    { zh: '检查食物温度', en: 'Check the temperature of the food' },
  ],
  source:
    'docs/domain.md 3.2, rule F7: a defrost takes 100 to 300 W for at most 35 min and warms the air by at most 4 K.',
  detector: {
    kind: 'flat_heat',
    minW: 100,
    maxW: 500,
    minMs: 45 * MINUTE_MS,
    riseC: 2,
    severity: 'P1',
    escalate: [],
    // Longer than the warm air of an opened door stays.
    holdMs: 15 * MINUTE_MS,
    clearMs: 5 * MINUTE_MS,
  },
} satisfies FaultRuleInput

const FROZEN = {
  id: 'fridge_too_cold',
  version: 1,
  promisedMs: 24 * HOUR_MS,
  applianceKind: 'fridge',
  name: { zh: '冰箱过冷结冰', en: 'Fridge too cold' },
  checkFirst: [
    { zh: '温控旋钮是否调得太冷', en: 'Is the thermostat turned too cold?' },
    { zh: '温度探头是否贴在蒸发器上', en: 'Does the probe touch the evaporator?' },
    { zh: '冬天室内低于 2 ℃ 时属正常', en: 'In a room below 2 °C this is normal' },
  ],
  source: 'docs/domain.md 3.2, rule F8.',
  detector: {
    kind: 'sustained',
    metric: 'temperature',
    gates: [{ signal: 'room_temperature', beyond: 'above', threshold: 2, unknown: 'holds' }],
    raise: [{ beyond: 'below', threshold: 0, holdMs: 2 * HOUR_MS }],
    severity: 'P3',
    escalate: [],
    clear: { beyond: 'above', threshold: 1.5, holdMs: 30 * MINUTE_MS },
    smoothMs: 5 * MINUTE_MS,
    maxGapMs: 10 * MINUTE_MS,
    minGapMs: 30_000,
    latenessMs: 30_000,
  },
} satisfies FaultRuleInput

const UNPLUGGED = {
  id: 'fridge_unplugged',
  version: 1,
  promisedMs: 45 * MINUTE_MS,
  applianceKind: 'fridge',
  name: { zh: '冰箱断电', en: 'Fridge has no power' },
  checkFirst: [
    { zh: '插头是否被拔掉，智能插座是否被关', en: 'Was it unplugged, or the smart plug switched off?' },
    {
      zh: '漏电保护器或空开是否跳闸（化霜加热丝漏电常见）',
      en: 'Has the breaker tripped (defrost heaters often leak current)?',
    },
    { zh: '断电超过 4 小时请检查食物', en: 'After 4 h without power check the food' },
  ],
  source:
    'docs/domain.md 3.2, rule F9: no power for 10 min while the plug is there. Only for a fridge whose standby of 1 to 3 W was ' +
    'always seen: many draw nothing at all between two runs.',
  detector: {
    kind: 'power_gone',
    minStandbyW: 1,
    severity: 'P2',
    escalate: [],
    holdMs: 10 * MINUTE_MS,
    clearMs: MINUTE_MS,
  },
} satisfies FaultRuleInput

/** What can be wrong with a fridge beside its compressor: its temperature, its door, its heater, its mains. */
export const FRIDGE_RULES: readonly FaultRuleInput[] = [FRIDGE_TOO_WARM, DOOR_CONTACT, DEFROST_STUCK, FROZEN, UNPLUGGED]
