/** How a usage figure is written: a number of things, hours, kWh, money, kilograms, or a share from 0 to 1. */
export type UsageUnit = 'count' | 'hours' | 'kWh' | 'fen' | 'kg' | 'share'

/** What a figure of use or energy means and how sure it is, in the words of screen, download and handbook alike. */
export interface UsageDefinition {
  unit: UsageUnit
  nameZh: string
  nameEn: string
  textZh: string
  textEn: string
  /** How far the truth may lie below and above, as shares of the value, with where that comes from in `bandZh` and `bandEn`. */
  below: number
  above: number
  bandZh: string
  bandEn: string
  /** Days cannot be added up: the greatest of them is told. */
  isPeak?: true
}

/** Figures of use and energy, in the order in which they are shown and exported. */
export const USAGE_FIGURES = [
  'visits',
  'peopleHours',
  'peakPeople',
  'checkIns',
  'postedHours',
  'openHours',
  'microwaveStarts',
  'waterKWh',
  'fridgeOpenings',
  'energyKWh',
  'fridgeKWh',
  'coolingKWh',
  'microwaveKWh',
  'otherKWh',
  'wasteCoolingKWh',
  'wasteHeatingKWh',
  'costFen',
  'co2Kg',
] as const
export type UsageFigure = (typeof USAGE_FIGURES)[number]

const COUNTER = {
  below: 0.15,
  above: 0.15,
  bandZh: '±15%：门口计数器的准确率为 85% 至 95%，取较差的一端；同一批计数器的偏差不会相互抵消。',
  bandEn:
    '±15 %: counters at doors are right for 85 to 95 % of people; the worse end is taken, for errors of one make do not cancel out.',
}
const METER = {
  below: 0.02,
  above: 0.02,
  bandZh: '±2%（自定）：智能插座电能计量的误差。',
  bandEn: '±2 % (chosen): the error of a smart plug’s meter.',
}
const EXACT = {
  below: 0,
  above: 0,
  bandZh: '按记录计数，无误差带。',
  bandEn: 'Counted from records; no error band.',
}

/** One definition for each figure: what the code computes, in words. */
export const USAGE_DEFINITIONS: Readonly<Record<UsageFigure, UsageDefinition>> = {
  visits: {
    unit: 'count',
    nameZh: '到访人次',
    nameEn: 'Visits',
    textZh: '（进 + 出）÷ 2，按双向计数器；只有在场人数的站点，以人数的上升之和计（同一分钟内一进一出不会被看到）。',
    textEn:
      '(in + out) / 2 by a counter of both directions; where only the people inside are counted, the sum of all rises of the count (who comes as another leaves is not seen).',
    ...COUNTER,
  },
  peopleHours: {
    unit: 'hours',
    nameZh: '停留人时',
    nameEn: 'People-hours',
    textZh: '在场人数对时间的积分；一个读数最多有效 10 分钟。没有在场人数读数的站点不计。',
    textEn:
      'People inside, added up over time; a reading holds for 10 minutes at most. Only where people inside are counted.',
    below: 0.3,
    above: 0.3,
    bandZh: '±30%（自定）：漏计一人离开，其后的在场人数都偏高。',
    bandEn: '±30 % (chosen): one who was missed leaving is counted as inside from then on.',
  },
  peakPeople: {
    unit: 'count',
    nameZh: '峰值在场人数',
    nameEn: 'Peak occupancy',
    textZh: '任一站点同一时刻在场人数的最大值。',
    textEn: 'The most people inside any one station at once.',
    ...COUNTER,
    isPeak: true,
  },
  checkIns: {
    unit: 'count',
    nameZh: '签到人次',
    nameEn: 'Check-ins',
    textZh: '每位访客每小时最多计一次的扫码或刷卡签到。多数人不签到，不能当作到访人次。',
    textEn:
      'Check-ins by code or card, each visitor once an hour at most. Most visitors do not check in: these are no visits.',
    ...EXACT,
  },
  postedHours: {
    unit: 'hours',
    nameZh: '公示开放时长',
    nameEn: 'Posted hours',
    textZh: '按公示时间（含节假日与临时变更）应开放的小时数。',
    textEn: 'Hours for which stations should be open by what is posted, holidays and changes included.',
    ...EXACT,
  },
  openHours: {
    unit: 'hours',
    nameZh: '实测开放时长',
    nameEn: 'Observed open hours',
    textZh:
      '当日首次与末次人员活动迹象（开门、人员、微波炉；没有门磁的站点另计空调被人打开和签到）之间、公示时间之内的小时数；没有任何迹象来源的站点不计。',
    textEn:
      'Posted hours between the day’s first and last sign of life (door, people, microwave; where there is no door contact also an air conditioner that is switched on, and check-ins), to the quarter of an hour. Stations where nothing tells have none.',
    below: 0.05,
    above: 0.05,
    bandZh: '±5%（自定）：迹象以 15 分钟为单位。',
    bandEn: '±5 % (chosen): signs are placed to the quarter of an hour.',
  },
  microwaveStarts: {
    unit: 'count',
    nameZh: '微波炉使用次数',
    nameEn: 'Microwave starts',
    textZh: '功率由低于到不低于加热阈值的次数，按分钟计；一分钟内两次算一次。',
    textEn: 'How often its power rose to the heating level, minute by minute; two starts within a minute are one.',
    below: 0,
    above: 0.05,
    bandZh: '−0 / +5%（自定）：一分钟内的第二次不计。',
    bandEn: '−0 / +5 % (chosen): a second start within a minute is not seen.',
  },
  waterKWh: {
    unit: 'kWh',
    nameZh: '饮水机用电',
    nameEn: 'Hot water, energy',
    textZh: '饮水机用电量。未测水量，故不报升数。',
    textEn: 'What water dispensers took. Litres are not measured and so not told.',
    ...METER,
  },
  fridgeOpenings: {
    unit: 'count',
    nameZh: '冰箱开门次数',
    nameEn: 'Fridge openings',
    textZh: '仅限装有冰箱门磁的站点：门由关到开的次数。',
    textEn: 'Only where a contact is on the fridge’s door: how often it went from shut to open.',
    below: 0.05,
    above: 0.05,
    bandZh: '±5%（自定）：门磁抖动。',
    bandEn: '±5 % (chosen): contacts bounce.',
  },
  energyKWh: {
    unit: 'kWh',
    nameZh: '用电量',
    nameEn: 'Energy',
    textZh: '各电表（插座）累计读数的上升之和；电表复位后从零计起。未装表的设备不计。',
    textEn:
      'How far the plugs’ counters rose; after a reset a counter begins at zero. What has no meter is not counted.',
    ...METER,
  },
  fridgeKWh: {
    unit: 'kWh',
    nameZh: '冰箱用电',
    nameEn: 'Fridges, energy',
    textZh: '其中冰箱。',
    textEn: 'Of it fridges.',
    ...METER,
  },
  coolingKWh: {
    unit: 'kWh',
    nameZh: '空调用电',
    nameEn: 'Air conditioners, energy',
    textZh: '其中空调。',
    textEn: 'Of it air conditioners.',
    ...METER,
  },
  microwaveKWh: {
    unit: 'kWh',
    nameZh: '微波炉用电',
    nameEn: 'Microwaves, energy',
    textZh: '其中微波炉。',
    textEn: 'Of it microwaves.',
    ...METER,
  },
  otherKWh: {
    unit: 'kWh',
    nameZh: '其他用电',
    nameEn: 'Other energy',
    textZh: '其中不属于某一设备的电表。',
    textEn: 'Of it meters that are on no appliance.',
    ...METER,
  },
  wasteCoolingKWh: {
    unit: 'kWh',
    nameZh: '关门时空调用电',
    nameEn: 'Cooling while closed',
    textZh: '整点小时内公示全部关闭时，空调所用的电；公示时间未知的站点不计。',
    textEn:
      'What air conditioners took in hours that lie wholly outside of the posted hours; none where no hours are known.',
    ...METER,
  },
  wasteHeatingKWh: {
    unit: 'kWh',
    nameZh: '关门时热水用电',
    nameEn: 'Heating water while closed',
    textZh: '整点小时内公示全部关闭时，饮水机所用的电；公示时间未知的站点不计。',
    textEn:
      'What water dispensers took in hours that lie wholly outside of the posted hours; none where no hours are known.',
    ...METER,
  },
  costFen: {
    unit: 'fen',
    nameZh: '电费',
    nameEn: 'Cost of energy',
    textZh: '每小时用电量 × 本区当时的分时电价。',
    textEn: 'Each hour’s energy at the district’s tariff for that hour.',
    ...METER,
  },
  co2Kg: {
    unit: 'kg',
    nameZh: '二氧化碳排放',
    nameEn: 'CO2',
    textZh: '用电量 × 本区设定的电网排放因子。',
    textEn: 'Energy times the grid’s emission factor that is set for the district.',
    ...METER,
  },
}

/** Why a day is doubted. `above_median`: more than three times the median of the 28 days before. `imbalance`: in and out differ by over 20 %, and by more than 10 people. */
export const USAGE_DOUBTS = ['above_median', 'imbalance'] as const
export type UsageDoubt = (typeof USAGE_DOUBTS)[number]

/** Figures that a manager may set by hand, with a reason. */
export const EDITABLE_FIGURES = ['visits', 'peopleHours', 'peakPeople', 'microwaveStarts'] as const
export type EditableFigure = (typeof EDITABLE_FIGURES)[number]
