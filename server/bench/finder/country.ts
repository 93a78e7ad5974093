import { FACILITIES, type Fleet, HOST_KINDS } from '@harbor/protocol'
import { areaList } from '@vant/area-data'

/** Of the country's stations 6.3 % were smart at the end of 2024 (11,800 of 186,100: All-China Federation of Trade Unions). */
const SMART_SHARE = 0.063

/** Hours as stations post them: banks and shops, public toilets, some round the clock, some shut at noon. */
const HOURS: readonly (readonly [share: number, hours: string | undefined])[] = [
  [0.3, 'Mo-Fr 09:00-17:00; PH off'],
  [0.2, '08:00-20:00'],
  [0.12, '09:00-21:00'],
  [0.1, '08:30-12:00,14:30-18:00'],
  [0.07, '24/7'],
  [0.06, 'Mo-Sa 08:00-18:00'],
  [0.05, 'Jun-Aug 07:00-22:00; Sep-May 08:00-20:00'],
  [0.05, undefined],
]

const STREETS =
  '人民 解放 中山 建设 新华 和平 胜利 东风 朝阳 长江 黄河 文化 学府 龙湖 科技 花园 青年 北京 南京 滨江 环城 站前 迎宾 工业 农林 桃源 紫荆 锦绣 凤凰 金沙 银杏 梧桐 翠微 石桥 观音 双龙 大坪 红旗 光明 民族 民权 五一 八一 西湖 东湖 南山 北岭 平安 幸福 团结 友谊'.split(
    ' ',
  )
const STREETS_EN =
  'Renmin Jiefang Zhongshan Jianshe Xinhua Heping Shengli Dongfeng Chaoyang Changjiang Huanghe Wenhua Xuefu Longhu Keji Huayuan Qingnian Beijing Nanjing Binjiang Huancheng Zhanqian Yingbin Gongye Nonglin Taoyuan Zijing Jinxiu Fenghuang Jinsha Yinxing Wutong Cuiwei Shiqiao Guanyin Shuanglong Daping Hongqi Guangming Minzu Minquan Wuyi Bayi Xihu Donghu Nanshan Beiling Pingan Xingfu Tuanjie Youyi'.split(
    ' ',
  )
const SIDES = ['', '东', '南', '西', '北', '中']
const SIDES_EN = ['', ' East', ' South', ' West', ' North', ' Middle']
const HOSTS =
  '建设银行 工商银行 农业银行 加油站 公厕 社区党群服务中心 公园 移动营业厅 邮政网点 大药房 购物广场 环卫工人休息室'.split(
    ' ',
  )
const HOSTS_EN =
  'CCB Branch|ICBC Branch|ABC Branch|Petrol Station|Public Toilet|Community Centre|Park|China Mobile Shop|Post Office|Pharmacy|Shopping Plaza|Sanitation Room'.split(
    '|',
  )
const KINDS = '劳动者港湾 户外劳动者驿站 爱心驿站 工会驿站'.split(' ')
const KINDS_EN = "Workers' Harbor|Outdoor Workers' Station|Care Station|Union Station".split('|')

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/**
 * A made-up country of `size` stations: the real districts, in cities of unlike size at made-up places, stations crowded round
 * each district's middle. The same for the same seed.
 */
export function syntheticCountry(size: number, seed: number): Fleet {
  const random = randomOf(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const districts = Object.entries(areaList.county_list).filter(([code]) => /^[1-6]/.test(code))
  const cities = Map.groupBy(districts, ([code]) => code.slice(0, 4))
  const cityPlaces = [...cities].map(([code, members]) => ({
    code,
    members,
    latDeg: 22 + random() * 20,
    lngDeg: 100 + random() * 21,
    // Few large cities and many small ones.
    weight: members.length * Math.exp(0.8 * gauss()),
  }))
  const whole = cityPlaces.reduce((sum, { weight }) => sum + weight, 0)
  const fleet: Fleet = {
    regions: [],
    streets: [],
    stations: [],
    appliances: [],
    gateways: [],
    devices: [],
    ruleOverrides: [],
  }
  for (const city of cityPlaces) {
    const share = Math.max(1, Math.round((city.weight / whole) * size))
    city.members.forEach(([district, nameZh], n) => {
      fleet.regions.push({ district, nameZh, nameEn: `District ${district}` })
      const middle = { latDeg: city.latDeg + 0.15 * gauss(), lngDeg: city.lngDeg + 0.18 * gauss() }
      const count = Math.floor(share / city.members.length) + (n < share % city.members.length ? 1 : 0)
      for (let k = 0; k < count && fleet.stations.length < size; k++) addStation(district, middle, k)
    })
  }
  return fleet

  function addStation(district: string, middle: { latDeg: number; lngDeg: number }, k: number): void {
    const id = `s-${district}-${String(k + 1).padStart(3, '0')}`
    const [street, side, host, kind] = [STREETS, SIDES, HOSTS, KINDS].map(list =>
      Math.floor(random() * list.length),
    ) as [number, number, number, number]
    const house = 1 + Math.floor(random() * 400)
    const road = Math.floor(random() * STREETS.length)
    let share = random()
    const hours = HOURS.find(([part]) => (share -= part) < 0)?.[1]
    fleet.stations.push({
      id,
      district,
      nameZh: `${STREETS[street]}${SIDES[side]}路${HOSTS[host]}${KINDS[kind]}`,
      nameEn: `${STREETS_EN[street]} Road${SIDES_EN[side]} ${HOSTS_EN[host]} ${KINDS_EN[kind]}`,
      addressZh: `${areaList.county_list[district]}${STREETS[road]}${pick(['路', '街', '大道', '支路'])}${house}号`,
      addressEn: `${house} ${STREETS_EN[road]} Road`,
      latDeg: round(middle.latDeg + 0.03 * gauss()),
      lngDeg: round(middle.lngDeg + 0.035 * gauss()),
      ...(hours !== undefined && { hours }),
      ...(random() < 0.7 && { capacity: 3 + Math.floor(random() * 20) }),
      facilities: FACILITIES.filter(() => random() < 0.35),
      hostKind: pick(HOST_KINDS),
    })
    if (random() >= SMART_SHARE) return
    fleet.gateways.push({ id: `gw-${id}`, station: id, district })
    fleet.devices.push({ id: `${id}-people`, gateway: `gw-${id}`, vendor: 'esphome', address: 'people' })
    fleet.devices.push({ id: `${id}-room`, gateway: `gw-${id}`, vendor: 'esphome', address: 'room' })
    for (const appliance of ['microwave', 'water_dispenser', 'air_conditioner'] as const) {
      const applianceId = `${id}-${appliance.slice(0, 5)}`.replace('_', '-')
      fleet.appliances.push({ id: applianceId, station: id, kind: appliance })
      fleet.devices.push({
        id: `${applianceId}-plug`,
        gateway: `gw-${id}`,
        vendor: 'tasmota',
        address: appliance,
        appliance: applianceId,
      })
    }
  }
}

function round(deg: number): number {
  return Math.round(deg * 1e5) / 1e5
}
