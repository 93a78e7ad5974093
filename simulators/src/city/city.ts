import type { Fleet } from '@harbor/protocol'
import { DEMO_MODELS } from '../fleet/demo-models.ts'
import { isLeftHeating } from '../physics/station.ts'
import { planOf } from '../simulation.ts'
import type { CityOptions } from './city-options.ts'
import { type StationCourse, allFaults, courseOf } from './city-plan.ts'
import { type CityLine, liveThrough } from './city-station.ts'

/** What stands before the readings: the fleet, and what a perfect observer would know. */
export interface CityHeader {
  fleet: Fleet
  fromMs: number
  toMs: number
  courses: { station: string; course: StationCourse }[]
}

const DAY_MS = 86_400_000
/** Midnights of Mondays on the stations' clocks. */
const FROM_MS = { summer: Date.parse('2026-07-06T00:00:00+08:00'), winter: Date.parse('2026-01-05T00:00:00+08:00') }
/** Share of a run that is healthy before things break. */
const HEALTHY_SHARE = 0.6
/** One fridge in three is frost-free (chosen; docs/domain.md 3.2: many small ones are not). */
const FROST_FREE_EVERY = 3

/** A city in fast motion: first its header, then station after station, each in the order of arrival. */
export function* liveCity(fleet: Fleet, options: CityOptions): Generator<CityHeader | CityLine> {
  const { season, days, seed, faults: breaks, demo, step: stepS } = options
  const fromMs = FROM_MS[season]
  const toMs = fromMs + days * DAY_MS
  const city = smaller(demo ? fleet : inRealTime(fleet), options.stations)
  const faults = allFaults()
  const courses = city.stations.map(({ id: station }, index) => {
    const fault = breaks ? faults[index % faults.length] : undefined
    return {
      station,
      course: courseOf({
        seed: `${seed} ${station}`,
        fromMs,
        toMs,
        isLeftHeating: isLeftHeating({ seed, id: station }),
        fault,
        faultAfterMs: HEALTHY_SHARE * (toMs - fromMs),
      }),
    }
  })
  yield { fleet: city, fromMs, toMs, courses }
  for (const [index, { station, course }] of courses.entries()) {
    const plan = {
      ...planOf({ fleet: city, seed, season: undefined }, station),
      isFrostFree: !demo && index % FROST_FREE_EVERY === 0,
    }
    const gateway = city.gateways.find(one => one.station === station)?.id ?? ''
    const devices = city.devices.filter(device => device.gateway === gateway)
    yield* liveThrough({ plan, gateway, devices, course, fromMs, toMs, stepS })
  }
}

/** The demo's fleet with appliances of no model: they live as fast as the wall clock, by the rules as they are. */
function inRealTime(fleet: Fleet): Fleet {
  const quick = new Set(Object.values(DEMO_MODELS).map(({ model }) => model))
  return {
    ...fleet,
    appliances: fleet.appliances.map(({ model, ...appliance }) =>
      model === undefined || quick.has(model) ? appliance : { ...appliance, model },
    ),
    ruleOverrides: [],
  }
}

function smaller(fleet: Fleet, count: number): Fleet {
  const stations = fleet.stations.slice(0, count)
  const ids = new Set(stations.map(({ id }) => id))
  const gateways = fleet.gateways.filter(({ station }) => ids.has(station))
  const gatewayIds = new Set(gateways.map(({ id }) => id))
  return {
    ...fleet,
    stations,
    appliances: fleet.appliances.filter(({ station }) => ids.has(station)),
    gateways,
    devices: fleet.devices.filter(({ gateway }) => gatewayIds.has(gateway)),
  }
}
