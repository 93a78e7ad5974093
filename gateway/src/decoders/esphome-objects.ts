import type { Metric } from '@harbor/protocol'

/** What an object id says by its name. */
export interface ObjectMeaning {
  metric: Metric
  kind: 'number' | 'state'
  /** The number at the end of the name: `relay_2`. */
  channel?: number
  scale?: number
}

/**
 * Words that make of a name something else than the plain measurement: a wish, an extreme, a sum over a day, the voltage of
 * a battery, a signal in per cent.
 */
const OTHERWISE =
  /(^|_)(target|setpoint|set|min|max|minimum|maximum|average|avg|daily|today|yesterday|weekly|monthly|yearly|dew|feels|index|absolute|soil|delta|offset|calibration|raw|percent|limit|threshold|price|cost|low)(_|$)/

/** Whether a name says that something else than the plain measurement is meant; words are joined by underscores. */
export function isDerived(name: string): boolean {
  return OTHERWISE.test(name)
}

/** How a sensor's name ends; the first that fits counts, so the longer come first. */
const SENSORS: readonly { end: RegExp; metric: Metric; scale?: number }[] = [
  { end: /(^|_)(people|persons?|head)_?count$|(^|_)people$/, metric: 'people' },
  { end: /(^|_)people_(in|entered)$/, metric: 'people_in' },
  { end: /(^|_)people_(out|left)$/, metric: 'people_out' },
  { end: /(^|_)power_factor$/, metric: 'power_factor' },
  { end: /(^|_)apparent_power$/, metric: 'apparent_power' },
  { end: /(^|_)reactive_power$/, metric: 'reactive_power' },
  { end: /(^|_)power$/, metric: 'power' },
  { end: /(^|_)voltage$/, metric: 'voltage' },
  { end: /(^|_)current$/, metric: 'current' },
  { end: /(^|_)frequency$/, metric: 'frequency' },
  // ESPHome's meters (cse7766, hlw8012, total_energy) count in Wh unless a filter and the name say kWh.
  { end: /(^|_)energy_kwh$/, metric: 'energy', scale: 1000 },
  { end: /(^|_)energy(_wh)?$/, metric: 'energy' },
  { end: /(^|_)(esp(32|8266)?|internal|chip|cpu|mcu|device|board)_temperature$/, metric: 'device_temperature' },
  { end: /(^|_)temperature$/, metric: 'temperature' },
  { end: /(^|_)humidity$/, metric: 'humidity' },
  { end: /(^|_)pressure$/, metric: 'pressure' },
  { end: /(^|_)(illuminance|light_level)$/, metric: 'illuminance' },
  { end: /(^|_)(co2|carbon_dioxide)$/, metric: 'co2' },
  { end: /(^|_)battery(_level)?$/, metric: 'battery' },
  { end: /(^|_)(wifi_signal(_strength|_db|_dbm)?|rssi)$/, metric: 'rssi' },
]

const BINARY_SENSORS: readonly { end: RegExp; metric: Metric }[] = [
  { end: /(^|_)door$/, metric: 'door' },
  { end: /(^|_)(leak|flood|moisture)$/, metric: 'leak' },
  { end: /(^|_)smoke$/, metric: 'smoke' },
  { end: /(^|_)(occupancy|presence|motion)$/, metric: 'occupancy' },
  { end: /(^|_)tamper$/, metric: 'tamper' },
]

const RELAY = /(^|_)(relay|plug|outlet|socket|power)$/

/** What the object is, as far as its name tells; undefined when it does not. */
export function meaningOf(component: string, objectId: string): ObjectMeaning | undefined {
  const [, name = '', number] = /^(.*?)(?:_(\d{1,2}))?$/.exec(objectId) ?? []
  const channel = number === undefined ? {} : { channel: Number(number) }
  if (isDerived(name)) return undefined
  switch (component) {
    case 'sensor': {
      if (/(^|_)battery_voltage$/.test(name)) return undefined
      const found = SENSORS.find(({ end }) => end.test(name))
      if (found === undefined) return undefined
      const scale = found.scale === undefined ? {} : { scale: found.scale }
      return { metric: found.metric, kind: 'number', ...channel, ...scale }
    }
    case 'binary_sensor': {
      const found = BINARY_SENSORS.find(({ end }) => end.test(name))
      return found === undefined ? undefined : { metric: found.metric, kind: 'state', ...channel }
    }
    case 'switch':
      return RELAY.test(name) ? { metric: 'relay', kind: 'state', ...channel } : undefined
  }
  return undefined
}
