import type { Directory } from '../src/registry/directory.ts'
import { twoDistrictFleet } from './fleet-fixture.ts'

/** The directory of the two districts' fleet as the registry would load it, all stations with these hours. */
export function directoryOf(hours: string): Directory {
  const fleet = twoDistrictFleet()
  const appliances = new Map(fleet.appliances.map(appliance => [appliance.id, appliance]))
  const stationOf = new Map(fleet.gateways.map(gateway => [gateway.id, gateway]))
  return {
    appliances,
    ruleOverrides: [],
    devices: new Map(
      fleet.devices.map(record => {
        const gateway = stationOf.get(record.gateway)
        const address = { district: gateway?.district ?? '', gateway: record.gateway }
        return [record.id, { record, station: gateway?.station ?? '', address }]
      }),
    ),
    stations: new Map(
      fleet.stations.map(record => [
        record.id,
        {
          record: { ...record, hours },
          districtNameZh: '区',
          districtNameEn: 'district',
          state: 'open',
          appliances: fleet.appliances.filter(appliance => appliance.station === record.id),
          devices: fleet.devices.filter(device => stationOf.get(device.gateway)?.station === record.id),
        },
      ]),
    ),
  }
}
