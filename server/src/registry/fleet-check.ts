import { type Fleet, districtOfRegion } from '@harbor/protocol'

/**
 * What is wrong with a fleet document beyond its shape: ids given twice, references that lead nowhere or across stations.
 * One line for each, naming the record; empty when the document may be taken over.
 */
export function fleetProblems(fleet: Fleet): string[] {
  const problems: string[] = []
  const index = <T>(what: string, list: readonly T[], keyOf: (item: T) => string): Map<string, T> => {
    const byKey = new Map<string, T>()
    for (const item of list) {
      const key = keyOf(item)
      // The first one stands, so that references are checked against what the reader sees first.
      if (byKey.has(key)) problems.push(`${what} ${key}: given twice`)
      else byKey.set(key, item)
    }
    return byKey
  }
  const regions = index('region', fleet.regions, region => region.district)
  const stations = index('station', fleet.stations, station => station.id)
  const appliances = index('appliance', fleet.appliances, appliance => appliance.id)
  const gateways = index('gateway', fleet.gateways, gateway => gateway.id)
  index('device', fleet.devices, device => device.id)
  index('ruleOverride', fleet.ruleOverrides, ({ rule, model = '', appliance = '' }) => {
    return `${rule}/${model}/${appliance}`
  })
  for (const [place, { rule, model, appliance }] of fleet.ruleOverrides.entries()) {
    if (model === undefined && appliance === undefined)
      problems.push(`ruleOverride ${place} of ${rule}: neither model nor appliance is given`)
    if (appliance !== undefined && !appliances.has(appliance))
      problems.push(`ruleOverride ${place} of ${rule}: no appliance ${appliance}`)
  }
  // Two devices of one address on one gateway: its readings could belong to either.
  index('address', fleet.devices, device => `${device.gateway}/${device.vendor}/${device.address}`)

  const streets = index('street', fleet.streets, ({ street }) => street)
  for (const { street } of fleet.streets) {
    if (!regions.has(districtOfRegion(street)))
      problems.push(`street ${street}: district ${districtOfRegion(street)} is not among the regions`)
  }
  for (const { id, district, street } of fleet.stations) {
    if (!regions.has(district)) problems.push(`station ${id}: district ${district} is not among the regions`)
    if (street !== undefined && districtOfRegion(street) !== district)
      problems.push(`station ${id}: street ${street} is not in district ${district}`)
    if (street !== undefined && !streets.has(street))
      problems.push(`station ${id}: street ${street} is not among the streets`)
  }
  for (const { id, station } of fleet.appliances) {
    if (!stations.has(station)) problems.push(`appliance ${id}: no station ${station}`)
  }
  for (const { id, station, district } of fleet.gateways) {
    const place = stations.get(station)
    if (place === undefined) problems.push(`gateway ${id}: no station ${station}`)
    else if (place.district !== district) {
      problems.push(`gateway ${id}: district ${district}, but its station ${station} is in ${place.district}`)
    }
  }
  for (const { id, gateway, appliance } of fleet.devices) {
    const owner = gateways.get(gateway)
    if (owner === undefined) problems.push(`device ${id}: no gateway ${gateway}`)
    if (appliance === undefined) continue
    const on = appliances.get(appliance)
    if (on === undefined) problems.push(`device ${id}: no appliance ${appliance}`)
    else if (owner !== undefined && on.station !== owner.station) {
      problems.push(
        `device ${id}: appliance ${appliance} is at ${on.station}, its gateway ${gateway} at ${owner.station}`,
      )
    }
  }
  return problems
}
