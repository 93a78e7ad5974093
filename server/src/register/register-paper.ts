import type { CoordinateSystem, DataTable, RegisterStation, StationState } from '@harbor/protocol'
import { HOST_KIND_NAMES } from '../usage/host-kind-names.ts'
import { placeIn } from './position.ts'

const STATE_NAMES: Readonly<Record<StationState, { zh: string; en: string }>> = {
  planned: { zh: '规划中', en: 'Planned' },
  built: { zh: '已建成', en: 'Built' },
  accepted: { zh: '已验收', en: 'Accepted' },
  open: { zh: '运营中', en: 'Open' },
  suspended: { zh: '暂停开放', en: 'Suspended' },
  closed: { zh: '已关闭', en: 'Closed' },
}

/**
 * The register to be read on paper: what tells a station from another, where it is and who has it, in words. All that is known of a station
 * is twenty columns, for which a sheet has no room (registerTable).
 */
export function registerPaper(stations: readonly RegisterStation[], system: CoordinateSystem): DataTable {
  return {
    id: `stations-${system.toLowerCase()}`,
    titleZh: '站点名册',
    titleEn: 'Register of stations',
    columns: [
      { key: 'id', nameZh: '站点编号', nameEn: 'Station', kind: 'text' },
      { key: 'name', nameZh: '名称', nameEn: 'Name', kind: 'text' },
      { key: 'region', nameZh: '区县、街道', nameEn: 'District, street', kind: 'text' },
      { key: 'address', nameZh: '地址', nameEn: 'Address', kind: 'text' },
      { key: 'hours', nameZh: '开放时间', nameEn: 'Hours', kind: 'text' },
      { key: 'capacity', nameZh: '座位数', nameEn: 'Seats', kind: 'count' },
      { key: 'host', nameZh: '依托类型', nameEn: 'Host', kind: 'text' },
      { key: 'phone', nameZh: '电话', nameEn: 'Telephone', kind: 'text' },
      { key: 'place', nameZh: `经纬度（${system}）`, nameEn: `Longitude, latitude (${system})`, kind: 'text' },
      { key: 'state', nameZh: '状态', nameEn: 'State', kind: 'text' },
    ],
    rows: stations.map(station => {
      const { lngDeg, latDeg } = placeIn(station, system, station.district)
      const { addressZh, addressEn, hostKind, streetNameZh = '', streetNameEn } = station
      const host = hostKind === undefined ? undefined : HOST_KIND_NAMES[hostKind]
      const address = addressZh ?? addressEn
      return [
        station.code,
        { zh: station.nameZh, en: station.nameEn },
        {
          zh: `${station.districtNameZh}${streetNameZh}`,
          en: [station.districtNameEn, streetNameEn].filter(name => name !== undefined).join(', '),
        },
        address === undefined ? undefined : { zh: address, en: addressEn ?? address },
        station.hours,
        station.capacity,
        host && { zh: host.nameZh, en: host.nameEn },
        station.phone,
        // To 10 m: nobody types more off paper.
        `${lngDeg.toFixed(4)}, ${latDeg.toFixed(4)}`,
        STATE_NAMES[station.state],
      ]
    }),
    notes: [
      {
        zh: `共 ${stations.length} 个站点。完整名册（可修改后重新导入）请下载表格文件。`,
        en: `${stations.length} stations. All that is known of them, to be changed and taken back in, is in the spreadsheet.`,
      },
    ],
  }
}
