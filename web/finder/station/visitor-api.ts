import type { BusyHours, StationDetail } from '@harbor/protocol'

/** On 3G an answer of a few kilobytes takes two or three seconds; past this the link is as good as none. */
const ANSWER_TIMEOUT_MS = 15_000

/**
 * Why the server did not do what was asked: `unreachable` (no network, no answer in time, or a server that is not itself: it
 * may work later), `limited` (too often; later), `refused` (it never will).
 */
export type RefusalKind = 'unreachable' | 'limited' | 'refused'

export class VisitorFailure extends Error {
  readonly kind: RefusalKind
  /** The API's error code, when it gave one. */
  readonly apiCode: string | undefined
  /** When to ask again, in seconds from now, when the server said so. */
  readonly retryAfterS: number | undefined

  constructor(kind: RefusalKind, message: string, more: { apiCode?: string; retryAfterS?: number } = {}) {
    super(message)
    this.name = 'VisitorFailure'
    this.kind = kind
    this.apiCode = more.apiCode
    this.retryAfterS = more.retryAfterS
  }
}

/** GET, or POST with a JSON body; the parsed answer, or undefined when it has none. Rejects with a VisitorFailure. */
export async function askServer(path: string, body?: object): Promise<unknown> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), ANSWER_TIMEOUT_MS)
  try {
    const response = await fetch(path, {
      signal: abort.signal,
      ...(body !== undefined && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    })
    const text = await response.text()
    if (!response.ok) throw failureOf(response.status, text, response.headers.get('retry-after'))
    return text === '' ? undefined : JSON.parse(text)
  } catch (error) {
    if (error instanceof VisitorFailure) throw error
    // No network; or an answer that is not ours, such as a login page of a public Wi-Fi.
    throw new VisitorFailure('unreachable', `${path}: no answer`)
  } finally {
    clearTimeout(timer)
  }
}

/** What an answer with a status other than 2xx means for whoever asked. */
export function failureOf(status: number, text: string, retryAfter: string | null): VisitorFailure {
  const apiCode = apiCodeOf(text)
  const retryAfterS = retryAfter === null || !/^\d+$/.test(retryAfter) ? undefined : Number(retryAfter)
  const more = { ...(apiCode !== undefined && { apiCode }), ...(retryAfterS !== undefined && { retryAfterS }) }
  const message = `status ${status} ${apiCode ?? ''}`
  if (status === 429) return new VisitorFailure('limited', message, more)
  // A 404 or 403 without our own error comes from something between us and the server.
  const final = status >= 400 && status < 500 && status !== 408 && apiCode !== undefined
  return new VisitorFailure(final ? 'refused' : 'unreachable', message, more)
}

function apiCodeOf(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown } }
    return typeof error?.code === 'string' ? error.code : undefined
  } catch {
    return undefined // Not ours: a proxy's own page.
  }
}

/** 128 random bits in hex: the same thing sent twice under one key counts once. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('')
}

export async function getStationDetail(id: string): Promise<StationDetail> {
  return (await askServer(`/api/v1/stations/${id}`)) as StationDetail
}

export async function getBusyHours(id: string): Promise<BusyHours> {
  return (await askServer(`/api/v1/stations/${id}/busy`)) as BusyHours
}
