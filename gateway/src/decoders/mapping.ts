import { METRICS, type Mapping } from '@harbor/protocol'
import { createCollector } from './collector.ts'
import type { Decoded, Decoder, DeviceTime, Rejection } from './decoder.ts'
import { type Expression, compileExpression } from './expression.ts'
import { instantOf, readJson } from './payload.ts'

/** What is wrong with the config's mappings, naming the place; undefined when they can be used. */
export function mappingProblem(mappings: readonly Mapping[]): string | undefined {
  for (const [index, mapping] of mappings.entries()) {
    const texts = [...mapping.readings.map(({ value }) => value), ...(mapping.time === undefined ? [] : [mapping.time])]
    for (const text of texts) {
      const compiled = compileExpression(text)
      if ('problem' in compiled) return `mappings.${index}: ${JSON.stringify(text.slice(0, 60))}: ${compiled.problem}`
    }
    const named = Math.max(0, ...[...(mapping.address ?? '').matchAll(PLACEHOLDER)].map(([, number]) => Number(number)))
    const wildcards = mapping.topic.split('/').filter(level => level === '+' || level === '#').length
    if (named > wildcards) return `mappings.${index}: address: {${named}}, but topic has ${wildcards} wildcards`
  }
  return undefined
}

const PLACEHOLDER = /\{(\d)\}/g

/** Reads what the config's own expressions describe; the first mapping whose topic fits counts. */
export function createMappingDecoder(mappings: readonly Mapping[]): Decoder {
  const compiled = mappings.map(compileMapping)
  const find = (topic: string): { mapping: CompiledMapping; address: string } | undefined => {
    for (const mapping of compiled) {
      const wildcards = matchTopic(mapping.pattern, topic.split('/'))
      if (wildcards === undefined) continue
      const address = (mapping.address ?? topic).replaceAll(
        PLACEHOLDER,
        (_, number) => wildcards[Number(number) - 1] ?? '',
      )
      return { mapping, address }
    }
    return undefined
  }
  return {
    vendor: 'mapping',
    addressOf: topic => find(topic)?.address,
    decode: (topic, payload) => {
      const found = find(topic)
      if (found === undefined) return { kind: 'ignored', why: 'no mapping for this topic' }
      return decodeMapped(found, topic, payload)
    },
  }
}

interface CompiledMapping {
  pattern: readonly string[]
  address: string | undefined
  readings: readonly { metric: Mapping['readings'][number]['metric']; channel: number | undefined; value: Compiled }[]
  time: Compiled | undefined
}

/** An expression, or why there is none: such a mapping refuses each message, so that it is seen. */
type Compiled = { expression: Expression } | { problem: string }

function compileMapping({ topic, address, readings, time }: Mapping): CompiledMapping {
  return {
    pattern: topic.split('/'),
    address,
    readings: readings.map(({ metric, value, channel }) => ({ metric, channel, value: compileExpression(value) })),
    time: time === undefined ? undefined : compileExpression(time),
  }
}

/** What the wildcards of a pattern stand for, in order; undefined when the topic is another. */
function matchTopic(pattern: readonly string[], levels: readonly string[]): string[] | undefined {
  const wildcards: string[] = []
  for (const [index, level] of pattern.entries()) {
    if (level === '#') return [...wildcards, levels.slice(index).join('/')]
    const given = levels[index]
    if (given === undefined) return undefined
    if (level === '+') wildcards.push(given)
    else if (level !== given) return undefined
  }
  return levels.length === pattern.length ? wildcards : undefined
}

function decodeMapped(
  { mapping, address }: { mapping: CompiledMapping; address: string },
  topic: string,
  payload: Uint8Array,
): Decoded {
  const json = readJson(payload)
  if ('reason' in json && json.reason === 'too_large') return { kind: 'rejected', ...json }
  const input = 'value' in json ? json.value : Buffer.from(payload).toString('utf8').trim()
  const run = (compiled: Compiled) => evaluate(compiled, input, topic)
  const rejected: Rejection[] = []
  const time = mapping.time === undefined ? undefined : timeOf(run(mapping.time))
  if (time !== undefined && 'reason' in time) rejected.push(time)
  const collector = createCollector(address, time === undefined || 'reason' in time ? undefined : time)
  for (const rejection of rejected) collector.reject(rejection)
  for (const { metric, channel, value } of mapping.readings) {
    const given = run(value)
    const place = channel === undefined ? {} : { channel }
    if ('reason' in given) collector.reject({ ...given, detail: `${metric}: ${given.detail}` })
    else if (METRICS[metric].kind === 'state') collector.state(metric, given.value, place)
    else collector.number(metric, given.value, place)
  }
  return collector.result('its mapping finds nothing in it')
}

function evaluate(compiled: Compiled, input: unknown, topic: string): { value: unknown } | Rejection {
  if ('problem' in compiled) return { reason: 'wrong_shape', detail: `its expression: ${compiled.problem}` }
  return compiled.expression(input, topic.split('/'))
}

/** Beyond this, a number is milliseconds and not seconds: 1973 in the one, 5138 in the other. */
const LEAST_MS = 1e11

function timeOf(given: { value: unknown } | Rejection): DeviceTime | Rejection | undefined {
  if ('reason' in given) return { ...given, detail: `time: ${given.detail}` }
  const { value } = given
  if (value === undefined || value === null) return undefined
  const atMs = typeof value === 'number' && value >= LEAST_MS ? Math.round(value) : instantOf(value)
  if (atMs !== undefined && Number.isSafeInteger(atMs)) return { kind: 'utc', atMs }
  return { reason: 'bad_time', detail: 'time: expected ISO 8601 with a zone, or milliseconds since 1970' }
}
