import {
  type Crew,
  type CrewList,
  type CrewPeople,
  type CrewRequest,
  crewListSchema,
  crewPeopleSchema,
  crewSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import type { Ask } from './work-orders-api.ts'

/** Crews in the HTTP API. Every method rejects with a RequestError. */
export interface CrewsApi {
  list: (signal?: AbortSignal) => Promise<CrewList>
  /** Who can be in one. */
  people: (signal?: AbortSignal) => Promise<CrewPeople>
  /** Makes a crew, or replaces it: sent again it is the same. */
  put: (id: string, crew: CrewRequest) => Promise<Crew>
  remove: (id: string) => Promise<undefined>
}

export function createCrewsApi(ask: Ask): CrewsApi {
  return {
    list: signal => ask('crews', crewListSchema, { signal }),
    people: signal => ask('crew-people', crewPeopleSchema, { signal }),
    put: (id, body) => ask(`crews/${id}`, crewSchema, { method: 'POST', body }),
    remove: id => ask(`crews/${id}`, z.undefined(), { method: 'DELETE' }),
  }
}
