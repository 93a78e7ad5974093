import { type Collector, createCollector } from '../collector.ts'
import type { Decoded } from '../decoder.ts'
import { readObject } from '../payload.ts'
import { isConfigTopic, readAnnouncement } from './announcement.ts'
import { type Entity, collectEntity, readEntity, stateOf, valueAt } from './entity.ts'

/**
 * Devices that announce themselves by Home Assistant's MQTT discovery. What they announce is remembered for as long as
 * the process runs: they announce themselves anew when they connect, and announcements are retained.
 */
export interface AnnouncedDevices {
  /** Takes an announcement, or takes it back when the payload is empty; undefined when the topic is for none. */
  hear: (topic: string, payload: Uint8Array) => Decoded | undefined
  /** Whom the messages of a topic are of: devices by their identifiers, then components by their unique ids. */
  addressesOf: (topic: string) => readonly string[]
  /** The readings of a message on an announced topic. */
  decode: (topic: string, payload: Uint8Array) => Decoded
}

/** Components remembered at most; chosen: 40 devices with 25 each. Beyond, an announcement is refused and counted. */
const MAX_ENTITIES = 1_000

export function createAnnouncedDevices(): AnnouncedDevices {
  const announcements = new Map<string, readonly Entity[]>()
  let count = 0
  let index: ReadonlyMap<string, Listeners> | undefined
  /** The latest word of each availability topic, for devices that need several to say the same. */
  const present = new Map<string, boolean>()

  const put = (topic: string, entities: readonly Entity[]) => {
    count += entities.length - (announcements.get(topic)?.length ?? 0)
    if (entities.length === 0) announcements.delete(topic)
    else announcements.set(topic, entities)
    index = undefined
  }
  const listenersOf = (topic: string) => (index ??= indexOf(announcements)).get(topic)

  return {
    hear: (topic, payload) => {
      if (!isConfigTopic(topic)) return undefined
      if (payload.length === 0) {
        put(topic, [])
        return { kind: 'ignored', why: 'an announcement taken back' }
      }
      const read = readObject(payload)
      if ('reason' in read) return { kind: 'rejected', ...read }
      const found = readAnnouncement(topic, read.fields).map(readEntity)
      const entities = found.filter(one => 'meaning' in one)
      if (count + entities.length - (announcements.get(topic)?.length ?? 0) > MAX_ENTITIES) {
        return { kind: 'rejected', reason: 'too_large', detail: `more than ${MAX_ENTITIES} components announced` }
      }
      put(topic, entities)
      const refused = found.find(one => 'reason' in one)
      if (refused !== undefined) return { kind: 'rejected', ...refused }
      return {
        kind: 'ignored',
        why: `an announcement: ${entities.map(described).join('; ').slice(0, 300) || 'no metric'}`,
      }
    },
    addressesOf: topic => {
      const { states = [], availabilities = [] } = listenersOf(topic) ?? {}
      const parts = states.map(({ part }) => part)
      return [
        ...new Set([
          ...states.map(({ address }) => address),
          ...availabilities.map(({ address }) => address),
          ...parts,
        ]),
      ]
    },
    decode: (topic, payload) => {
      const { states = [], availabilities = [] } = listenersOf(topic) ?? {}
      const collector = createCollector(states[0]?.address ?? availabilities[0]?.address ?? '')
      for (const entity of states) collectEntity(collector, entity, payload)
      const told = new Set<string>()
      for (const entity of availabilities) {
        if (!told.has(entity.address)) collectPresence(collector, { entity, topic, payload, present })
        told.add(entity.address)
      }
      return collector.result('nothing said')
    },
  }
}

/** Whose states and whose availability a topic tells. */
interface Listeners {
  states: Entity[]
  availabilities: Entity[]
}

function indexOf(announcements: ReadonlyMap<string, readonly Entity[]>): Map<string, Listeners> {
  const index = new Map<string, Listeners>()
  const at = (topic: string): Listeners => {
    const known = index.get(topic) ?? { states: [], availabilities: [] }
    index.set(topic, known)
    return known
  }
  for (const entity of [...announcements.values()].flat()) {
    at(entity.source.topic).states.push(entity)
    for (const { topic } of entity.availability.topics) at(topic).availabilities.push(entity)
  }
  return index
}

function described({ address, part, meaning: { metric }, source: { topic } }: Entity): string {
  return `${metric} of ${address}${part === address ? '' : `/${part}`} on ${topic}`
}

interface PresenceMessage {
  entity: Entity
  topic: string
  payload: Uint8Array
  present: Map<string, boolean>
}

function collectPresence(collector: Collector, { entity, topic, payload, present }: PresenceMessage): void {
  const { mode, topics } = entity.availability
  const source = topics.find(one => one.topic === topic)
  if (source === undefined) return
  const read = valueAt(source, payload)
  const state = 'reason' in read ? read : stateOf(read.value, source)
  if (state === undefined) return
  if (typeof state !== 'boolean') return collector.reject({ ...state, detail: `online: ${state.detail}` })
  // Topics that nobody announces any more are forgotten with all others, and learnt again from their next word.
  if (present.size >= MAX_ENTITIES && !present.has(topic)) present.clear()
  present.set(topic, state)
  const words = topics.map(one => present.get(one.topic))
  const online = mode === 'all' ? allOf(words) : mode === 'any' ? anyOf(words) : state
  collector.state('online', online, { address: entity.address })
}

/** undefined as long as a word that would decide it was not heard. */
function allOf(words: readonly (boolean | undefined)[]): boolean | undefined {
  if (words.includes(false)) return false
  return words.includes(undefined) ? undefined : true
}

function anyOf(words: readonly (boolean | undefined)[]): boolean | undefined {
  if (words.includes(true)) return true
  return words.includes(undefined) ? undefined : false
}
