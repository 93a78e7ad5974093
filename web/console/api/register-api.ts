import {
  type CoordinateSystem,
  type RegisterCheck,
  type RegisterCheckRequest,
  type RegisterDetail,
  type RegisterFilter,
  type RegisterImport,
  type RegisterList,
  type StationCreate,
  type StationEdit,
  type StationState,
  lifeCycleSchema,
  registerCheckSchema,
  registerDetailSchema,
  registerImportSchema,
  registerListSchema,
} from '@harbor/protocol'
import type { Ask } from './work-orders-api.ts'

/** How a table is brought. */
export interface ImportRun {
  file: Blob
  /** Undefined: each row says it. */
  system: CoordinateSystem | undefined
  isDry: boolean
  isSure: boolean
}

/** The register of stations in the HTTP API. Every method rejects with a RequestError. */
export interface RegisterApi {
  list: (filters: RegisterFilter, limit: number, signal?: AbortSignal) => Promise<RegisterList>
  detail: (station: string, signal?: AbortSignal) => Promise<RegisterDetail>
  create: (station: StationCreate) => Promise<RegisterDetail>
  edit: (station: string, edit: StationEdit) => Promise<RegisterDetail>
  check: (request: RegisterCheckRequest, signal?: AbortSignal) => Promise<RegisterCheck>
  step: (station: string, to: { state: StationState; reason: string }) => Promise<void>
  addPhoto: (station: string, photo: Blob) => Promise<RegisterDetail>
  removePhoto: (station: string, photo: string) => Promise<RegisterDetail>
  importTable: (run: ImportRun) => Promise<RegisterImport>
}

export function createRegisterApi(ask: Ask): RegisterApi {
  const path = (station: string, rest = '') => `register/stations/${encodeURIComponent(station)}${rest}`
  return {
    list: (filters, limit, signal) =>
      ask(`register/stations?${filterQuery(filters)}&limit=${limit}`, registerListSchema, { signal }),
    detail: (station, signal) => ask(path(station), registerDetailSchema, { signal }),
    create: body => ask('register/stations', registerDetailSchema, { method: 'POST', body }),
    edit: (station, body) => ask(path(station), registerDetailSchema, { method: 'PUT', body }),
    check: (body, signal) => ask('register/check', registerCheckSchema, { method: 'POST', body, signal }),
    step: async (station, body) => {
      await ask(`stations/${encodeURIComponent(station)}/life-cycle`, lifeCycleSchema, { method: 'POST', body })
    },
    addPhoto: (station, body) => ask(path(station, '/photos'), registerDetailSchema, { method: 'POST', body }),
    removePhoto: (station, photo) =>
      ask(path(station, `/photos/${encodeURIComponent(photo)}`), registerDetailSchema, { method: 'DELETE' }),
    importTable: ({ file, system, isDry, isSure }) => {
      const query = new URLSearchParams({ dry: String(isDry), sure: String(isSure) })
      if (system !== undefined) query.set('system', system)
      return ask(`register/import?${query}`, registerImportSchema, {
        method: 'POST',
        // The server looks at what it is; a phone's name for it may be anything.
        body: new Blob([file], { type: 'text/csv' }),
      })
    },
  }
}

/** The filters as the API, and the page's address, take them. */
export function filterQuery({ region, state, host, q }: RegisterFilter): URLSearchParams {
  const query = new URLSearchParams()
  if (region !== undefined) query.set('region', region)
  if (state !== undefined) query.set('state', state)
  if (host !== undefined) query.set('host', host)
  if (q !== undefined && q !== '') query.set('q', q)
  return query
}

/** Where the register is fetched as a file. */
export function registerFilePath(
  filters: RegisterFilter,
  format: 'csv' | 'xlsx' | 'pdf' | 'geojson',
  { system, language }: { system: CoordinateSystem; language: 'zh' | 'en' },
): string {
  const query = filterQuery(filters)
  query.set('system', system)
  if (format !== 'geojson') query.set('language', language)
  return `/api/v1/register/stations.${format}?${query}`
}
