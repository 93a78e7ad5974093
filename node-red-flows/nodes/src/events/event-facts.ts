import { SEVERITIES, districtSchema, idSchema } from '@harbor/protocol'
import { z } from 'zod'
import type { FeedEntry } from './feed-walk.ts'

export type Severity = (typeof SEVERITIES)[number]

/** What flows ask of an event, whatever its kind. */
export interface EventFacts {
  /** Such as `alert-raised`. */
  kind: string
  /** Absent: the event does not say. */
  district?: string
  /** Stations that it is about; empty: none, or the event does not say. */
  stations: string[]
  severity?: Severity
}

/** Where the kinds of event carry these: at the top, in the order that changed, or as a list. */
const bodySchema = z.object({
  district: districtSchema.optional().catch(undefined),
  station: idSchema.optional().catch(undefined),
  stations: z.array(idSchema).optional().catch(undefined),
  severity: z.enum(SEVERITIES).optional().catch(undefined),
})
const dataSchema = bodySchema.extend({ order: bodySchema.optional().catch(undefined) })

export function eventFacts(event: FeedEntry['event']): EventFacts {
  const kind = event.type.replace(/^harbor\./, '')
  const parsed = dataSchema.safeParse(event.data)
  const { order, ...top } = parsed.success ? parsed.data : {}
  const district = top.district ?? order?.district
  const severity = top.severity ?? order?.severity
  const station = top.station ?? order?.station
  return {
    kind,
    ...(district !== undefined && { district }),
    ...(severity !== undefined && { severity }),
    stations: top.stations ?? (station === undefined ? [] : [station]),
  }
}

/** What a flow wants to hear of; an empty list: all. */
export interface EventFilter {
  kinds: readonly string[]
  districts: readonly string[]
  stations: readonly string[]
  /** An event that has no severity passes: it is chosen by its kind. */
  severities: readonly Severity[]
}

/** Whether a flow wants it. `unknown`: that hangs on its district, which the event does not say. */
export function passes(facts: EventFacts, filter: EventFilter): boolean | 'unknown' {
  const { kind, district, stations, severity } = facts
  if (filter.kinds.length > 0 && !filter.kinds.includes(kind)) return false
  if (severity !== undefined && filter.severities.length > 0 && !filter.severities.includes(severity)) return false
  if (filter.stations.length > 0 && !stations.some(station => filter.stations.includes(station))) return false
  if (filter.districts.length === 0) return true
  return district === undefined ? 'unknown' : filter.districts.includes(district)
}
