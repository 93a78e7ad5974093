import { type Fleet, fleetSchema } from '@harbor/protocol'

/** Two districts with one station each; every device that the tests speak of. */
export function twoDistrictFleet(): Fleet {
  const station = (id: string, district: string, nameZh: string) => ({
    id,
    district,
    nameZh,
    nameEn: id,
    latDeg: 29.5,
    lngDeg: 106.5,
    hours: '24/7',
    capacity: 10,
    facilities: ['seating'],
  })
  return fleetSchema.parse({
    regions: [
      { district: '500103', nameZh: '渝中区', nameEn: 'Yuzhong' },
      { district: '500112', nameZh: '渝北区', nameEn: 'Yubei' },
    ],
    stations: [station('yuzhong-1', '500103', '渝中一号'), station('yubei-1', '500112', '渝北一号')],
    appliances: [
      { id: 'yuzhong-1-fridge', station: 'yuzhong-1', kind: 'fridge', model: 'fast-fridge', assetTag: 'A-1' },
      { id: 'yuzhong-1-microwave', station: 'yuzhong-1', kind: 'microwave' },
      { id: 'yubei-1-fridge', station: 'yubei-1', kind: 'fridge' },
    ],
    gateways: [
      { id: 'gw-yuzhong-1', station: 'yuzhong-1', district: '500103' },
      { id: 'gw-yubei-1', station: 'yubei-1', district: '500112' },
    ],
    devices: [
      {
        id: 'yuzhong-fridge-temp',
        gateway: 'gw-yuzhong-1',
        vendor: 'zigbee2mqtt',
        address: 'fridge',
        appliance: 'yuzhong-1-fridge',
      },
      { id: 'yuzhong-room', gateway: 'gw-yuzhong-1', vendor: 'esphome', address: 'room' },
      { id: 'yuzhong-people', gateway: 'gw-yuzhong-1', vendor: 'esphome', address: 'counter' },
      {
        id: 'yubei-fridge-temp',
        gateway: 'gw-yubei-1',
        vendor: 'zigbee2mqtt',
        address: 'fridge',
        appliance: 'yubei-1-fridge',
      },
    ],
    ruleOverrides: [{ rule: 'fridge_too_warm', model: 'fast-fridge', timeScale: 60 }],
  })
}
