import type { Display } from '@harbor/protocol'

type State = Display['station']['opening']['state']
type Space = Display['station']['space']['state']
type Appliance = Display['station']['appliances'][number]

/** Every text of the display. */
export interface DisplayTexts {
  locale: string
  opening: Readonly<Record<State, string>>
  until: (at: string) => string
  from: (at: string) => string
  now: string
  room: string
  space: Readonly<Record<Space, string>>
  people: (count: number) => string
  inside: string
  outside: string
  appliances: string
  kind: Readonly<Record<Appliance['kind'], string>>
  state: Readonly<Record<Appliance['state'], string>>
  heat: string
  signal: Readonly<Record<NonNullable<Display['heatSignal']>, string>>
  advice: string
  old: (minutes: number) => string
  wrongAddress: string
  noNetwork: string
}

export const ZH: DisplayTexts = {
  locale: 'zh-CN',
  opening: { open: '开放中', closing_soon: '即将关门', closed: '已关门', unknown: '以现场为准' },
  until: at => `至 ${at}`,
  from: at => `${at} 开门`,
  now: '现在',
  room: '空位',
  space: { free: '有空位', limited: '空位不多', full: '已满', unknown: '未知' },
  people: count => `${count} 人`,
  inside: '室内',
  outside: '室外',
  appliances: '设备',
  kind: {
    fridge: '冰箱',
    air_conditioner: '空调',
    microwave: '微波炉',
    water_dispenser: '饮水机',
  },
  state: { working: '可用', faulty: '故障', unknown: '未知' },
  heat: '高温提醒',
  signal: { yellow: '高温黄色预警', orange: '高温橙色预警', red: '高温红色预警' },
  advice: '多喝水，少量多次；进站休息降温。头晕、恶心、停止出汗时立即告诉身边的人，并拨打 120。',
  old: minutes => `网络中断，以下是 ${minutes} 分钟前的信息`,
  wrongAddress: '这个地址不对。请站长在控制台重新打开本站的屏幕地址。',
  noNetwork: '暂时没有网络，正在重试。',
}

export const EN: DisplayTexts = {
  locale: 'en',
  opening: { open: 'Open', closing_soon: 'Closing soon', closed: 'Closed', unknown: 'See at the door' },
  until: at => `until ${at}`,
  from: at => `opens ${at}`,
  now: 'Now',
  room: 'Room',
  space: { free: 'Seats free', limited: 'Few seats left', full: 'Full', unknown: 'Not known' },
  people: count => (count === 1 ? '1 person' : `${count} people`),
  inside: 'Inside',
  outside: 'Outside',
  appliances: 'Appliances',
  kind: {
    fridge: 'Fridge',
    air_conditioner: 'Air conditioner',
    microwave: 'Microwave',
    water_dispenser: 'Water',
  },
  state: { working: 'works', faulty: 'broken', unknown: 'not known' },
  heat: 'In the heat',
  signal: { yellow: 'Yellow heat warning', orange: 'Orange heat warning', red: 'Red heat warning' },
  advice:
    'Drink often, a little at a time; come in and cool down. If you are dizzy, sick or no longer sweat, tell somebody at once and call 120.',
  old: minutes => `No network: this is from ${minutes} minutes ago`,
  wrongAddress: 'This address is wrong. Please let the keeper open the display anew from the console.',
  noNetwork: 'No network right now; trying again.',
}
