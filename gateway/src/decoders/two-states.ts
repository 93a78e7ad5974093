import type { Metric } from '@harbor/protocol'
import { createCollector } from './collector.ts'
import type { Decoded } from './decoder.ts'
import { readText } from './payload.ts'

/** The two words by which a topic says a state; anything else on it is refused. */
export interface TwoStates {
  metric: Metric
  on: string
  off: string
  channel?: number
}

/** A payload that is one of two words, as last wills are; an emptied topic says nothing. */
export function decodeTwoStates(
  address: string,
  payload: Uint8Array,
  { metric, on, off, channel }: TwoStates,
): Decoded {
  const read = readText(payload)
  if ('reason' in read) return { kind: 'rejected', ...read }
  const collector = createCollector(address)
  const place = channel === undefined ? {} : { channel }
  if (read.text === on) collector.state(metric, true, place)
  else if (read.text === off) collector.state(metric, false, place)
  else if (read.text !== '') {
    const detail = `${metric}: expected ${on} or ${off}, got ${JSON.stringify(read.text.slice(0, 40))}`
    collector.reject({ reason: 'wrong_type', detail })
  }
  return collector.result('an emptied topic')
}
