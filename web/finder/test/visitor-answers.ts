import type { BusyHours, FeedbackStatus, StationDetail } from '@harbor/protocol'
import {
  checkInRequestSchema,
  confirmationRequestSchema,
  feedbackRequestSchema,
  MAX_PHOTO_BYTES,
} from '@harbor/protocol'
import type { IncomingMessage } from 'node:http'

/** What a test's server was told by visitors, and what it answers them. Requests are held against the contract. */
export interface VisitorAnswers {
  /** Of stations' own pages, beside what their cards have. */
  details: Record<string, Partial<StationDetail>>
  busy: BusyHours | undefined
  /** Instead of taking what is posted: a status, as a server that is busy or refuses. */
  refuse: { status: number; retryAfterS?: number } | undefined
  /** What became of every report; its key and station are filled in. */
  status: Partial<FeedbackStatus>
  appliances: Record<string, { id: string; station: string; kind: string }>
  /** Keys by what was posted; a key that came twice stands once. */
  reports: Map<string, { station: string; topic: string; body: object }>
  photos: Map<string, Buffer>
  /** By key and word: one key says each word once. */
  confirmations: Map<string, string>
  /** By key, and whether it came or went. */
  checkIns: Map<string, { station: string; leaving: boolean; code: string }>
  /** How often anything was posted or put. */
  posts: number
  fixed: boolean[]
}

export function createVisitorAnswers(): VisitorAnswers {
  return {
    details: {},
    busy: undefined,
    refuse: undefined,
    status: {},
    appliances: {},
    reports: new Map(),
    photos: new Map(),
    confirmations: new Map(),
    checkIns: new Map(),
    posts: 0,
    fixed: [],
  }
}

export interface VisitorReply {
  status: number
  body?: object
  headers?: Record<string, string>
}

const problem = (status: number, code: string): VisitorReply => ({ status, body: { error: { code, message: code } } })

/** The answer to what a visitor asks or tells; undefined: it is about something else. */
export async function answerVisitor(
  answers: VisitorAnswers,
  request: IncomingMessage,
  path: string,
): Promise<VisitorReply | undefined> {
  const [, , , kind = '', id = '', what = '', number = ''] = path.split('/')
  if (!path.startsWith('/api/v1/')) return undefined
  if (request.method === 'GET') return answerQuestion(answers, { kind, id, what })
  const body = await readBody(request)
  answers.posts += 1
  const { refuse } = answers
  if (refuse !== undefined) {
    const headers = refuse.retryAfterS === undefined ? {} : { 'retry-after': String(refuse.retryAfterS) }
    return { ...problem(refuse.status, refuse.status === 429 ? 'too_many_requests' : 'not_found'), headers }
  }
  if (kind === 'feedback' && what === 'photos') {
    if (!answers.reports.has(id)) return problem(404, 'not_found')
    if (body.length > MAX_PHOTO_BYTES) return problem(413, 'too_large')
    answers.photos.set(`${id}/${number}`, body)
    return { status: 204 }
  }
  const json: unknown = JSON.parse(body.toString())
  if (kind === 'feedback' && what === 'fixed') {
    answers.fixed.push((json as { fixed: boolean }).fixed)
    return { status: 204 }
  }
  if (kind !== 'stations') return undefined
  if (what === 'feedback') {
    const report = feedbackRequestSchema.parse(json)
    answers.reports.set(report.key, { station: id, topic: report.topic, body: report })
  } else if (what === 'confirmations') {
    const { key, says } = confirmationRequestSchema.parse(json)
    answers.confirmations.set(`${key} ${says}`, says)
  } else {
    const { key, code, leaving = false } = checkInRequestSchema.parse(json)
    answers.checkIns.set(`${key} ${leaving ? 'leaves' : 'comes'}`, { station: id, leaving, code })
  }
  return { status: 204 }
}

function answerQuestion(
  answers: VisitorAnswers,
  { kind, id, what }: { kind: string; id: string; what: string },
): VisitorReply | undefined {
  if (kind === 'stations' && what === 'busy') {
    return { status: 200, body: answers.busy ?? { station: id, days: 0 } }
  }
  if (kind === 'appliances') {
    const found = answers.appliances[decodeURIComponent(id)]
    return found === undefined ? problem(404, 'not_found') : { status: 200, body: found }
  }
  if (kind !== 'feedback') return undefined
  const report = answers.reports.get(id)
  if (report === undefined) return problem(404, 'not_found')
  const at = new Date().toISOString()
  const { station, topic } = report
  return {
    status: 200,
    body: { station, topic, state: 'received', receivedAt: at, changedAt: at, photos: 0, ...answers.status },
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
