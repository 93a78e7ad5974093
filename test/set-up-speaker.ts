import type { DeviceSetup, SetupWay } from '@harbor/protocol'
import { parse } from 'yaml'

/** Where a device speaks that took a generated text: made from the text alone, as the device's own firmware makes it. */
export interface SetUpSpeaker {
  /** A topic of the device, by what stands below its name: `SENSOR`, `status/switch:0`, `sensor/power/state`. */
  topic: (tail: string) => string
  /** Whether it says something there at all, as it is set up. */
  says: (tail: string) => boolean
}

const always = () => true

/** @throws Error when the way has no text that says where to speak. */
export function speakerOf({ vendor }: Pick<DeviceSetup, 'vendor'>, way: SetupWay): SetUpSpeaker {
  const text = (key: string): string => {
    const found = way.texts.find(one => one.key === key)
    if (found === undefined) throw new Error(`${way.key} has no text ${key}`)
    return found.text
  }
  switch (vendor) {
    case 'tasmota': {
      // https://tasmota.github.io/docs/Commands/#the-power-of-backlog
      const settings = new Map(
        text('backlog')
          .replace(/^Backlog /, '')
          .split(';')
          .map(command => command.trim().split(/ (.*)/s) as [string, string]),
      )
      const of = (name: string) => settings.get(name) ?? ''
      return {
        says: always,
        topic: tail => {
          const isAnswer = /^(RESULT|POWER\d*|STATUS\d*)$/.test(tail)
          const prefix = isAnswer ? of('Prefix2') : of('Prefix3')
          return (
            of('FullTopic')
              .replace('%prefix%', prefix)
              .replace('%topic%', () => of('Topic')) + tail
          )
        },
      }
    }
    case 'shelly': {
      if (way.key === 'gen1') {
        const id = new URL(text('settings').split('\n')[0] ?? '').searchParams.get('mqtt_id')
        return { topic: tail => `shellies/${id}/${tail}`, says: always }
      }
      const calls = text('rpc')
        .split('\n')
        .map(
          line =>
            JSON.parse(line) as {
              method: string
              params: { config?: { topic_prefix?: string; status_ntf?: boolean } }
            },
        )
      const config = calls.find(({ method }) => method === 'MQTT.SetConfig')?.params.config
      return {
        topic: tail => `${config?.topic_prefix}/${tail}`,
        says: tail => config?.status_ntf === true || !tail.startsWith('status/'),
      }
    }
    case 'esphome': {
      const { mqtt } = esphomeConfig(text('yaml'))
      return { topic: tail => `${mqtt.topic_prefix}/${tail}`, says: always }
    }
    case 'zigbee2mqtt': {
      const { mqtt } = parse(text('mqtt')) as { mqtt: { base_topic: string } }
      const { devices } = parse(text('device')) as { devices: Record<string, { friendly_name: string }> }
      const name = Object.values(devices)[0]?.friendly_name
      return { topic: tail => `${mqtt.base_topic}/${name}${tail === '' ? '' : `/${tail}`}`, says: always }
    }
    default:
      throw new Error(`${vendor} is not set up by a text`)
  }
}

/** A node's YAML, as ESPHome reads it. */
export function esphomeConfig(text: string): EsphomeConfig {
  return parse(text, {
    version: '1.1',
    customTags: [{ tag: '!secret', resolve: (name: string) => name }],
  }) as EsphomeConfig
}

interface EsphomeConfig {
  mqtt: { topic_prefix: string }
  sensor?: Record<string, unknown>[]
  binary_sensor?: Record<string, unknown>[]
  switch?: Record<string, unknown>[]
}

/** Every object of a node with its topic's tail: the object id is made of the name (https://esphome.io/components/mqtt/). */
export function esphomeObjects(config: EsphomeConfig): { component: string; tail: string }[] {
  return (['sensor', 'binary_sensor', 'switch'] as const).flatMap(component =>
    (config[component] ?? []).flatMap(entry =>
      [entry, ...Object.values(entry)]
        .flatMap(value => (typeof value === 'object' && value !== null && 'name' in value ? [value.name] : []))
        .map(name =>
          String(name)
            .toLowerCase()
            .replaceAll(/[^a-z0-9_-]/g, '_'),
        )
        .map(id => ({ component, tail: `${component}/${id}/state` })),
    ),
  )
}
