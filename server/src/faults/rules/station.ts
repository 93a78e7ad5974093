import type { FaultRuleInput } from '../rule-schema.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const LATENESS_MS = 30 * SECOND_MS

const ROOM = {
  kind: 'sustained' as const,
  smoothMs: 5 * MINUTE_MS,
  maxGapMs: 10 * MINUTE_MS,
  minGapMs: LATENESS_MS,
  latenessMs: LATENESS_MS,
}

/** Only while people may come in; stations without posted hours are taken as open. */
const WHILE_OPEN = { signal: 'open', beyond: 'above', threshold: 0.5, unknown: 'holds' } as const

const HEAT_TEXTS = [
  { zh: '空调是否打开、是否制冷', en: 'Is the air conditioner on, does it cool?' },
  { zh: '请体弱者转到其他驿站', en: 'Send weak people to another station' },
  { zh: '提供饮水，关注中暑症状', en: 'Offer water, watch for heat stroke' },
]

/** An event sensor says what is so when it changes, and once in a while: silence between is none. */
const EVENT = { kind: 'sustained' as const, smoothMs: 1, maxGapMs: 50 * HOUR_MS, minGapMs: 50 * HOUR_MS, latenessMs: 0 }

/** What can be wrong with the room, and what must be told at once. */
export const STATION_RULES: readonly FaultRuleInput[] = [
  {
    id: 'room_too_hot',
    version: 1,
    promisedMs: 90 * MINUTE_MS,
    applianceKind: 'station',
    name: { zh: '室内过热', en: 'Room too hot' },
    checkFirst: HEAT_TEXTS,
    source: 'docs/domain.md 3.8, rule E1: above 30 °C for 30 min while open, graver above 33 °C.',
    detector: {
      ...ROOM,
      metric: 'temperature',
      gates: [WHILE_OPEN],
      raise: [{ beyond: 'above', threshold: 30, holdMs: 30 * MINUTE_MS }],
      severity: 'P2',
      escalate: [{ beyond: 'above', threshold: 33, holdMs: 20 * MINUTE_MS, severity: 'P1' }],
      clear: { beyond: 'below', threshold: 29, holdMs: 20 * MINUTE_MS },
    },
  },
  {
    id: 'room_heat_danger',
    version: 1,
    promisedMs: 75 * MINUTE_MS,
    applianceKind: 'station',
    name: { zh: '室内闷热危险', en: 'Heat danger inside' },
    checkFirst: HEAT_TEXTS,
    source:
      'Heat index of the US National Weather Service: from 41 °C (105 °F) heat stroke is possible, from 54 °C (130 °F) likely. ' +
      'Held 20 min as rule E1 of docs/domain.md 3.8.',
    detector: {
      ...ROOM,
      metric: 'temperature',
      derived: 'heat_index',
      gates: [WHILE_OPEN],
      raise: [{ beyond: 'above', threshold: 41, holdMs: 20 * MINUTE_MS }],
      severity: 'P1',
      escalate: [{ beyond: 'above', threshold: 54, holdMs: 10 * MINUTE_MS, severity: 'P0' }],
      clear: { beyond: 'below', threshold: 38, holdMs: 20 * MINUTE_MS },
    },
  },
  {
    id: 'room_fire_heat',
    version: 1,
    promisedMs: 45 * MINUTE_MS,
    applianceKind: 'station',
    name: { zh: '室内异常高温（疑似起火）', en: 'Room as hot as a fire' },
    checkFirst: [
      { zh: '立即联系现场人员，必要时拨打 119', en: 'Call somebody on site at once, and 119 if need be' },
      { zh: '切断插座电源', en: 'Switch the plugs off' },
      { zh: '传感器是否被太阳直晒', en: 'Does the sun shine on the sensor?' },
    ],
    source: 'docs/domain.md 3.8: above 50 °C. Five minutes, for annexes under the roof come near it in summer.',
    detector: {
      ...ROOM,
      metric: 'temperature',
      raise: [{ beyond: 'above', threshold: 50, holdMs: 5 * MINUTE_MS }],
      severity: 'P1',
      escalate: [],
      clear: { beyond: 'below', threshold: 45, holdMs: 20 * MINUTE_MS },
      maxGapMs: 5 * MINUTE_MS,
    },
  },
  {
    id: 'room_too_cold',
    version: 1,
    promisedMs: 2.5 * HOUR_MS,
    applianceKind: 'station',
    name: { zh: '室内过冷', en: 'Room too cold' },
    checkFirst: [
      { zh: '空调是否开在制热', en: 'Is the air conditioner on, and set to heating?' },
      { zh: '门窗是否关好', en: 'Are doors and windows shut?' },
    ],
    source: 'docs/domain.md 3.8, rule E1: below 12 °C for an hour while open.',
    detector: {
      ...ROOM,
      metric: 'temperature',
      gates: [{ ...WHILE_OPEN, unknown: 'fails' }],
      raise: [{ beyond: 'below', threshold: 12, holdMs: HOUR_MS }],
      severity: 'P3',
      escalate: [],
      clear: { beyond: 'above', threshold: 13, holdMs: 30 * MINUTE_MS },
    },
  },
  {
    id: 'room_damp',
    version: 1,
    promisedMs: 60 * HOUR_MS,
    applianceKind: 'station',
    name: { zh: '室内潮湿易发霉', en: 'Room damp, mould may grow' },
    checkFirst: [
      { zh: '通风或开除湿', en: 'Air the room or switch to dry' },
      { zh: '是否漏水', en: 'Does water leak?' },
    ],
    source:
      'docs/domain.md 3.8: above 80 % for 6 h is a hint; two days here, for whole weeks of a Chongqing spring are damp.',
    detector: {
      ...ROOM,
      metric: 'humidity',
      raise: [{ beyond: 'above', threshold: 85, holdMs: 48 * HOUR_MS }],
      severity: 'P3',
      escalate: [],
      clear: { beyond: 'below', threshold: 75, holdMs: 2 * HOUR_MS },
      maxGapMs: 30 * MINUTE_MS,
    },
  },
  {
    id: 'leak',
    version: 1,
    promisedMs: HOUR_MS,
    applianceKind: 'any',
    name: { zh: '漏水', en: 'Water leak' },
    checkFirst: [
      { zh: '关进水阀，饮水机断电', en: 'Shut the water valve, switch the dispenser off' },
      {
        zh: '是否在拖地，或冰箱、空调冷凝水',
        en: 'Is somebody mopping, or is it condensate of fridge or air conditioner?',
      },
      { zh: '检查饮水机水桶、接头和排水', en: 'Check the dispenser’s bottle, joints and drain' },
    ],
    source: 'docs/domain.md 3.8, rule L1; battery sensors tell of a change once, so the first word counts.',
    detector: {
      ...EVENT,
      metric: 'leak',
      raise: [{ beyond: 'above', threshold: 0.5, holdMs: 0 }],
      severity: 'P2',
      escalate: [{ beyond: 'above', threshold: 0.5, holdMs: 3 * MINUTE_MS, severity: 'P1' }],
      clear: { beyond: 'below', threshold: 0.5, holdMs: 15 * MINUTE_MS },
    },
  },
  {
    id: 'smoke',
    version: 1,
    promisedMs: HOUR_MS,
    applianceKind: 'any',
    name: { zh: '烟雾报警', en: 'Smoke alarm' },
    checkFirst: [
      { zh: '确认是否起火：立即联系现场人员，拨打 119', en: 'Is there a fire? Call somebody on site at once, and 119' },
      { zh: '微波炉食物是否烧焦', en: 'Has food burnt in the microwave?' },
      {
        zh: '水汽、吸烟、昆虫也会误报：仍须到场确认',
        en: 'Steam, cigarettes and insects set it off too: somebody must look all the same',
      },
    ],
    source:
      'docs/domain.md 3.8: at once, whatever the hour. Quiet for a day, within which it must test itself (GB 20517).',
    detector: {
      ...EVENT,
      metric: 'smoke',
      raise: [{ beyond: 'above', threshold: 0.5, holdMs: 0 }],
      severity: 'P0',
      escalate: [],
      clear: { beyond: 'below', threshold: 0.5, holdMs: 24 * HOUR_MS },
    },
  },
  {
    id: 'people_after_closing',
    version: 1,
    promisedMs: 2 * HOUR_MS,
    applianceKind: 'station',
    name: { zh: '关门后仍显示有人', en: 'People counted in a closed station' },
    checkFirst: [
      { zh: '室内是否还有人', en: 'Is somebody still inside?' },
      { zh: '人数未归零：重置客流计', en: 'The count has drifted: reset the counter' },
      { zh: '开放时间是否有误', en: 'Are the posted hours wrong?' },
    ],
    source:
      'docs/domain.md 3.7: a count is to be back at zero an hour after closing; off by one, and it is off the whole day.',
    detector: {
      kind: 'sustained',
      metric: 'people',
      gates: [{ signal: 'open', beyond: 'below', threshold: 0.5, unknown: 'fails' }],
      raise: [{ beyond: 'above', threshold: 0.5, holdMs: HOUR_MS }],
      severity: 'P3',
      escalate: [],
      clear: { beyond: 'below', threshold: 0.5, holdMs: 0 },
      smoothMs: 5 * MINUTE_MS,
      maxGapMs: 30 * MINUTE_MS,
      minGapMs: 30 * MINUTE_MS,
      latenessMs: LATENESS_MS,
    },
  },
  {
    id: 'people_never_zero',
    version: 1,
    promisedMs: 80 * HOUR_MS,
    applianceKind: 'station',
    name: { zh: '人数从不归零', en: 'Count of people never returns to zero' },
    checkFirst: [
      { zh: '重置客流计，检查遮挡与安装高度', en: 'Reset the counter; is it covered, is it high enough?' },
      { zh: '是否确有人整夜停留', en: 'Does somebody really stay all night?' },
    ],
    source:
      'docs/domain.md 3.7: by evening the count is off by 2.7 people; three days without an empty moment are no room but a drift.',
    detector: {
      kind: 'sustained',
      metric: 'people',
      raise: [{ beyond: 'above', threshold: 0.5, holdMs: 72 * HOUR_MS }],
      severity: 'P3',
      escalate: [],
      clear: { beyond: 'below', threshold: 0.5, holdMs: 0 },
      smoothMs: 5 * MINUTE_MS,
      maxGapMs: 2 * HOUR_MS,
      minGapMs: 30 * MINUTE_MS,
      latenessMs: LATENESS_MS,
    },
  },
  {
    id: 'people_counter_drift',
    version: 1,
    promisedMs: 26 * HOUR_MS,
    applianceKind: 'station',
    name: { zh: '进出人数不符', en: 'More people counted in than out' },
    checkFirst: [
      { zh: '探头是否被遮挡、晒到太阳', en: 'Is the sensor covered, or in the sun?' },
      { zh: '是否有第二个出入口', en: 'Is there a second door?' },
      { zh: '重新校准方向', en: 'Calibrate its direction anew' },
    ],
    source: 'docs/domain.md 3.7: more than 20 % and more than 10 people apart in a day.',
    detector: {
      kind: 'imbalance',
      metric: 'people_in',
      by: 10,
      share: 0.2,
      severity: 'P3',
      latenessMs: LATENESS_MS,
    },
  },
  {
    id: 'people_counter_dead',
    version: 1,
    promisedMs: 8 * HOUR_MS,
    applianceKind: 'station',
    name: { zh: '客流计不计数', en: 'People counter counts nobody' },
    checkFirst: [
      { zh: '探头是否被遮挡、移位或结露', en: 'Is the sensor covered, moved or misted over?' },
      { zh: '重启客流计', en: 'Switch the counter off and on' },
      { zh: '是否只有管理员开门整理', en: 'Was it only the keeper, cleaning?' },
    ],
    source:
      'docs/domain.md 3.7: nobody counted for 3 open hours while the door moved five times. Eight openings within 6 h, five minutes apart, ' +
      'for a keeper who cleans opens it, too.',
    detector: {
      kind: 'dead_counter',
      metric: 'people',
      severity: 'P3',
      latenessMs: LATENESS_MS,
      openings: 8,
      withinMs: 6 * HOUR_MS,
      apartMs: 5 * MINUTE_MS,
      holdMs: 3 * HOUR_MS,
      maxGapMs: 30 * MINUTE_MS,
    },
  },
  {
    id: 'station_not_opened',
    version: 2,
    promisedMs: 2.5 * HOUR_MS,
    applianceKind: 'station',
    name: { zh: '到点未开门', en: 'Not opened by its posted hours' },
    checkFirst: [
      { zh: '联系该站负责人：今天是否停开', en: 'Call the station’s keeper: is it shut today?' },
      { zh: '若停开，请更正公布的开放时间', en: 'If it is, correct the posted hours' },
      { zh: '门磁是否脱落或没电', en: 'Has the door’s contact come off, or its battery run out?' },
    ],
    source:
      'docs/domain.md 3.7, rule D1: not opened after the posted opening, graver later. 105 min instead of 15, within which somebody comes ' +
      'or looks in a second time: one lost word of the contact is one in a hundred mornings. People inside count, and a door opened up to an ' +
      'hour early.',
    detector: {
      kind: 'never_opened',
      metric: 'temperature',
      severity: 'P2',
      latenessMs: LATENESS_MS,
      holdMs: 105 * MINUTE_MS,
      earlyMs: HOUR_MS,
      escalate: [{ afterMs: 45 * MINUTE_MS, severity: 'P1' }],
      maxGapMs: 40 * MINUTE_MS,
    },
  },
  {
    id: 'door_open_after_closing',
    version: 1,
    promisedMs: 4 * HOUR_MS,
    applianceKind: 'station',
    name: { zh: '关门时间后门仍开着', en: 'Door open in a closed station' },
    checkFirst: [
      { zh: '联系该站负责人锁门', en: 'Ask the station’s keeper to lock it' },
      { zh: '门磁是否脱落', en: 'Has the door’s contact come off?' },
      { zh: '开放时间是否有误', en: 'Are the posted hours wrong?' },
    ],
    source:
      'docs/domain.md 3.7, rule D2: open after closing, with nobody counted inside. 135 min instead of 30: a contact says its state once an ' +
      'hour at least, so that two lost words are put right before.',
    detector: {
      kind: 'sustained',
      metric: 'people',
      gates: [
        { signal: 'open', beyond: 'below', threshold: 0.5, unknown: 'fails' },
        { signal: 'door', beyond: 'above', threshold: 0.5, unknown: 'fails' },
      ],
      raise: [{ beyond: 'below', threshold: 0.5, holdMs: 135 * MINUTE_MS }],
      severity: 'P3',
      escalate: [],
      clear: { beyond: 'above', threshold: 0.5, holdMs: 0 },
      smoothMs: 5 * MINUTE_MS,
      maxGapMs: 10 * MINUTE_MS,
      minGapMs: 10 * MINUTE_MS,
      latenessMs: LATENESS_MS,
    },
  },
]
