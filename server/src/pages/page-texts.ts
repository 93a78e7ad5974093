import type { ApplianceKind, FACILITIES } from '@harbor/protocol'
import type { PageLanguage } from './page-language.ts'

/** What the pages made here say. Functions where a value stands in the sentence. */
export interface PageTexts {
  brand: string
  otherLanguage: string
  listTitle: string
  listLead: string
  noDistricts: string
  count: (stations: number) => string
  district: (name: string) => string
  /** @param time a time of day */
  asOf: (time: string) => string
  toDistricts: string
  saidAndDone: string
  toFinder: string
  page: (page: number, pages: number) => string
  previous: string
  next: string
  address: string
  today: string
  closedFor: string
  openData: string
  allDay: string
  closedToday: string
  unstaffed: string
  hoursUnknown: string
  now: Readonly<Record<'open' | 'closing_soon' | 'closed' | 'no_hours' | 'not_confirmed' | 'said_shut', string>>
  byHours: string
  until: (time: string) => string
  appliances: string
  facilities: string
  /** The way to what visitors said and what became of it. */
  said: string
  appliance: Readonly<Record<ApplianceKind, string>>
  state: Readonly<Record<'working' | 'faulty' | 'unknown', string>>
  facility: Readonly<Record<(typeof FACILITIES)[number], string>>
  phone: string
  door: string
  way: string
  map: Readonly<Record<'amap' | 'baidu' | 'tencent' | 'apple', string>>
  missing: string
  description: (place: string, parts: readonly string[]) => string
  siteDescription: string
  join: string
}

const zh: PageTexts = {
  brand: '劳动者港湾',
  otherLanguage: 'English',
  listTitle: '按区县列出的港湾',
  listLead: '不需要 JavaScript 的列表。点一个区县，看那里的港湾、今天的时间和怎么去。',
  noDistricts: '这里还没有港湾。',
  count: stations => `${stations} 座`,
  district: name => `${name}的港湾`,
  asOf: time => `以下是 ${time} 的情况；重新载入看最新的。`,
  toDistricts: '所有区县',
  saidAndDone: '您说，我们做',
  toFinder: '有地图、能按距离找的页面',
  page: (page, pages) => `第 ${page} 页，共 ${pages} 页`,
  previous: '上一页',
  next: '下一页',
  address: '地址',
  today: '今天',
  closedFor: '暂停开放的原因',
  openData: '开放数据（GeoJSON）',
  allDay: '全天',
  closedToday: '不开放',
  unstaffed: '无人值守',
  hoursUnknown: '没有公布时间',
  now: {
    open: '开放中',
    closing_soon: '即将关门',
    closed: '已关门',
    no_hours: '开放情况未知',
    not_confirmed: '按时间应开放，但没有开门的迹象',
    said_shut: '按时间应开放，但到过的人说没开',
  },
  byHours: '只按公布的时间',
  until: time => `到 ${time}`,
  appliances: '电器',
  facilities: '还有',
  said: '大家说、我们做',
  appliance: { fridge: '冰箱', air_conditioner: '空调', microwave: '微波炉', water_dispenser: '饮水机' },
  state: { working: '可用', faulty: '故障', unknown: '未知' },
  facility: {
    seating: '座椅',
    toilet: '厕所',
    charging: '手机充电',
    nursing_room: '母婴室',
    wheelchair: '无障碍',
    night: '夜间开放',
    tricycle_parking: '三轮车停放',
    medicine_box: '药箱',
    wifi: '无线网络',
  },
  phone: '电话',
  door: '门在哪里',
  way: '用地图去',
  map: { amap: '高德', baidu: '百度', tencent: '腾讯', apple: '苹果' },
  missing: '没有这个区县的港湾',
  description: (place, parts) => `${place}：劳动者可以休息、喝水、热饭的地方。${parts.join('；')}。`,
  siteDescription: '附近可以休息、喝水、热饭的劳动者港湾：现在是否开放、有没有空位。',
  join: '、',
}

const en: PageTexts = {
  brand: "Workers' Harbor",
  otherLanguage: '中文',
  listTitle: 'Stations by district',
  listLead: 'A list without JavaScript. Choose a district for its stations, their hours today and the way there.',
  noDistricts: 'There are no stations here yet.',
  count: stations => (stations === 1 ? '1 station' : `${stations} stations`),
  district: name => `Stations in ${name}`,
  asOf: time => `This is how it was at ${time}; load the page again for news.`,
  toDistricts: 'All districts',
  saidAndDone: 'You said, we did',
  toFinder: 'The page with a map and distances',
  page: (page, pages) => `Page ${page} of ${pages}`,
  previous: 'Previous page',
  next: 'Next page',
  address: 'Address',
  today: 'Today',
  closedFor: 'Closed because',
  openData: 'Open data (GeoJSON)',
  allDay: 'all day',
  closedToday: 'closed',
  unstaffed: 'nobody there',
  hoursUnknown: 'no hours are posted',
  now: {
    open: 'Open',
    closing_soon: 'Closing soon',
    closed: 'Closed',
    no_hours: 'Opening not known',
    not_confirmed: 'Should be open, but no sign of it is seen',
    said_shut: 'Should be open, but a visitor says that it is not',
  },
  byHours: 'by posted hours alone',
  until: time => `until ${time}`,
  appliances: 'Appliances',
  facilities: 'Also here',
  said: 'You said, we did',
  appliance: {
    fridge: 'Fridge',
    air_conditioner: 'Cooling',
    microwave: 'Microwave',
    water_dispenser: 'Water',
  },
  state: { working: 'works', faulty: 'broken', unknown: 'not known' },
  facility: {
    seating: 'seats',
    toilet: 'toilet',
    charging: 'phone charging',
    nursing_room: 'nursing room',
    wheelchair: 'step-free',
    night: 'open at night',
    tricycle_parking: 'tricycle parking',
    medicine_box: 'medicine box',
    wifi: 'Wi-Fi',
  },
  phone: 'Phone',
  door: 'Where the door is',
  way: 'Way there',
  map: { amap: 'Amap', baidu: 'Baidu', tencent: 'Tencent', apple: 'Apple' },
  missing: 'No stations in this district',
  description: (place, parts) => `${place}: a place for workers to rest, drink and warm a meal. ${parts.join('; ')}.`,
  siteDescription: 'Rest stations for outdoor workers near you: open now, with room.',
  join: ', ',
}

export const PAGE_TEXTS: Readonly<Record<PageLanguage, PageTexts>> = { zh, en }
