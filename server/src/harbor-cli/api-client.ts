import { apiErrorSchema, errorText, signInAnswerSchema } from '@harbor/protocol'
import { CommandError, EXIT, type ExitCode, usageError } from './exit-codes.ts'

/** Longer than any answer of the server takes; a batch of 200 boxes takes some seconds. */
const TIMEOUT_MS = 120_000

type Query = Readonly<Record<string, string | undefined>>

/** The server's HTTP API, as one person. What goes wrong is a CommandError. */
export interface Api {
  get: (path: string, query?: Query) => Promise<unknown>
  send: (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => Promise<unknown>
  /** Sends a file as it is. */
  upload: (path: string, file: { type: string; bytes: Uint8Array<ArrayBuffer> }) => Promise<unknown>
  /** A file: its bytes as they come. */
  download: (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<Uint8Array>
}

export interface ApiSettings {
  serverUrl: string
  /** A session's token; undefined: nobody is signed in yet. */
  token: string | undefined
}

export function createApi({ serverUrl, token }: ApiSettings): Api {
  const ask = async (method: string, path: string, body?: unknown) => {
    const sent =
      body instanceof Blob
        ? { type: body.type, bytes: body }
        : body === undefined
          ? undefined
          : { type: 'application/json', bytes: JSON.stringify(body) }
    const response = await reach(`${serverUrl}${path}`, {
      method,
      headers: {
        ...(token !== undefined && { cookie: `harbor_session=${token}` }),
        ...(sent !== undefined && { 'content-type': sent.type }),
      },
      ...(sent !== undefined && { body: sent.bytes }),
      // A redirect would take the session's token elsewhere.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    if (!response.ok) throw await refusalOf(response)
    return response
  }
  return {
    get: async (path, query = {}) => (await ask('GET', withQuery(path, query))).json(),
    send: async (method, path, body) => {
      const response = await ask(method, path, body)
      return response.status === 204 ? {} : response.json()
    },
    upload: async (path, { type, bytes }) => (await ask('POST', path, new Blob([bytes], { type }))).json(),
    download: async (method, path, body) => new Uint8Array(await (await ask(method, path, body)).arrayBuffer()),
  }
}

/** A path with what of a query is given. */
export function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`
}

/**
 * Signs in and gives the session's token.
 *
 * @param askCode asks for a code of the second factor; undefined: there is nobody to ask
 * @throws CommandError `notLetIn` when a code is needed and cannot be asked for, or a second factor has to be set up first, in the console.
 */
export async function signIn(
  serverUrl: string,
  person: { login: string; password: string },
  askCode?: () => Promise<string>,
): Promise<string> {
  const response = await post(`${serverUrl}/api/v1/session`, person)
  const said = signInAnswerSchema.safeParse(await response.json().catch(() => undefined))
  const next = said.success && 'next' in said.data ? said.data.next : undefined
  if (next === undefined) return sessionIn(response, serverUrl)
  if (next === 'enrol')
    throw new CommandError(EXIT.notLetIn, `a second factor has to be set up first: sign in at ${serverUrl}/console/`)
  if (askCode === undefined)
    throw new CommandError(EXIT.notLetIn, 'a code of the second factor is needed: harbor sign-in asks for it')
  const cookie = response.headers
    .getSetCookie()
    .map(line => line.split(';', 1)[0])
    .join('; ')
  return sessionIn(await post(`${serverUrl}/api/v1/session/code`, { code: await askCode() }, cookie), serverUrl)
}

async function post(url: string, body: unknown, cookie?: string): Promise<Response> {
  const response = await reach(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      // What its person then sees in the list of their sessions.
      'user-agent': 'harbor-command',
      ...(cookie !== undefined && { cookie }),
    },
    body: JSON.stringify(body),
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (!response.ok) throw await refusalOf(response)
  return response
}

function sessionIn(response: Response, serverUrl: string): string {
  const [token] = response.headers.getSetCookie().flatMap(cookie => /^harbor_session=([\w-]+)/.exec(cookie)?.[1] ?? [])
  if (token === undefined) throw new CommandError(EXIT.unavailable, `${serverUrl} gave no session: is it this system?`)
  return token
}

/** @throws CommandError `usage`: a session must not cross a network in the clear, unless somebody says that the line is their own. */
export function checkServerUrl(text: string, allowHttp: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw usageError(`the server is "${text}"; expected an address such as https://harbor.example`)
  const isHere = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  if (url.protocol === 'http:' && !isHere && !allowHttp)
    throw usageError(`${url.origin} is not encrypted; use https, or set HARBOR_ALLOW_HTTP=1 where the line is your own`)
  return url.origin
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    const { cause } = error as { cause?: unknown }
    const why = cause === undefined ? errorText(error) : errorText(cause)
    throw new CommandError(EXIT.unavailable, `${new URL(url).origin} cannot be reached: ${why}`, { cause: error })
  }
}

async function refusalOf(response: Response): Promise<CommandError> {
  const said = apiErrorSchema.safeParse(await response.json().catch(() => undefined))
  const { status } = response
  if (!said.success) return new CommandError(codeOf(status), `the server answered ${status} without saying why`)
  const { code, message, details } = said.data.error
  return new CommandError(code === 'confirmation_required' ? EXIT.unconfirmed : codeOf(status), message, {
    code,
    details,
  })
}

function codeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return EXIT.notLetIn
  return status === 429 || status >= 500 || status < 400 ? EXIT.unavailable : EXIT.refused
}
