import { type Fields, asFields, field } from '../payload.ts'

/**
 * A message of Home Assistant's MQTT discovery (https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery):
 * `homeassistant/{component}/[{node}/]{object}/config`, or `homeassistant/device/…/config` with several components in one.
 */
export interface AnnouncedComponent {
  /** sensor, binary_sensor, switch, … */
  component: string
  /** The device's own identifier, or the component's where it names no device. */
  address: string
  /** The component's unique id. */
  part: string
  /** All that was said of it, abbreviations and `~` written out. */
  fields: Fields
}

const CONFIG_TOPIC = /^homeassistant\/([a-z_]+)\/(?:[^/]+\/)?([^/]+)\/config$/

/** Whether a topic is for announcements. */
export function isConfigTopic(topic: string): boolean {
  return CONFIG_TOPIC.test(topic)
}

/** One announcement holds this many components at most; chosen: the largest multi-sensors have some 60. */
const MAX_COMPONENTS = 100
/** The length of a device's address in the config. */
const MAX_ADDRESS_LENGTH = 120

/** The components that a message announces; those without a name of their own that fits an address are left out. */
export function readAnnouncement(topic: string, message: Fields): AnnouncedComponent[] {
  const [, component = '', object = ''] = CONFIG_TOPIC.exec(topic) ?? []
  const whole = writtenOut(message)
  if (component !== 'device') return announced({ component, object, fields: whole, device: deviceOf(whole) })
  const components = Object.entries(asFields(field(whole, 'components')) ?? {}).slice(0, MAX_COMPONENTS)
  return components.flatMap(([name, value]) => {
    const own = asFields(value)
    if (own === undefined) return []
    const platform = field(own, 'platform') ?? field(own, 'p')
    if (typeof platform !== 'string') return []
    // What is said of the whole device holds for each component that does not say it itself.
    const fields = writtenOut({ ...message, ...own })
    return announced({ component: platform, object: `${object}_${name}`, fields, device: deviceOf(whole) })
  })
}

function announced(found: {
  component: string
  object: string
  fields: Fields
  device: string | undefined
}): AnnouncedComponent[] {
  const { component, object, fields, device } = found
  const unique = field(fields, 'unique_id')
  const part = typeof unique === 'string' && unique !== '' ? unique : object
  const address = device ?? part
  const fits = address.length <= MAX_ADDRESS_LENGTH && part.length <= MAX_ADDRESS_LENGTH
  return fits ? [{ component, address, part, fields }] : []
}

/** The device's first identifier, or its first connection (a hardware address). */
function deviceOf(fields: Fields): string | undefined {
  const device = asFields(field(fields, 'device'))
  if (device === undefined) return undefined
  const identifiers = field(device, 'identifiers') ?? field(device, 'ids')
  const first: unknown = Array.isArray(identifiers) ? identifiers[0] : identifiers
  if (typeof first === 'string' && first !== '') return first
  const connections = field(device, 'connections') ?? field(device, 'cns')
  const connection: unknown = Array.isArray(connections) ? connections[0] : undefined
  const id: unknown = Array.isArray(connection) ? connection[1] : undefined
  return typeof id === 'string' && id !== '' ? id : undefined
}

/** Home Assistant's abbreviations of the fields that are read here. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  avty: 'availability',
  avty_mode: 'availability_mode',
  avty_t: 'availability_topic',
  avty_tpl: 'availability_template',
  cmps: 'components',
  dev: 'device',
  dev_cla: 'device_class',
  ent_cat: 'entity_category',
  obj_id: 'object_id',
  pl_avail: 'payload_available',
  pl_not_avail: 'payload_not_available',
  pl_off: 'payload_off',
  pl_on: 'payload_on',
  stat_cla: 'state_class',
  stat_off: 'state_off',
  stat_on: 'state_on',
  stat_t: 'state_topic',
  stat_val_tpl: 'state_value_template',
  t: 'topic',
  uniq_id: 'unique_id',
  unit_of_meas: 'unit_of_measurement',
  val_tpl: 'value_template',
}

/** Abbreviations by their full names, and `~` in topics by the base topic. */
function writtenOut(fields: Fields): Fields {
  const base = field(fields, '~')
  return expanded(fields, typeof base === 'string' ? base : undefined)
}

function expanded(fields: Fields, base: string | undefined): Fields {
  const full: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    // A field called __proto__ would be no field of the copy.
    if (name === '__proto__') continue
    const known = Object.hasOwn(ABBREVIATIONS, name) ? ABBREVIATIONS[name] : undefined
    full[known ?? name] = isTopic(known ?? name) ? withBase(value, base) : value
  }
  const { availability } = full
  if (Array.isArray(availability)) {
    full['availability'] = availability.slice(0, 10).flatMap((one: unknown) => {
      const entry = asFields(one)
      return entry === undefined ? [] : [expanded(entry, base)]
    })
  }
  return full
}

function isTopic(name: string): boolean {
  return name === 'topic' || name.endsWith('_topic')
}

function withBase(topic: unknown, base: string | undefined): unknown {
  if (base === undefined || typeof topic !== 'string') return topic
  if (topic.startsWith('~')) return base + topic.slice(1)
  return topic.endsWith('~') ? topic.slice(0, -1) + base : topic
}
