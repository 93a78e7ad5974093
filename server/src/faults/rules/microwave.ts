import type { FaultRuleInput } from '../rule-schema.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

const COLD = {
  id: 'microwave_does_not_heat',
  version: 1,
  promisedMs: 30 * MINUTE_MS,
  applianceKind: 'microwave',
  name: { zh: '微波炉转但不加热', en: 'Microwave runs without heating' },
  checkFirst: [
    { zh: '放一杯水加热一分钟，看是否变热', en: 'Heat a cup of water for a minute: does it get warm?' },
    {
      zh: '炉门是否关严，门钩与联锁开关是否完好',
      en: 'Does the door shut, and are its hooks and interlock switch whole?',
    },
    {
      zh: '高压保险丝、磁控管可能损坏：内有高压，只能由专业人员维修',
      en: 'The high-voltage fuse or the magnetron may be gone: high voltage inside, professionals only',
    },
  ],
  source:
    'docs/domain.md 3.4, rule M1: lamp, fan and turntable take 25 to 80 W, heating above 500 W. Three sessions, for one may be a low level.',
  detector: {
    kind: 'cold_sessions',
    count: 3,
    minHeated: 3,
    severity: 'P2',
    escalate: [],
    holdMs: 0,
    clearMs: 0,
  },
} satisfies FaultRuleInput

const WEAK = {
  id: 'microwave_weak',
  version: 1,
  promisedMs: 24 * HOUR_MS,
  applianceKind: 'microwave',
  name: { zh: '微波炉加热变弱', en: 'Microwave has become weak' },
  checkFirst: [
    { zh: '量电压：电压低时功率自然下降', en: 'Measure the voltage: with low voltage the power falls by itself' },
    { zh: '用户是否常用低火力档', en: 'Do people use a low power level?' },
    { zh: '磁控管老化：加热一杯水比对时间', en: 'The magnetron may be old: time a cup of water' },
  ],
  source:
    'docs/domain.md 3.4, rule M2: the middle of 20 sessions below 75 % of the first 20, reckoned to 220 V where the voltage is known.',
  detector: {
    kind: 'weak_sessions',
    of: 'power',
    belowShare: 0.75,
    clearShare: 0.85,
    severity: 'P3',
    escalate: [],
    holdMs: 0,
    clearMs: 0,
  },
} satisfies FaultRuleInput

const STUCK_ON = {
  id: 'microwave_stuck_on',
  version: 1,
  promisedMs: 60 * MINUTE_MS,
  applianceKind: 'microwave',
  name: { zh: '微波炉一直加热', en: 'Microwave stuck on' },
  checkFirst: [
    { zh: '立即拔插头或关插座', en: 'Unplug it or switch the plug off at once' },
    { zh: '炉内是否有食物烧焦、冒烟', en: 'Is food burning inside, is there smoke?' },
    { zh: '继电器触点可能粘连，请停用报修', en: 'A relay may be welded shut: take it out of use, call for repair' },
  ],
  source:
    'docs/domain.md 3.4, rule M3: people heat for 1 to 4 min; 20 min without a stop is none of theirs, 35 min is a fire risk.',
  detector: {
    kind: 'sustained',
    metric: 'power',
    raise: [{ beyond: 'above', threshold: 500, holdMs: 20 * MINUTE_MS }],
    severity: 'P1',
    escalate: [{ beyond: 'above', threshold: 500, holdMs: 35 * MINUTE_MS, severity: 'P0' }],
    clear: { beyond: 'below', threshold: 300, holdMs: 150 * SECOND_MS },
    // Every dip counts: between two people's meals there are seconds.
    smoothMs: 1,
    maxGapMs: 150 * SECOND_MS,
    minGapMs: 30 * SECOND_MS,
    latenessMs: 30 * SECOND_MS,
  },
} satisfies FaultRuleInput

const DEAD = {
  id: 'microwave_dead',
  version: 2,
  promisedMs: 30 * HOUR_MS,
  applianceKind: 'microwave',
  name: { zh: '微波炉没有待机电', en: 'Microwave is dead' },
  checkFirst: [
    { zh: '插头是否插好，插座是否有电', en: 'Is it plugged in, and is there power at the socket?' },
    { zh: '显示屏是否亮：不亮多为保险丝烧断', en: 'Is its display lit? If not, a fuse has most likely blown' },
    { zh: '是否夜间或假日拉了总闸', en: 'Was the main switch turned off for a night or a holiday?' },
  ],
  source:
    'docs/domain.md 3.4, rule M4: no standby for 24 h in a model that always had it. Models with a knob have none, and are not judged.',
  detector: {
    kind: 'power_gone',
    minStandbyW: 0.6,
    // Where nothing is known of the hours, a main switch that is off over a weekend looks the same.
    gates: [{ signal: 'hours', beyond: 'above', threshold: 0.5, unknown: 'fails' }],
    severity: 'P3',
    escalate: [],
    holdMs: 24 * HOUR_MS,
    clearMs: 5 * MINUTE_MS,
  },
} satisfies FaultRuleInput

/** What can be wrong with a microwave, by the watts it draws. */
export const MICROWAVE_RULES: readonly FaultRuleInput[] = [COLD, WEAK, STUCK_ON, DEAD]
