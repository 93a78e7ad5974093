import { type Weather as WeatherMessage, type WeatherWarning, encodeJson, errorText, topics } from '@harbor/protocol'
import { type MqttClient, connect } from 'mqtt'
import type { Logger } from 'pino'
import { localTime } from '../physics/local-time.ts'
import { type Season, weatherAt } from '../physics/weather.ts'

const SAY_EVERY_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Says that nobody measured it. */
const SOURCE = '演示：模拟天气 / demo: simulated weather'

export interface WeatherServiceConfig {
  /** The system's broker. */
  mqttUrl: string
  /** Of the account `weather`. */
  secret: string
  districts: readonly string[]
  seed: string
  season: Season | undefined
}

/** The demo's weather service: it tells the weather that the simulated stations stand in. */
export interface WeatherService {
  start: () => void
  stop: () => Promise<void>
}

export function createWeatherService(
  { mqttUrl, secret, districts, seed, season }: WeatherServiceConfig,
  { clock, log }: { clock: () => number; log: Logger },
): WeatherService {
  let client: MqttClient | undefined
  let timer: NodeJS.Timeout | undefined

  const say = () => {
    const payload = Buffer.from(encodeJson(simulatedWeather(clock(), seed, season)))
    for (const district of districts)
      client?.publish(topics.weather(district), payload, { qos: 1, retain: true }, error => {
        if (error !== undefined && error !== null) log.debug({ error: errorText(error) }, 'the weather was not told')
      })
  }

  return {
    start: () => {
      if (client !== undefined) return
      client = connect(mqttUrl, {
        username: 'weather',
        password: secret,
        clientId: 'weather-service',
        protocolVersion: 4,
        reconnectPeriod: 5_000,
        queueQoSZero: false,
      })
      client.on('connect', say)
      client.on('error', error => log.warn({ error: errorText(error) }, 'the weather service cannot reach the broker'))
      timer = setInterval(() => {
        // What piled up while the broker was away would be old by then.
        if (client?.connected === true) say()
      }, SAY_EVERY_MS)
    },
    stop: async () => {
      clearInterval(timer)
      const closing = client
      client = undefined
      await closing?.endAsync(true)
    },
  }
}

/**
 * The model's weather with the warning that its own days would bring: yellow for three days of 35 °C and more, orange above 37 °C, red
 * above 40 °C within 24 h (CMA Order 16 of 2007, annex).
 */
export function simulatedWeather(atMs: number, seed: string, season: Season | undefined): WeatherMessage {
  const midnightMs = Math.round(atMs - localTime(atMs).minute * 60_000)
  const highest = [0, 1, 2].map(day => highestC(midnightMs + day * DAY_MS, seed, season))
  const [today = 0, tomorrow = 0] = highest
  const soon = Math.max(today, tomorrow)
  const signal = signalOf(
    soon,
    highest.every(maxC => maxC >= 35),
  )
  return {
    at: new Date(atMs).toISOString(),
    outdoorC: round(weatherAt(atMs, seed, season).outdoorC),
    maxTodayC: round(today),
    ...(signal !== undefined && {
      warning: {
        signal,
        kind: 'heat',
        from: new Date(midnightMs).toISOString(),
        to: new Date(midnightMs + 2 * DAY_MS).toISOString(),
        source: SOURCE,
      },
    }),
  }
}

function signalOf(soonC: number, isThreeDays: boolean): WeatherWarning['signal'] | undefined {
  if (soonC > 40) return 'red'
  if (soonC > 37) return 'orange'
  return isThreeDays ? 'yellow' : undefined
}

function highestC(midnightMs: number, seed: string, season: Season | undefined): number {
  return Math.max(
    ...Array.from({ length: 24 }, (_, hour) => weatherAt(midnightMs + hour * HOUR_MS, seed, season).outdoorC),
  )
}

function round(degrees: number): number {
  return Math.round(degrees * 10) / 10
}
