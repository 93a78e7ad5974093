import type {
  CityList,
  CityOverview,
  ClientConfig,
  FinderFilter,
  FoundStations,
  MapView,
  StationDetail,
  StationList,
} from '@harbor/protocol'

/** On 3G an answer of a few kilobytes takes two or three seconds; past this the link is as good as none. */
const ANSWER_TIMEOUT_MS = 15_000
/** About 100 m: enough to find what is near, and no more of a visitor's place than that leaves the phone. */
const PLACE_DECIMALS = 3
/** Stations of one answer: what a thumb scrolls through, in some 5 KB. */
const STATIONS_AN_ANSWER = 30

/**
 * Why there is no answer: `unreachable` (no network, or no answer in time), `missing` (status 404), `refused` (another
 * status than 2xx), or `unreadable` (an answer that is not what was asked for, such as a login page of a public Wi-Fi).
 */
export type ApiFailureCode = 'unreachable' | 'missing' | 'refused' | 'unreadable'

export class ApiFailure extends Error {
  readonly code: ApiFailureCode

  constructor(code: ApiFailureCode, message: string, options?: { cause: unknown }) {
    super(message, options)
    this.name = 'ApiFailure'
    this.code = code
  }
}

/** A place on earth, WGS-84. */
export interface Place {
  latDeg: number
  lngDeg: number
}

/** What a visitor looks for. */
export interface Question {
  /** Around here; absent: around the middle of the city with most stations. */
  place: Place | undefined
  /** What was typed; empty: whatever is near. */
  text: string
  filters: readonly FinderFilter[]
}

/** West, south, east, north, WGS-84. */
export type Box = readonly [number, number, number, number]

export interface ViewQuestion {
  box: Box
  zoom: number
  filters: readonly FinderFilter[]
}

/** A city's list with the tag to ask by whether it changed. */
export interface TaggedCityList {
  etag: string | undefined
  list: CityList
}

/** What anybody may ask of the server. Every call rejects with an ApiFailure; one whose signal is aborted with `unreachable`. */
export interface PublicApi {
  /** Stations near a place, or found by a text. */
  findStations: (question: Question, signal?: AbortSignal) => Promise<FoundStations>
  getStation: (id: string) => Promise<StationDetail>
  getView: (question: ViewQuestion, signal?: AbortSignal) => Promise<MapView>
  /** `undefined`: it still is what `etag` stands for. */
  getCityList: (code: string, etag: string | undefined) => Promise<TaggedCityList | undefined>
  /** The cities that have stations, those with most first. */
  getCities: () => Promise<CityOverview>
  getClientConfig: () => Promise<ClientConfig>
}

/** The public API over `fetch`. Only the outline of an answer is checked: it is our own server's. */
export function createPublicApi(fetch: typeof window.fetch): PublicApi {
  const getJson = async <T>(path: string, wanted: Wanted<T>, signal?: AbortSignal): Promise<T> => {
    const { text } = await ask(fetch, path, { signal })
    return readAs(text, path, wanted)
  }
  return {
    findStations: (question, signal) => getJson(findPath(question), isFoundStations, signal),
    getStation: id => getJson(`/api/v1/stations/${id}`, hasText<StationDetail>('nameZh')),
    getView: ({ box, zoom, filters }, signal) =>
      getJson(
        `/api/v1/stations/view?box=${box.map(degrees => Number(degrees.toFixed(5))).join()}&zoom=${zoom}${filterPart(filters)}`,
        hasList<MapView>('pins'),
        signal,
      ),
    async getCityList(code, etag) {
      const path = `/api/v1/cities/${code}/stations`
      const answer = await ask(fetch, path, { headers: etag === undefined ? {} : { 'If-None-Match': etag } })
      if (answer.status === 304) return undefined
      return { etag: answer.etag, list: readAs(answer.text, path, hasList<CityList>('stations')) }
    },
    getCities: () => getJson('/api/v1/cities', hasList<CityOverview>('cities')),
    getClientConfig: () => getJson('/api/v1/client-config', hasText<ClientConfig>('timeZone')),
  }
}

/** Where a question is asked. */
export function findPath({ place, text, filters }: Question): string {
  const query = new URLSearchParams()
  if (text !== '') query.set('q', text)
  if (place !== undefined) {
    query.set('lat', place.latDeg.toFixed(PLACE_DECIMALS))
    query.set('lng', place.lngDeg.toFixed(PLACE_DECIMALS))
  }
  query.set('limit', String(STATIONS_AN_ANSWER))
  return `/api/v1/stations/${text === '' ? 'near' : 'search'}?${query.toString()}${filterPart(filters)}`
}

/** Commas are legal in a query and shorter than what URLSearchParams writes for them. */
function filterPart(filters: readonly FinderFilter[]): string {
  return filters.length === 0 ? '' : `&f=${filters.join()}`
}

/** Whether `value` has the outline of a list of stations. */
export function isStationList(value: unknown): value is StationList {
  return (
    isObject(value) &&
    typeof value['at'] === 'string' &&
    !Number.isNaN(Date.parse(value['at'])) &&
    Array.isArray(value['stations'])
  )
}

type Wanted<T> = (value: unknown) => value is T

const isFoundStations: Wanted<FoundStations> = (value): value is FoundStations =>
  isStationList(value) && typeof (value as unknown as Record<string, unknown>)['matching'] === 'number'

function hasList<T>(field: string): Wanted<T> {
  return (value): value is T => isObject(value) && Array.isArray(value[field])
}

function hasText<T>(field: string): Wanted<T> {
  return (value): value is T => isObject(value) && typeof value[field] === 'string'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

interface Answer {
  status: number
  etag: string | undefined
  text: string
}

/** The answer to a GET, whole, which is 2xx or 304. */
async function ask(
  fetch: typeof window.fetch,
  path: string,
  { signal, headers = {} }: { signal?: AbortSignal | undefined; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const abort = new AbortController()
  const stop = () => abort.abort()
  const timer = setTimeout(stop, ANSWER_TIMEOUT_MS)
  signal?.addEventListener('abort', stop)
  try {
    const response = await fetch(path, { signal: abort.signal, headers })
    const { status } = response
    if (status === 404) throw new ApiFailure('missing', `${path}: there is none`)
    if (!response.ok && status !== 304) throw new ApiFailure('refused', `${path}: status ${status}`)
    return { status, etag: response.headers.get('etag') ?? undefined, text: await response.text() }
  } catch (cause) {
    if (cause instanceof ApiFailure) throw cause
    throw new ApiFailure('unreachable', `${path}: no answer`, { cause })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}

function readAs<T>(text: string, path: string, isWanted: Wanted<T>): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new ApiFailure('unreadable', `${path}: expected JSON`, { cause })
  }
  if (!isWanted(value)) throw new ApiFailure('unreadable', `${path}: not what was asked for`)
  return value
}
