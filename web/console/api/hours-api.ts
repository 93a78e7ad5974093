import { type HoursChange, type HoursChangeRequest, hoursChangeListSchema, hoursChangeSchema } from '@harbor/protocol'
import type { Ask } from './work-orders-api.ts'

/** Other hours for some days, in the HTTP API. Every method rejects with a RequestError. */
export interface HoursApi {
  /** Those that hold or are still to come, latest first; of a station: its own and its district's. */
  list: (station: string | undefined, signal?: AbortSignal) => Promise<{ changes: HoursChange[] }>
  add: (change: HoursChangeRequest) => Promise<HoursChange>
  end: (id: string) => Promise<HoursChange>
}

export function createHoursApi(ask: Ask): HoursApi {
  return {
    list: (station, signal) =>
      ask(
        `hours-changes${station === undefined ? '' : `?station=${encodeURIComponent(station)}`}`,
        hoursChangeListSchema,
        {
          signal,
        },
      ),
    add: change => ask('hours-changes', hoursChangeSchema, { method: 'POST', body: change }),
    end: id => ask(`hours-changes/${encodeURIComponent(id)}`, hoursChangeSchema, { method: 'DELETE' }),
  }
}
