import type { HostKind } from '@harbor/protocol'
import type { Named } from './scope-of-sums.ts'

/** Names of the kinds of hosts; empty: not known. */
export const HOST_KIND_NAMES: Readonly<Record<HostKind | '', Named>> = {
  own_building: { nameZh: '独立站房', nameEn: 'Own building' },
  public_toilet: { nameZh: '公厕附建', nameEn: 'Public toilet' },
  park: { nameZh: '公园', nameEn: 'Park' },
  bank: { nameZh: '银行网点', nameEn: 'Bank' },
  petrol_station: { nameZh: '加油站', nameEn: 'Petrol station' },
  community_office: { nameZh: '社区/街道办', nameEn: 'Community office' },
  shop: { nameZh: '商铺', nameEn: 'Shop' },
  mall: { nameZh: '商场', nameEn: 'Mall' },
  telecom_shop: { nameZh: '通信营业厅', nameEn: 'Telecom shop' },
  pharmacy: { nameZh: '药店', nameEn: 'Pharmacy' },
  post_office: { nameZh: '邮政网点', nameEn: 'Post office' },
  party_centre: { nameZh: '党群服务中心', nameEn: 'Party and community centre' },
  container: { nameZh: '移动/集装箱站', nameEn: 'Container' },
  other: { nameZh: '其他', nameEn: 'Other' },
  '': { nameZh: '类型不详', nameEn: 'Kind not known' },
}
