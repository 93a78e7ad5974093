import type { ApplianceKind, Fleet, StationRecord } from '@harbor/protocol'
import { APPLIANCE_NAMES } from '../faults/faults.ts'
import { placeOf } from './place-record.ts'
import type { Place } from './places.ts'

type Quiet = Pick<StationRecord, 'hours' | 'capacity' | 'facilities' | 'hostKind' | 'hintZh' | 'hintEn'> & {
  appliances: readonly ApplianceKind[]
}

/**
 * Stations as 94 of 100 are (docs/domain.md 1.1): no sensors, hours of every kind, a capacity that nobody has published. What stands
 * in them is known; whether it works, only people can say.
 */
const QUIET: readonly Quiet[] = [
  {
    hostKind: 'bank',
    hours: 'Mo-Fr 09:00-17:00; PH off',
    facilities: ['seating', 'charging'],
    appliances: ['water_dispenser'],
    hintZh: '营业厅内右手边（演示）',
    hintEn: 'inside the branch, on the right (demo)',
  },
  {
    hostKind: 'public_toilet',
    hours: '06:00-22:30',
    capacity: 4,
    facilities: ['seating', 'toilet', 'charging', 'tricycle_parking'],
    appliances: ['microwave', 'water_dispenser'],
  },
  {
    hostKind: 'community_office',
    hours: 'Mo-Fr 08:30-12:00,14:30-18:00; PH off',
    facilities: ['seating', 'toilet', 'medicine_box', 'wheelchair'],
    appliances: ['microwave', 'water_dispenser', 'air_conditioner'],
    hintZh: '便民服务大厅内（演示）',
    hintEn: 'inside the service hall (demo)',
  },
  {
    hostKind: 'telecom_shop',
    hours: '09:00-21:00',
    facilities: ['seating', 'charging', 'wifi'],
    appliances: ['water_dispenser'],
  },
  {
    hostKind: 'container',
    // Both say who is there: of two rules for one day the library gives the comment of one to the other that has none.
    hours: '08:00-22:00 open "staffed", 22:00-08:00 open "unstaffed: code at the door"',
    capacity: 6,
    facilities: ['seating', 'charging', 'medicine_box', 'night', 'tricycle_parking'],
    appliances: ['microwave', 'water_dispenser', 'air_conditioner', 'fridge'],
  },
  {
    hostKind: 'park',
    hours: 'Jun-Sep 05:30-22:00; Oct-May 06:30-20:30',
    facilities: ['seating', 'toilet'],
    appliances: ['water_dispenser'],
  },
  {
    hostKind: 'party_centre',
    hours: 'Mo-Fr 09:00-17:30; Sa 09:00-12:00; PH 10:00-15:00',
    capacity: 12,
    facilities: ['seating', 'toilet', 'wifi', 'nursing_room', 'medicine_box'],
    appliances: ['microwave', 'water_dispenser', 'air_conditioner'],
  },
  // Nobody has written down its hours.
  { hostKind: 'pharmacy', facilities: ['seating', 'medicine_box'], appliances: ['water_dispenser'] },
]

/** Adds a station without gateway and devices at each place. @param counts stations that a district has already; counted on */
export function addQuietStations(fleet: Fleet, places: readonly Place[], counts: Map<string, number>): void {
  for (const [index, place] of places.entries()) {
    const count = (counts.get(place.district) ?? 0) + 1
    counts.set(place.district, count)
    const { appliances, ...about } = QUIET[index % QUIET.length] as Quiet
    const station = { ...placeOf(place, `${place.district}-${String(count).padStart(2, '0')}`), ...about }
    fleet.stations.push(station)
    for (const kind of appliances) {
      fleet.appliances.push({ id: `${station.id}-${APPLIANCE_NAMES[kind]}`, station: station.id, kind })
    }
  }
}
