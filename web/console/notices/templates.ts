import type { NoticeView } from '@harbor/protocol'

/** What an order begins with. Orders are written in both languages, so a template has both. */
export interface NoticeTemplate {
  id: string
  nameZh: string
  nameEn: string
  kind: NoticeView['kind']
  severity: NoticeView['severity']
  titleZh: string
  titleEn: string
  textZh: string
  textEn: string
  isPublic: boolean
  needsPhoto: boolean
  /** Hours that go with it. */
  hours?: { openFrom: string; openUntil: string }
}

/** The measures follow docs/domain.md 4 (H1 to H3, C1). */
export const NOTICE_TEMPLATES: readonly NoticeTemplate[] = [
  {
    id: 'heat-red',
    nameZh: '高温红色预警',
    nameEn: 'Red heat warning',
    kind: 'heat',
    severity: 'urgent',
    titleZh: '高温红色预警：延长开放至 22:00',
    titleEn: 'Red heat warning: open until 22:00',
    textZh:
      '各站点今日起开放至 22:00，午间不关门。空调调至 26 ℃，备足饮用水和防暑药品，11 时至 17 时须有人在站。遇中暑立即拨打 120。',
    textEn:
      'Stations stay open until 22:00 from today and do not close at noon. Set the air conditioner to 26 °C, have enough drinking water and heat medicine, and somebody there from 11:00 to 17:00. For heat stroke call 120 at once.',
    isPublic: true,
    needsPhoto: true,
    hours: { openFrom: '05:30', openUntil: '22:00' },
  },
  {
    id: 'heat-orange',
    nameZh: '高温橙色预警',
    nameEn: 'Orange heat warning',
    kind: 'heat',
    severity: 'important',
    titleZh: '高温橙色预警：早开晚关',
    titleEn: 'Orange heat warning: open earlier and longer',
    textZh: '各站点早上 6:00 前开门，晚上 21:00 后关门，每天补水两次，检查空调。',
    textEn:
      'Stations open by 06:00 and close at 21:00 or later. Refill water twice a day and check the air conditioner.',
    isPublic: true,
    needsPhoto: false,
    hours: { openFrom: '06:00', openUntil: '21:00' },
  },
  {
    id: 'water',
    nameZh: '补充饮水',
    nameEn: 'Extra water',
    kind: 'supply',
    severity: 'important',
    titleZh: '补充饮用水',
    titleEn: 'Bring extra drinking water',
    textZh: '请今日内补足饮用水，拍照回执。',
    textEn: 'Please fill up the drinking water today and answer with a photo.',
    isPublic: false,
    needsPhoto: true,
  },
  {
    id: 'rain',
    nameZh: '暴雨',
    nameEn: 'Heavy rain',
    kind: 'rain',
    severity: 'important',
    titleZh: '暴雨预警：检查门窗与用电',
    titleEn: 'Heavy rain: check doors, windows and power',
    textZh: '检查门窗、排水和插座，地面积水时切断电源。让避雨的劳动者进站休息。',
    textEn:
      'Check doors, windows, drains and sockets; cut the power where water stands. Let workers in who seek shelter.',
    isPublic: false,
    needsPhoto: false,
  },
  {
    id: 'cold',
    nameZh: '低温',
    nameEn: 'Cold spell',
    kind: 'cold',
    severity: 'important',
    titleZh: '寒潮预警：室温不低于 16 ℃，热水不断',
    titleEn: 'Cold spell: 16 °C inside, hot water always',
    textZh: '早上 5:00 前开门，室温保持 16 ℃ 以上，热水不断供。',
    textEn: 'Open by 05:00, keep the room at 16 °C or more, and hot water ready.',
    isPublic: true,
    needsPhoto: false,
    hours: { openFrom: '05:00', openUntil: '20:00' },
  },
]
