import { type Fleet, fleetSchema } from '@harbor/protocol'

export const STATION = 'cq-500103-01'
export const GATEWAY = 'gw-500103-01'
export const DISTRICT = '500103'
export const FRIDGE = 'cq-500103-01-fridge'

/** One station with one device of each vendor, named as the sample messages call them. */
export function oneStationFleet(timeScale = 60): Fleet {
  const device = (id: string, vendor: string, rest: { address: string; appliance?: string }) => ({
    id,
    gateway: GATEWAY,
    vendor,
    ...rest,
  })
  return fleetSchema.parse({
    regions: [{ district: DISTRICT, nameZh: '渝中区', nameEn: 'Yuzhong' }],
    stations: [
      {
        id: STATION,
        district: DISTRICT,
        nameZh: '解放碑劳动者港湾（演示）',
        nameEn: "Jiefangbei Workers' Harbor (demo)",
        latDeg: 29.5586,
        lngDeg: 106.574,
        hours: '24/7',
        capacity: 12,
        facilities: ['seating', 'charging'],
      },
    ],
    appliances: [
      { id: FRIDGE, station: STATION, kind: 'fridge', model: 'test-fridge' },
      { id: 'cq-500103-01-ac', station: STATION, kind: 'air_conditioner' },
      { id: 'cq-500103-01-microwave', station: STATION, kind: 'microwave' },
      { id: 'cq-500103-01-water', station: STATION, kind: 'water_dispenser' },
    ],
    gateways: [{ id: GATEWAY, station: STATION, district: DISTRICT }],
    devices: [
      device('500103-01-water-plug', 'tasmota', { address: 'pow1', appliance: 'cq-500103-01-water' }),
      device('500103-01-ac-plug', 'shelly', { address: 'shellyplus1pm-aabbccddeeff', appliance: 'cq-500103-01-ac' }),
      device('500103-01-microwave-plug', 'zigbee2mqtt', { address: 'plug', appliance: 'cq-500103-01-microwave' }),
      device('500103-01-fridge-temp', 'zigbee2mqtt', { address: 'fridge', appliance: FRIDGE }),
      device('500103-01-fridge-plug', 'tasmota', { address: 'fridge-plug', appliance: FRIDGE }),
      device('500103-01-room', 'esphome', { address: 'livingroom' }),
      device('500103-01-people', 'esphome', { address: 'counter' }),
      // Beside the real captures' devices: a meter's count carries on, so no two samples may share one.
      device('500103-01-own-tasmota', 'tasmota', { address: 'own-plug' }),
      device('500103-01-own-shelly', 'shelly', { address: 'shellyplus1pm-0123456789ab' }),
      device('500103-01-own-zigbee', 'zigbee2mqtt', { address: 'own-plug' }),
      device('500103-01-own-esphome', 'esphome', { address: 'own-room', appliance: 'cq-500103-01-ac' }),
    ],
    ruleOverrides: [{ rule: 'fridge_too_warm', model: 'test-fridge', timeScale }],
  })
}
