import type { ClientConfig, StationList } from '@harbor/protocol'

/** On 3G an answer of a few kilobytes takes two or three seconds; past this the link is as good as none. */
const ANSWER_TIMEOUT_MS = 15_000

/**
 * Why there is no answer: `unreachable` (no network, or no answer in time), `refused` (a status other than 2xx), or
 * `unreadable` (an answer that is not what was asked for, such as a login page of a public Wi-Fi).
 */
export type ApiFailureCode = 'unreachable' | 'refused' | 'unreadable'

export class ApiFailure extends Error {
  readonly code: ApiFailureCode

  constructor(code: ApiFailureCode, message: string, options?: { cause: unknown }) {
    super(message, options)
    this.name = 'ApiFailure'
    this.code = code
  }
}

/** What anybody may ask of the server. Every call rejects with an ApiFailure. */
export interface PublicApi {
  getStations: () => Promise<StationList>
  getClientConfig: () => Promise<ClientConfig>
}

/** The public API over `fetch`. Only the outline of an answer is checked: it is our own server's. */
export function createPublicApi(fetch: typeof window.fetch): PublicApi {
  return {
    async getStations() {
      const answer = await getJson(fetch, '/api/v1/stations')
      if (isStationList(answer)) return answer
      throw new ApiFailure('unreadable', 'stations: expected { at, stations }')
    },
    async getClientConfig() {
      const answer = await getJson(fetch, '/api/v1/client-config')
      if (isObject(answer) && typeof answer['timeZone'] === 'string') return answer as unknown as ClientConfig
      throw new ApiFailure('unreadable', 'client-config: expected { timeZone }')
    },
  }
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

async function getJson(fetch: typeof window.fetch, path: string): Promise<unknown> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), ANSWER_TIMEOUT_MS)
  try {
    const response = await fetch(path, { signal: abort.signal })
    if (!response.ok) throw new ApiFailure('refused', `${path}: status ${response.status}`)
    return await parseBody(response, path)
  } catch (cause) {
    if (cause instanceof ApiFailure) throw cause
    throw new ApiFailure('unreachable', `${path}: no answer`, { cause })
  } finally {
    clearTimeout(timer)
  }
}

async function parseBody(response: Response, path: string): Promise<unknown> {
  const text = await response.text()
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ApiFailure('unreadable', `${path}: expected JSON`, { cause })
  }
}
