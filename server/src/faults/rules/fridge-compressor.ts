import type { FaultRuleInput } from '../rule-schema.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const OWN_MODEL =
  'docs/domain.md 3.2: own model of a small fridge (85 W, 12 seeds of 30 days) and public logs of fridges on smart plugs'

const COMPRESSOR_NEVER_STOPS = {
  id: 'fridge_compressor_never_stops',
  version: 2,
  promisedMs: 6 * HOUR_MS,
  applianceKind: 'fridge',
  name: { zh: '冰箱压缩机不停机', en: 'Fridge compressor never stops' },
  checkFirst: [
    { zh: '冰箱门是否关严，门封是否完好', en: 'Is the door shut, and is its seal whole?' },
    { zh: '是否刚放入大量常温食物，或开启了速冻', en: 'Was much warm food put in, or fast freezing switched on?' },
    {
      zh: '背后散热片是否积灰，通风是否被挡',
      en: 'Is the condenser at the back free of dust and of things in front of it?',
    },
    { zh: '温控器是否卡住或调到最冷', en: 'Is the thermostat stuck, or turned to the coldest?' },
    {
      zh: '若柜内不冷，可能缺制冷剂，请报修',
      en: 'If it is not cold inside, refrigerant may be lacking: call for repair',
    },
  ],
  source: `${OWN_MODEL}, rule F5: healthy runs reach 91 min in a heavy summer, a third of the capacity left 239 min.`,
  detector: {
    kind: 'long_phase',
    phase: 'run',
    minMs: 180 * MINUTE_MS,
    factor: 3,
    maxMs: 24 * HOUR_MS,
    // Its own normal is not known yet: a first cooling down takes some hours, and an inverter may run all day.
    unlearntMs: 20 * HOUR_MS,
    minCycles: 3,
    minRunW: 0,
    constantSpeedOnly: true,
    standbyPresent: false,
    severity: 'P3',
    escalate: [{ afterMs: 9 * HOUR_MS, severity: 'P2' }],
    holdMs: 0,
    clearMs: 10 * MINUTE_MS,
  },
} satisfies FaultRuleInput

const COMPRESSOR_NEVER_STARTS = {
  id: 'fridge_compressor_never_starts',
  version: 2,
  promisedMs: 20 * HOUR_MS,
  applianceKind: 'fridge',
  name: { zh: '冰箱压缩机不启动', en: 'Fridge compressor never starts' },
  checkFirst: [
    {
      zh: '插头是否插好，插座与漏电保护器是否有电',
      en: 'Is it plugged in, and do socket and residual-current breaker have power?',
    },
    { zh: '温控旋钮是否被关到“0”', en: 'Is the thermostat turned to “0”?' },
    {
      zh: '冬天室温过低时压缩机可能很久不启动：检查低温补偿开关',
      en: 'In a cold room it may rest for long: check the winter switch',
    },
    {
      zh: '听是否有“咔嗒”声：启动继电器或压缩机可能损坏',
      en: 'Listen for a click: the start relay or the compressor may be broken',
    },
  ],
  source: `${OWN_MODEL}, rule F2: healthy rests reach 84 min in summer and 695 min in a room of 6 to 12 °C; doubled without an inside sensor.`,
  detector: {
    kind: 'long_phase',
    phase: 'rest',
    minMs: 6 * HOUR_MS,
    factor: 5,
    maxMs: 24 * HOUR_MS,
    unlearntMs: 14 * HOUR_MS,
    byRoom: [
      { belowC: 8, minMs: null },
      { belowC: 14, minMs: 14 * HOUR_MS },
      { belowC: 20, minMs: 6 * HOUR_MS },
      { belowC: 100, minMs: 3 * HOUR_MS },
    ],
    minCycles: 1,
    minRunW: 0,
    constantSpeedOnly: true,
    // An inverter at its slowest takes little more than one that rests.
    restBelowShare: 0.12,
    standbyPresent: true,
    severity: 'P2',
    escalate: [],
    holdMs: 0,
    clearMs: 5 * MINUTE_MS,
  },
} satisfies FaultRuleInput

const START_FAILS = {
  id: 'fridge_start_fails',
  version: 1,
  promisedMs: 90 * MINUTE_MS,
  applianceKind: 'fridge',
  name: { zh: '冰箱压缩机启动失败', en: 'Fridge compressor fails to start' },
  checkFirst: [
    {
      zh: '听：嗡嗡约十秒后“咔嗒”断开，每隔几分钟重复',
      en: 'Listen: a buzz of ten seconds, a click, again every few minutes',
    },
    { zh: '量电压：低于 198 伏时压缩机起不来', en: 'Measure the voltage: below 198 V a compressor does not start' },
    { zh: '更换启动继电器（PTC）与启动电容', en: 'Replace the start relay (PTC) and the start capacitor' },
    {
      zh: '压缩机烫手说明卡死，请断电报修',
      en: 'A compressor too hot to touch is seized: switch off and call for repair',
    },
  ],
  source:
    'docs/domain.md 3.2, rule F3, after a public case of a locked rotor: click, ten seconds of buzzing, click, every two to three ' +
    'minutes. Seen only where the plug reports every few seconds or its highest power.',
  detector: {
    kind: 'failed_starts',
    count: 4,
    withinMs: 30 * MINUTE_MS,
    runMs: 10 * MINUTE_MS,
    severity: 'P1',
    escalate: [],
    holdMs: 0,
    clearMs: 0,
  },
} satisfies FaultRuleInput

const SHORT_CYCLING = {
  id: 'fridge_short_cycling',
  version: 1,
  promisedMs: 4 * HOUR_MS,
  applianceKind: 'fridge',
  name: { zh: '冰箱压缩机频繁启停', en: 'Fridge compressor cycles too fast' },
  checkFirst: [
    {
      zh: '散热片是否积灰，风扇是否转动（过热保护会频繁断开）',
      en: 'Is the condenser dusty or its fan still (the overload trips)?',
    },
    { zh: '量电压是否过低', en: 'Is the voltage too low?' },
    { zh: '温控器或温度探头是否松动', en: 'Is the thermostat or its probe loose?' },
  ],
  source: `${OWN_MODEL}, rule F4: a compressor runs 7 min and more and rests 5 min and more; six starts an hour of under 4 min are neither.`,
  detector: {
    kind: 'many_starts',
    perHour: 6,
    mostlyShort: true,
    clearPerHour: 4,
    minUsualRunMs: 5 * MINUTE_MS,
    severity: 'P3',
    escalate: [],
    holdMs: 0,
    clearMs: 2 * HOUR_MS,
  },
} satisfies FaultRuleInput

const RUNS_TOO_MUCH = {
  id: 'fridge_runs_too_much',
  version: 2,
  promisedMs: 14 * HOUR_MS,
  applianceKind: 'fridge',
  unless: ['fridge_compressor_never_stops', 'fridge_short_cycling'],
  name: { zh: '冰箱运转时间过长', en: 'Fridge runs far more than usual' },
  checkFirst: [
    { zh: '冰箱门是否虚掩，门封是否夹物', en: 'Is the door ajar, or something caught in its seal?' },
    { zh: '是否集中放入大量食物', en: 'Was much food put in at once?' },
    { zh: '清洁背后散热片，四周留空', en: 'Clean the condenser, leave room around it' },
    { zh: '柜内是否结厚冰，需要化霜', en: 'Is there thick ice inside? Let it thaw' },
  ],
  source: `${OWN_MODEL}, rule F5: a capacity of 35 % runs at 62 % where 23 to 40 % is healthy; over six hours healthy ones on public smart plugs reached 1.8 times their usual share.`,
  detector: {
    kind: 'high_duty',
    hours: 6,
    thirdsShare: 0.6,
    floorPct: 40,
    factor: 2,
    clearFactor: 1.4,
    byBand: false,
    constantSpeedOnly: true,
    severity: 'P3',
    escalate: [],
    holdMs: 2 * HOUR_MS,
    clearMs: 3 * HOUR_MS,
  },
} satisfies FaultRuleInput

const DOOR_OPEN = {
  id: 'fridge_door_open',
  version: 2,
  promisedMs: 24 * HOUR_MS,
  applianceKind: 'fridge',
  unless: ['fridge_compressor_never_stops', 'fridge_short_cycling', 'fridge_runs_too_much'],
  name: { zh: '冰箱门可能没关', en: 'Fridge door probably open' },
  checkFirst: [
    { zh: '关好冰箱门，看是否有东西顶住', en: 'Shut the door; is something in its way?' },
    { zh: '门封是否变形或脱落', en: 'Is the seal bent or loose?' },
    { zh: '检查食物，超过 8 ℃ 两小时以上的请丢弃', en: 'Check the food: throw away what was above 8 °C for over 2 h' },
  ],
  source: `${OWN_MODEL}, rule F6: a door ajar runs at 52 % where 23 % is healthy, with rests under 30 min. Judged at night, when nobody opens it.`,
  detector: {
    kind: 'high_duty',
    // Over five hours healthy ones on public smart plugs reached 1.84 times their usual share.
    hours: 5,
    thirdsShare: 0.75,
    floorPct: 40,
    factor: 2.1,
    clearFactor: 1.3,
    between: { fromHour: 22, toHour: 7 },
    byBand: true,
    constantSpeedOnly: true,
    severity: 'P2',
    escalate: [],
    holdMs: 0,
    clearMs: HOUR_MS,
  },
} satisfies FaultRuleInput

const DRIFT = {
  id: 'fridge_duty_drift',
  version: 1,
  promisedMs: 72 * HOUR_MS,
  applianceKind: 'fridge',
  unless: ['fridge_compressor_never_stops', 'fridge_short_cycling', 'fridge_runs_too_much', 'fridge_door_open'],
  name: { zh: '冰箱能力逐渐下降', en: 'Fridge slowly loses capacity' },
  checkFirst: [
    { zh: '清洁散热片与风扇', en: 'Clean condenser and fan' },
    { zh: '门封是否老化漏气', en: 'Is the seal old and leaking?' },
    { zh: '柜内结霜是否过厚', en: 'Is there too much frost inside?' },
    { zh: '可能缺制冷剂，请预约检修', en: 'Refrigerant may be leaking: arrange a check' },
  ],
  source:
    `${OWN_MODEL}, rule F5, slow form: over two days a healthy one reaches 1.22 of what is expected for the room, one with 55 % ` +
    'capacity 1.39 to 1.76. Without the room’s temperature a heat wave looks the same, so twice the usual is asked for.',
  detector: {
    kind: 'high_duty',
    hours: 48,
    thirdsShare: 0,
    floorPct: 40,
    factor: 2,
    withRoom: { floorPct: 20, factor: 1.4 },
    clearFactor: 1.25,
    byBand: false,
    constantSpeedOnly: true,
    severity: 'P3',
    escalate: [],
    holdMs: 6 * HOUR_MS,
    clearMs: 24 * HOUR_MS,
  },
} satisfies FaultRuleInput

/** What can be wrong with a fridge’s cooling, by how its compressor runs. */
export const FRIDGE_COMPRESSOR_RULES: readonly FaultRuleInput[] = [
  COMPRESSOR_NEVER_STOPS,
  COMPRESSOR_NEVER_STARTS,
  START_FAILS,
  SHORT_CYCLING,
  RUNS_TOO_MUCH,
  DOOR_OPEN,
  DRIFT,
]
