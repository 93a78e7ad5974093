import type { Collector } from '../collector.ts'
import type { Rejection } from '../decoder.ts'
import { type Template, parseTemplate } from '../jinja/template.ts'
import { type JinjaValue, NOT_SAID, TemplateError } from '../jinja/values.ts'
import { type Fields, asFields, field, readJson } from '../payload.ts'
import type { AnnouncedComponent } from './announcement.ts'
import { type Meaning, meaningOfComponent } from './meaning.ts'

/** A component that has a metric, ready to read its messages. */
export interface Entity {
  address: string
  part: string
  meaning: Meaning
  source: Source
  availability: Availability
}

/** Where a value comes from. */
export interface Source {
  topic: string
  template: Template | undefined
  usesJson: boolean
}

/** Topics that tell whether a device is there. `all`: it is when each says so; otherwise the latest word counts. */
export interface Availability {
  mode: 'all' | 'any' | 'latest'
  topics: readonly (Source & { on: string; off: string })[]
}

/** An entity, or why there is none: no metric for it, or it asks for more than is understood. */
export function readEntity(component: AnnouncedComponent): Entity | { why: string } | Rejection {
  const meaning = meaningOfComponent(component)
  const { address, part, fields } = component
  if (meaning === undefined) return { why: `${part}: no metric for it` }
  try {
    const source = sourceOf(field(fields, 'state_topic'), field(fields, 'value_template'))
    if (source === undefined) return { why: `${part}: no state_topic` }
    return { address, part, meaning, source, availability: availabilityOf(fields) }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return { reason: 'wrong_shape', detail: `${part.slice(0, 60)}: its template has ${error.message.slice(0, 80)}` }
  }
}

function sourceOf(topic: unknown, template: unknown): Source | undefined {
  if (typeof topic !== 'string' || topic === '' || /[+#]/.test(topic)) return undefined
  if (typeof template !== 'string' || template === '') return { topic, template: undefined, usesJson: false }
  return { topic, template: parseTemplate(template), usesJson: template.includes('value_json') }
}

function availabilityOf(fields: Fields): Availability {
  const mode = field(fields, 'availability_mode')
  const list = field(fields, 'availability')
  const entries: readonly unknown[] = Array.isArray(list)
    ? list
    : [
        {
          ...fields,
          topic: field(fields, 'availability_topic'),
          value_template: field(fields, 'availability_template'),
        },
      ]
  const topics = entries.flatMap(entry => {
    const one = asFields(entry) ?? {}
    const source = sourceOf(field(one, 'topic'), field(one, 'value_template'))
    if (source === undefined) return []
    const on = field(one, 'payload_available')
    const off = field(one, 'payload_not_available')
    return [{ ...source, on: typeof on === 'string' ? on : 'online', off: typeof off === 'string' ? off : 'offline' }]
  })
  return { mode: mode === 'all' || mode === 'any' ? mode : 'latest', topics }
}

/** What a message says at this place: a value, nothing, or why it cannot be read. */
export function valueAt({ template, usesJson }: Source, payload: Uint8Array): { value: JinjaValue } | Rejection {
  const text = Buffer.from(payload).toString('utf8').trim()
  if (template === undefined) return { value: text === 'None' || text === '' ? undefined : text }
  const read = readJson(payload)
  if (usesJson && 'reason' in read) return read
  try {
    const value = template({ text, json: 'value' in read ? read.value : undefined })
    return { value: value === NOT_SAID || value === '' || value === 'None' ? undefined : value }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return { reason: 'wrong_type', detail: `its template makes ${error.message.slice(0, 80)}` }
  }
}

/** Adds the reading of an entity's message. */
export function collectEntity(
  collector: Collector,
  { address, part, meaning, source }: Entity,
  payload: Uint8Array,
): void {
  const read = valueAt(source, payload)
  if ('reason' in read) return collector.reject({ ...read, detail: `${meaning.metric}: ${read.detail}` })
  const place = part === address ? { address } : { address, part }
  if (meaning.kind === 'number') return collector.number(meaning.metric, read.value, { ...place, ...meaning.place })
  const state = stateOf(read.value, meaning)
  if (typeof state === 'boolean') collector.state(meaning.metric, state, place)
  else if (state !== undefined) collector.reject({ ...state, detail: `${meaning.metric}: ${state.detail}` })
}

/** Which of two payloads a value is. Python writes True for what JSON calls true. */
export function stateOf(value: JinjaValue, { on, off }: { on: string; off: string }): boolean | Rejection | undefined {
  if (value === undefined || value === null) return undefined
  const said = comparable(value)
  if (said === comparable(on)) return true
  if (said === comparable(off)) return false
  const detail = `expected ${on.slice(0, 20)} or ${off.slice(0, 20)}, got ${JSON.stringify(said).slice(0, 40)}`
  return { reason: 'wrong_type', detail }
}

function comparable(value: unknown): string {
  if (typeof value !== 'string') return typeof value === 'object' ? typeof value : String(value)
  return /^(true|false)$/i.test(value) ? value.toLowerCase() : value
}
