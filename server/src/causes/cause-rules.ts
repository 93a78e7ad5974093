import type { RuleView } from '@harbor/protocol'
import { DEVICES_OFFLINE_RULE, DEVICE_OFFLINE_RULE, RULE_OF_CAUSE } from './cause.ts'

const SOURCE = 'Workers’ harbor domain notes, 3.6 (G2) and 3.9 (S1, S2).'

/** The rules by which this folder tells of causes and of silence, in the words of people. The gravest grade each can reach. */
export const CAUSE_RULES: readonly RuleView[] = [
  {
    id: RULE_OF_CAUSE.mains_failure,
    version: 2,
    scope: 'station',
    nameZh: '站点停电',
    nameEn: 'Station power cut',
    severity: 'P1',
    checkFirst: [
      {
        zh: '周边是否也停电：问供电公司或物业',
        en: 'Is the neighbourhood dark as well? Ask the utility or the landlord',
      },
      { zh: '总闸或漏电保护器是否跳闸', en: 'Has the main breaker or the residual-current breaker tripped?' },
      { zh: '预付费电表是否欠费', en: 'Is a prepaid meter out of credit?' },
      {
        zh: '来电后：智能插座是否恢复接通；停电超过 2 小时请检查并丢弃冰箱里的食物',
        en: 'When power is back: are the plugs on again? After more than 2 h check the fridge and throw food away',
      },
    ],
    source: SOURCE,
  },
  {
    id: RULE_OF_CAUSE.gateway_offline,
    version: 1,
    scope: 'station',
    nameZh: '网关离线',
    nameEn: 'Gateway offline',
    severity: 'P2',
    checkFirst: [
      { zh: '网关和路由器的电源与指示灯', en: 'Power and lights of the gateway and the router' },
      { zh: '宽带或流量卡是否欠费、断线', en: 'Is the line down, or the data card out of credit?' },
      { zh: '网线或天线是否松动', en: 'Is a cable or the antenna loose?' },
    ],
    source: SOURCE,
  },
  {
    id: DEVICE_OFFLINE_RULE,
    version: 1,
    scope: 'device',
    nameZh: '传感器或插座离线',
    nameEn: 'Device offline',
    severity: 'P3',
    checkFirst: [
      { zh: '是否被拔下或断电', en: 'Is it unplugged or without power?' },
      { zh: '电池是否耗尽', en: 'Is its battery empty?' },
      { zh: '是否超出无线信号范围或被遮挡', en: 'Is it out of radio range, or is something in the way?' },
    ],
    source: SOURCE,
  },
  {
    id: DEVICES_OFFLINE_RULE,
    version: 1,
    scope: 'station',
    nameZh: '多个设备同时离线',
    nameEn: 'Several devices offline at once',
    severity: 'P3',
    checkFirst: [
      { zh: '这些设备是否在同一路电上：该路空开是否跳闸', en: 'Are they on one circuit whose breaker has tripped?' },
      { zh: '无线路由器或协调器是否正常', en: 'Is the Wi-Fi access point or the radio coordinator well?' },
    ],
    source: SOURCE,
  },
  {
    id: RULE_OF_CAUSE.plug_off,
    version: 1,
    scope: 'device',
    nameZh: '插座被关闭，设备因此停用',
    nameEn: 'Switched off at the plug, and missed',
    severity: 'P2',
    checkFirst: [
      {
        zh: '是谁、为什么关闭了插座；没有原因就重新打开',
        en: 'Who switched the plug off, and why? If for no reason, switch it on',
      },
      { zh: '冰箱：先检查里面的食物', en: 'A fridge: look at the food first' },
    ],
    source:
      'Workers’ harbor domain notes, 3.6: a plug that somebody has switched off is the usual reason of a dead appliance.',
  },
]
